/**
 * A room as this side knows it: a local copy, kept by folding the room's events.
 *
 * It proves that it misses nothing (docs/protocol.md, section 5.1, `prev`), and joins pages of
 * older messages to what it holds. Beside the newest part of the room it can hold a passage further
 * back, with a hole between the two, until pages close it. It behaves as client/replica.py; both
 * pass tests/golden.
 */

import { fold, touchedBy } from "./fold.js";
import { Roster } from "./roster.js";

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Page} Page
 * @typedef {import("./types.js").WireEvent} WireEvent
 * @typedef {import("./types.js").Stretch} Stretch
 * @typedef {"next" | "repeat" | "gap"} Fit how an event fits; only a next one was new and is applied
 * @typedef {{before?: number, after?: number, around?: number}} Where a page was asked for: by one of these, or none
 */

const MESSAGES_MAX = 1000;
const CHANGES_MAX = 1000;
const DROPPED_MAX = 1000;

/**
 * Holds the newest messages of a room, without a hole but `missing`: every message with `start` < seq
 * <= `cursor` that the server can read. `passage`, if there is one, is a part further back of which
 * all messages are held as well.
 *
 * `cursor` is the seq of the last event applied, `last` the newest that the room is known to have.
 * `epoch` names the run of the log under which `cursor` was reached, and is sent with it; `histories`
 * counts how often the server replaced what came before by another history: nothing held is older.
 */
export class Replica {
  topic = "";
  roster = new Roster();
  changes = 0; // how often what is held has changed
  repinned = 0; // how often another message may have been pinned, or one no more
  /** @type {string[]} who share a private room */
  direct = [];
  /** @type {Message[]} */
  #held = [];
  #dropped = 0; // how many at the front of `#held` are not held any more: taking one away moves all
  #messagesMax;
  epoch = "";
  histories = 0;
  /** @type {Stretch | null} */
  passage = null;
  /** @type {Stretch[]} in order, the parts of what is held that the server cannot read */
  missing = [];
  olderAreGone = false; // the room had older messages than it begins with, which are kept no longer
  #stands = false; // whether `cursor` was ever told to be a place in the server's log
  #isEntering = false;
  /**
   * Changes of messages that are not held: a page may bring such a message as it read before.
   * @type {{target: number, event: WireEvent}[]}
   */
  #changes = [];
  #pageLastMin = 0; // an older page may lack a change that is not kept any more
  /** @type {Map<number, number>} messages of pages newer than `cursor`: up to which seq they are folded */
  #ahead = new Map();
  #aheadLast = 0; // the newest seq in `#ahead`

  /**
   * @param {string} room
   * @param {number} [cursor]
   * @param {{messagesMax?: number}} [bounds]
   */
  constructor(room, cursor = 0, { messagesMax = MESSAGES_MAX } = {}) {
    this.room = room;
    this.cursor = this.last = this.start = cursor;
    this.#messagesMax = messagesMax;
  }

  /** @returns {readonly Message[]} ascending by seq */
  get messages() {
    if (this.#dropped) this.#held = this.#held.slice(this.#dropped);
    this.#dropped = 0;
    return this.#held;
  }

  /** The seq after which the oldest part that is held begins; 0: with the whole room. */
  get backTo() {
    return this.passage?.after ?? this.start;
  }

  /** @returns {Stretch | null} the part between the passage and the newest part, of which nothing is held */
  get hole() {
    return this.passage && { after: this.passage.upto, upto: this.start };
  }

  get #count() {
    return this.#held.length - this.#dropped;
  }

  /** Whether no older messages can be joined on. */
  get isFull() {
    return this.#count >= this.#messagesMax;
  }

  /**
   * @param {number} seq
   * @returns {number} where the message stands in `messages`, or -1
   */
  indexOf(seq) {
    const place = this.#placeOf(seq);
    return place < 0 ? -1 : place - this.#dropped;
  }

  /** @param {number} seq @returns {number} how many of `messages` come before it */
  countBefore(seq) {
    return this.#placeFrom(seq) - this.#dropped;
  }

  /** @param {number} seq */
  #placeOf(seq) {
    const place = this.#placeFrom(seq);
    return this.#held[place]?.seq === seq ? place : -1;
  }

  /** @param {number} seq */
  #placeFrom(seq) {
    let low = this.#dropped;
    let high = this.#held.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#held[middle].seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Take in the answer to a `join` that carried `after`, before the events that follow it.
   *
   * @param {WireEvent} event
   * @param {number | null} after
   */
  entered(event, after) {
    this.topic = event.topic;
    this.roster.observe({ ...event, type: "members" });
    this.direct = event.direct ?? [];
    if (after === null && this.#stands) {
      // It answers nothing that we saw: somebody else opened the room, or we looked again. The
      // cursor still stands where the epoch says.
      this.last = Math.max(this.last, event.last);
      return;
    }
    const stood = this.#stands;
    this.#stands = true;
    this.epoch = event.epoch ?? "";
    this.#isEntering = after !== null;
    // A server without epochs cannot say so. A cursor that was given to us may be anything.
    const isBeyond = event.last < this.cursor && !this.epoch && !this.direct.length;
    if (event.replaced || (stood && isBeyond)) this.#replace(event.last);
    else if (event.gap || isBeyond) {
      // Of a room that has no first event nothing is kept, so nothing follows up to its end.
      this.cursor = event.first ? Math.min(this.cursor, event.last) : event.last;
      this.#forget();
    }
    this.last = Math.max(this.cursor, event.last);
  }

  /**
   * Go on in another history than what is held comes from.
   *
   * @param {number} cursor
   */
  #replace(cursor) {
    this.histories += 1;
    this.cursor = this.last = cursor;
    this.#forget();
  }

  /** Drop what is held: it does not lead up to `cursor` any more. */
  #forget() {
    this.start = this.cursor;
    this.changes += 1;
    this.#held = [];
    this.#dropped = 0;
    this.passage = null;
    this.missing = [];
    this.olderAreGone = false;
    this.#changes = [];
    this.#pageLastMin = 0;
    this.#ahead.clear();
  }

  /**
   * @param {WireEvent} event of the room's log, or what is missing of it
   * @returns {Fit}
   */
  apply(event) {
    const isMissing = event.type === "missing";
    const { prev, seq } = isMissing ? { prev: event.after, seq: event.upto } : event;
    if (seq <= this.cursor) return "repeat";
    if (prev !== this.cursor) {
      if (!this.#isEntering) return "gap"; // joining again tells whether it is a gap, or another history
      this.#beginAfter(prev);
    }
    this.#isEntering = false;
    if (isMissing) this.#miss([{ after: prev, upto: seq }]);
    else this.#foldIn(event);
    this.cursor = seq;
    this.last = Math.max(this.last, seq);
    if (this.cursor >= this.#aheadLast) this.#ahead.clear();
    return "next";
  }

  /**
   * Go on from there: just after entering, the server has sent what there is.
   *
   * @param {number} prev
   */
  #beginAfter(prev) {
    if (prev > this.cursor) {
      this.cursor = prev;
      this.#forget(); // what lies between is not kept any more
    } else if (this.epoch && this.direct.length) {
      // The same history; what was said meanwhile was said to another holder of our name.
    } else if ((this.#held.at(-1)?.seq ?? 0) > prev) {
      this.#replace(prev); // the server knows nothing of what we hold
    } else {
      this.cursor = prev; // it was given to us, and stood between two events
      this.start = Math.min(this.start, prev);
    }
  }

  /**
   * Note what is missing; parts that touch are one.
   *
   * @param {Stretch[]} stretches
   */
  #miss(stretches) {
    /** @type {Stretch[]} */
    const whole = [];
    for (const part of [...this.missing, ...stretches].sort((one, other) => one.after - other.after)) {
      const before = whole.at(-1);
      if (before && part.after <= before.upto) before.upto = Math.max(before.upto, part.upto);
      else whole.push({ ...part });
    }
    this.missing = whole.filter(({ upto }) => this.#reaches(upto));
  }

  /** @param {number} seq @returns {boolean} whether what is held includes a place in the room's log */
  #reaches(seq) {
    const { passage } = this;
    return seq > this.start || (passage !== null && passage.after < seq && seq <= passage.upto);
  }

  /** @param {WireEvent} event */
  #foldIn(event) {
    this.changes += 1;
    if (event.type === "message") {
      this.#held.push(/** @type {any} */ (event));
      this.#change(event);
      if (this.#count > this.#messagesMax) this.#makeRoom();
      return;
    }
    if (event.type === "topic") this.topic = event.text;
    if (event.type === "pinned" || event.type === "deleted") this.repinned += 1;
    this.#change(event);
  }

  /** @param {WireEvent} event which is folded into the message that it touches, if it touches one */
  #change(event) {
    const gone = event.type === "deleted" ? this.#held[this.#placeOf(event.target)] : undefined;
    if (gone) {
      const isTold = gone.deleted && event.seq > (this.#ahead.get(gone.seq) ?? 0);
      this.#touch(isTold ? undefined : gone.reply_to, event);
    }
    this.#touch(touchedBy(event), event);
  }

  /** @param {number | undefined} target @param {WireEvent} event */
  #touch(target, event) {
    if (target === undefined) return;
    const place = this.#placeOf(target);
    if (place < 0) {
      this.#changes.push({ target, event });
      if (this.#changes.length > CHANGES_MAX) {
        const lost = /** @type {{event: WireEvent}} */ (this.#changes.shift());
        this.#pageLastMin = Math.max(this.#pageLastMin, lost.event.seq);
      }
    } else if (event.seq > (this.#ahead.get(target) ?? 0)) {
      this.#held[place] = fold(this.#held[place], event);
    }
  }

  /** Let go of the passage, or else of the oldest message. */
  #makeRoom() {
    if (this.passage) {
      this.#dropPassage();
      return;
    }
    this.start = this.#held[this.#dropped].seq;
    this.#dropped += 1;
    if (this.missing.length) this.#miss([]);
    if (this.#dropped <= DROPPED_MAX) return;
    this.#held.splice(0, this.#dropped);
    this.#dropped = 0;
  }

  /**
   * Join on a page; one around a message may become the passage.
   *
   * @param {Page} page
   * @param {Where} [where]
   * @returns {boolean} false, with nothing changed, if it does not touch what is held, is too old to
   *   be brought up to date (ask again), or the replica is full
   */
  addPage(page, where = {}) {
    const part = partOf(page, where);
    const isNewest = part.upto >= this.start;
    const isApart = !isNewest && !this.#touchesPassage(part);
    const free = this.#messagesMax - (isApart ? this.messages.length - this.#passageCount : this.#count);
    if (isApart && where.around === undefined) return false;
    if (page.last < this.#pageLastMin || free <= 0) return false;
    // What is newer than `start` is held already, or arrives as an event.
    let added = page.messages.filter(({ seq }) => seq <= this.start && this.#placeOf(seq) < 0);
    if (added.length > free && !isNewest) return false;
    if (isApart) this.#dropPassage();
    if (!isNewest) this.#widenPassage(part);
    else if (added.length > free) {
      this.#lengthen(added[added.length - free - 1].seq);
      added = added.slice(-free);
    } else this.#lengthen(part.after);
    this.changes += 1;
    this.#hold(added.map((one) => this.#broughtUpToDate(one, page.last)));
    this.#discount(added);
    this.#miss(page.missing ?? []);
    this.olderAreGone ||= page.dropped === true;
    return true;
  }

  /** @param {Stretch} part */
  #touchesPassage({ after, upto }) {
    const { passage } = this;
    return passage !== null && after <= passage.upto && upto >= passage.after;
  }

  /** @param {Stretch} part */
  #widenPassage(part) {
    const { after, upto } = this.passage ?? part;
    this.passage = { after: Math.min(after, part.after), upto: Math.max(upto, part.upto) };
  }

  /**
   * Have the newest part begin there, or with the passage if it gets to it.
   *
   * @param {number} start
   */
  #lengthen(start) {
    this.start = Math.min(this.start, start);
    if (!this.passage || this.start > this.passage.upto) return;
    this.start = Math.min(this.start, this.passage.after);
    this.passage = null;
  }

  get #passageCount() {
    return this.passage ? this.countBefore(this.passage.upto + 1) : 0;
  }

  #dropPassage() {
    if (!this.passage) return;
    this.#held = this.messages.slice(this.#passageCount);
    this.#dropped = 0;
    this.passage = null;
    // The changes that were folded into its messages are known no more.
    this.#pageLastMin = Math.max(this.#pageLastMin, this.cursor);
    this.#miss([]);
  }

  /** @param {Message[]} added in order */
  #hold(added) {
    const isOlder = !added.length || this.#placeFrom(added[added.length - 1].seq) === this.#dropped;
    this.#held = added.concat(this.messages);
    this.#dropped = 0;
    if (!isOlder) this.#held.sort((one, other) => one.seq - other.seq);
  }

  /**
   * @param {Message} message
   * @param {number} pageLast
   * @returns {Message}
   */
  #broughtUpToDate(message, pageLast) {
    this.#ahead.delete(message.seq);
    if (pageLast > this.cursor) {
      this.#ahead.set(message.seq, pageLast);
      this.#aheadLast = Math.max(this.#aheadLast, pageLast);
    }
    return this.#changes
      .filter(({ target, event }) => target === message.seq && event.seq > pageLast)
      .reduce((now, { event }) => fold(now, event), message);
  }

  /** Have answers not count that were deleted while the page with them was on its way. @param {Message[]} added */
  #discount(added) {
    for (const { seq, reply_to, deleted } of added) {
      if (reply_to === undefined || deleted || !this.#held[this.#placeOf(seq)]?.deleted) continue;
      const change = this.#changes.find(({ target, event }) => target === seq && event.type === "deleted");
      if (change) this.#touch(reply_to, change.event);
    }
  }
}

/**
 * @param {Page} page
 * @param {Where} where
 * @returns {Stretch} the part of the room's log of which the page has all messages
 */
function partOf({ messages, more, newer, last }, { before, after, around }) {
  const first = messages[0] ? messages[0].seq - 1 : (around ?? last);
  const low = after ?? (more ? first : 0);
  let high = before === undefined ? last : Math.min(before - 1, last);
  if (after === undefined ? newer : more) high = messages.at(-1)?.seq ?? low;
  return { after: Math.min(low, high), upto: high };
}
