/** One room as the user has it: its log, what of it was seen, the draft, and who is typing. */

import { Ignoring, Shown } from "./ignoring.js";
import { isOwn } from "./me.js";
import { isDirect, isSystem, sameName, titleOf } from "./names.js";
import { Replica } from "./replica.js";

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Post} Post
 * @typedef {import("./types.js").WireEvent} WireEvent
 */

const TYPING_MS = 6000;
const MESSAGES_MAX = 100_000;

export class RoomState {
  name;
  title;
  replica;
  /** @type {readonly Post[]} own messages on their way */
  pending = [];
  draft = "";
  /** @type {import("./order.js").Rules} what holds in it */
  rules = {};
  /** @type {import("./rights.js").Role | ""} the power that the user has in it */
  role = "";
  /** Why the user is not in it, as the server says: put out, banned, or it is not theirs to enter. */
  barred = "";
  /** Why the user could not write in it the last time, though they may be in it. */
  muted = "";
  unread = 0;
  mentions = 0;
  /** @type {number | null} the unread line stands after this seq */
  unreadAfter = null;
  /** Whether the newest page has come. */
  filled = false;
  /** @type {Promise<boolean> | null} the page that is on its way */
  page = null;
  /** Whether the server knows that we are in it, on this connection. */
  entered = false;
  /** @type {number | null} the newest seq that the user saw */
  seen;
  /** @type {number | null} up to which seq messages are counted as read or unread */
  #counted = null;
  /** The newest seq that the user was told of, if it called them. */
  #announced = 0;
  #interrupted = true;
  #keepDraft;
  #shown;
  /** @type {Map<string, number>} name to when it ends */
  #typing = new Map();

  /**
   * @param {string} name
   * @param {object} kept from an earlier visit
   * @param {number | null} kept.seen
   * @param {string} kept.draft
   * @param {(draft: string) => void} keepDraft
   * @param {Ignoring} [ignoring] whom the user ignores
   */
  constructor(name, { seen, draft }, keepDraft, ignoring = new Ignoring()) {
    this.name = name;
    this.title = titleOf(name);
    this.seen = seen;
    this.draft = draft;
    this.replica = new Replica(name, 0, { messagesMax: MESSAGES_MAX });
    this.#keepDraft = keepDraft;
    this.#shown = new Shown(ignoring);
  }

  get isDirect() {
    return isDirect(this.name);
  }

  /** Whether the server keeps it by itself: the audit record, and reports. */
  get isSystem() {
    return isSystem(this.name);
  }

  get topic() {
    return this.replica.topic;
  }

  get roster() {
    return this.replica.roster;
  }

  /** @returns {string[]} the names of those who are here */
  get members() {
    return this.roster.names;
  }

  /** @returns {readonly Message[]} ascending by seq, without those of people whom the user ignores */
  get messages() {
    return this.filled ? this.#shown.of(this.replica) : [];
  }

  /** Whether a page of older messages is on its way. */
  get loading() {
    return this.page !== null;
  }

  /** Whether the first message is the very first of the room. */
  get beginning() {
    return this.filled && this.replica.backTo === 0;
  }

  /** Where in `messages` something is left out that can still be had: before which; -1: nowhere. */
  get holeIndex() {
    const { hole } = this.replica;
    return hole && this.filled ? this.#shown.countBefore(this.replica, hole.upto + 1) : -1;
  }

  get complete() {
    const { messages, start, cursor } = this.replica;
    return { from: messages[this.replica.countBefore(start + 1)]?.seq ?? cursor, to: cursor };
  }

  /** What the server cannot read any more, of the part that is here. */
  get missing() {
    return this.replica.missing;
  }

  /** @returns {string[]} who is writing */
  get typing() {
    return [...this.#typing.keys()].sort();
  }

  /**
   * @param {number} seq
   * @returns {number} where the message stands in `messages`, or -1
   */
  indexOf(seq) {
    return this.filled ? this.#shown.indexOf(this.replica, seq) : -1;
  }

  /** @param {string} draft */
  setDraft(draft) {
    if (draft === this.draft) return;
    this.draft = draft;
    this.#keepDraft(draft);
  }

  /**
   * Begin anew, with what comes after a seq.
   *
   * @param {number} cursor
   */
  restart(cursor) {
    this.replica = new Replica(this.name, cursor, { messagesMax: MESSAGES_MAX });
    this.filled = false;
    this.page = null;
  }

  /** The server has another history of the room: what was seen and counted says nothing about it. */
  replaced() {
    this.filled = false;
    this.page = null;
    this.seen = this.#counted = this.unreadAfter = null;
    this.unread = this.mentions = this.#announced = 0;
    this.#interrupted = true;
  }

  /**
   * The user has read more on another device: what is left is counted anew.
   *
   * @param {number} seq
   * @returns {boolean} whether it is more than what was read here
   */
  readElsewhere(seq) {
    if (seq <= (this.seen ?? 0)) return false;
    this.seen = seq;
    this.#counted = this.unreadAfter = null;
    this.unread = this.mentions = 0;
    this.#interrupted = true;
    return true;
  }

  /** Call it what people call it. @param {string} [title] none: by its name */
  call(title) {
    if (!this.isDirect) this.title = title ? `#${title}` : titleOf(this.name);
  }

  get isPrivate() {
    return this.rules.private === true;
  }

  /**
   * Name a private room after the other one.
   *
   * @param {string} ownName
   */
  entitle(ownName) {
    const other = this.replica.direct.find((name) => !sameName(name, ownName));
    if (other) this.title = `@${other}`;
  }

  /**
   * Somebody has another name.
   *
   * @param {string} from
   * @param {string} to
   */
  renamed(from, to) {
    this.roster.rename(from, to);
    this.replica.direct = this.replica.direct.map((name) => (sameName(name, from) ? to : name));
    if (this.isDirect && sameName(this.title.slice(1), from)) this.title = `@${to}`;
  }

  /** What comes next stands under an unread line, even if the user is looking. */
  interrupt() {
    this.#interrupted = true;
  }

  /**
   * Count what is new since the last time.
   *
   * @param {import("./me.js").Me} me
   * @param {(text: string) => boolean} isMention
   * @param {boolean} attentive whether the user looks at the room
   * @returns {Message[]} others' new messages that call the user
   */
  follow(me, isMention, attentive) {
    const { messages, last } = this.replica;
    // On the first visit nothing of the past is new, but in a private room all is.
    this.seen ??= this.isDirect ? 0 : last;
    this.seen = Math.min(this.seen, last); // the log may have been emptied meanwhile
    const since = Math.min(this.#counted ?? this.seen, last);
    let start = messages.length;
    while (start > 0 && messages[start - 1].seq > since) start -= 1;
    const fresh = messages.slice(start).filter((one) => !isOwn(one, me) && !this.#shown.hides(one));
    for (const { from } of fresh) this.#typing.delete(from);
    if (fresh.length && !this.unread && (this.#interrupted || !attentive)) {
      // Own messages just above are seen: the user wrote them.
      const above = messages[this.replica.indexOf(fresh[0].seq) - 1];
      this.unreadAfter = above?.seq ?? this.seen;
    }
    if (fresh.length || this.#counted === null) this.#interrupted = false;
    this.#counted = Math.max(since, messages.at(-1)?.seq ?? 0);
    const calls = fresh.filter(({ text }) => this.isDirect || isMention(text));
    this.unread += fresh.length;
    this.mentions += calls.length;
    const news = calls.filter(({ seq }) => seq > this.#announced);
    this.#announced = Math.max(this.#announced, this.#counted);
    return news;
  }

  /** The user sees the room's end. */
  read() {
    this.seen = Math.max(this.seen ?? 0, this.replica.messages.at(-1)?.seq ?? 0);
    this.unread = this.mentions = 0;
  }

  /** The user has seen the unread line and goes on. */
  goOn() {
    this.unreadAfter = null;
  }

  /**
   * Somebody is writing.
   *
   * @param {string} name
   * @param {number} now
   */
  noteTyping(name, now) {
    this.#typing.set(name, now + TYPING_MS);
  }

  /**
   * @param {number} now
   * @returns {number | undefined} when the next one stops; those who have stopped are forgotten
   */
  expireTyping(now) {
    for (const [name, until] of this.#typing) if (until <= now) this.#typing.delete(name);
    return this.#typing.size ? Math.min(...this.#typing.values()) : undefined;
  }
}
