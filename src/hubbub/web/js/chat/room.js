/** One room as the user has it: its log, what of it was seen, the draft, and who is typing. */

import { Bookmark } from "./bookmark.js";
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
const NOTHING = { topic: "", messages: [] };

export class RoomState {
  name;
  title;
  replica;
  /** @type {readonly Post[]} own messages on their way */
  pending = [];
  draft = "";
  /** Whether the user keeps it at the top of their list. */
  isTop = false;
  /** @type {import("./order.js").Rules} what holds in it */
  rules = {};
  /** @type {import("./rights.js").Role | ""} the power that the user has in it */
  role = "";
  /** Why the user is not in it, as the server says: put out, banned, or it is not theirs to enter. */
  barred = "";
  /** Why the user could not write in it the last time, though they may be in it. */
  muted = "";
  /** Whether the newest page has come. */
  filled = false;
  /** @type {Promise<boolean> | null} the page that is on its way */
  page = null;
  /** Whether the server knows that we are in it, on this connection. */
  entered = false;
  /** Where the user stopped. */
  bookmark;
  /** @type {{topic: string, messages: readonly Message[]}} of an earlier visit, until the newest page has come */
  #kept = NOTHING;
  #keepDraft;
  #shown;
  /** @type {Map<string, number>} name to when it ends */
  #typing = new Map();

  /**
   * @param {string} name
   * @param {object} kept from an earlier visit
   * @param {number | null} kept.seen
   * @param {number | null} [kept.line]
   * @param {string} kept.draft
   * @param {(draft: string) => void} keepDraft
   * @param {Ignoring} [ignoring] whom the user ignores
   */
  constructor(name, { seen, line, draft }, keepDraft, ignoring = new Ignoring()) {
    this.name = name;
    this.title = titleOf(name);
    this.bookmark = new Bookmark({ seen, line });
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
    return this.filled ? this.replica.topic : this.replica.topic || this.#kept.topic;
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
    return this.filled ? this.#shown.of(this.replica) : this.#kept.messages;
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

  get seen() {
    return this.bookmark.seen;
  }

  get unread() {
    return this.bookmark.unread;
  }

  get mentions() {
    return this.bookmark.mentions;
  }

  /** @returns {number | null} the unread line stands after this seq */
  get unreadAfter() {
    return this.bookmark.line;
  }

  /** Whether what follows a seq is here. @param {number} seq */
  isHere(seq) {
    const { backTo, hole } = this.replica;
    return this.filled && seq >= backTo && !(hole && seq >= hole.after && seq < hole.upto);
  }

  /** @param {number} seq @returns {number} where in `messages` the first one stands that follows it */
  placeAfter(seq) {
    return this.filled ? this.#shown.countBefore(this.replica, seq + 1) : 0;
  }

  /** @returns {Message | undefined} the first below the unread line, if it is here */
  get firstUnread() {
    const line = this.unreadAfter;
    return line !== null && this.isHere(line) ? this.messages[this.placeAfter(line)] : undefined;
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
    if (this.filled) return this.#shown.indexOf(this.replica, seq);
    return this.#kept.messages.findIndex((message) => message.seq === seq);
  }

  /**
   * Show what was read at an earlier visit, until the newest page has come.
   *
   * @param {string} topic
   * @param {readonly Message[]} messages ascending by seq
   */
  recall(topic, messages) {
    this.#kept = { topic, messages };
  }

  /** Show nothing of an earlier visit: it may not be the user's to read any more. */
  forgetKept() {
    this.#kept = NOTHING;
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
    this.forgetKept();
    this.filled = false;
    this.page = null;
    this.bookmark.forget();
  }

  /**
   * The user has read more on another device: what is left is counted anew.
   *
   * @param {number} seq
   * @returns {boolean} whether it is more than what was read here
   */
  readElsewhere(seq) {
    if (seq <= (this.seen ?? 0)) return false;
    this.bookmark.begin(seq);
    return true;
  }

  /** What follows shall be unread again. @param {number} seq */
  stopAt(seq) {
    this.bookmark.begin(seq);
    this.bookmark.isHeld = true;
  }

  /** Call it what people call it. @param {string} [title] none: by its name */
  call(title) {
    if (!this.isDirect) this.title = title ? `#${title}` : titleOf(this.name);
  }

  get isPrivate() {
    return this.rules.private === true;
  }

  /**
   * Name a private room after the other one, or after us if it is for our own notes.
   *
   * @param {string} ownName
   */
  entitle(ownName) {
    const { direct } = this.replica;
    const other = direct.find((name) => !sameName(name, ownName)) ?? direct[0];
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
    this.bookmark.interrupt();
  }

  /**
   * Count what is new since the last time.
   *
   * @param {import("./me.js").Me} me
   * @param {(text: string) => boolean} isMention
   * @param {boolean} attentive whether the user looks at the room
   * @returns {{news: Message[], calls: Message[]}} others' messages of which the user was not told
   *   before, and those of them that call them
   */
  follow(me, isMention, attentive) {
    const { messages, last, start } = this.replica;
    const { fresh, news, calls } = this.bookmark.follow({
      messages,
      start,
      last,
      isAllNew: this.isDirect,
      attentive,
      isNew: (one) => !isOwn(one, me) && !this.#shown.hides(one),
      // What is imported was said to others, and long ago.
      isCall: ({ text, reply_to, imported }) =>
        !imported && (this.isDirect || isMention(text) || this.#isOf(me, reply_to)),
    });
    for (const { from } of fresh) this.#typing.delete(from);
    return { news, calls };
  }

  /**
   * @param {import("./me.js").Me} me
   * @param {number} [seq]
   * @returns {boolean} whether a message that is here is the user's
   */
  #isOf(me, seq = -1) {
    const message = this.replica.messages[this.replica.indexOf(seq)];
    return message !== undefined && isOwn(message, me);
  }

  /** The user sees the room's end. */
  read() {
    this.bookmark.read(this.replica.messages.at(-1)?.seq ?? 0);
  }

  /** The user has seen all up to a message. @param {number} seq @param {import("./me.js").Me} me */
  readTo(seq, me) {
    const seen = this.seen ?? 0;
    const between = this.messages.slice(this.placeAfter(seen), this.placeAfter(seq));
    const others = between.filter((one) => !isOwn(one, me)).length;
    this.bookmark.readTo(seq, this.isHere(seen) ? others : undefined);
  }

  /** The user has seen the unread line and goes on. */
  goOn() {
    this.bookmark.goOn();
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
