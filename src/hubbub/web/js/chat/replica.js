/**
 * A room as this side knows it: a local copy, kept by folding the room's events.
 *
 * It proves that it misses nothing (docs/protocol.md, section 5.1, `prev`), and joins pages of
 * older messages to what it holds. It behaves as client/replica.py; both pass tests/golden.
 */

import { fold, targetOf } from "./fold.js";
import { Roster } from "./roster.js";

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Page} Page
 * @typedef {import("./types.js").WireEvent} WireEvent
 * @typedef {import("./types.js").Stretch} Stretch
 * @typedef {"next" | "repeat" | "gap"} Fit how an event fits; only a next one was new and is applied
 */

const MESSAGES_MAX = 1000;
const CHANGES_MAX = 1000;
const DROPPED_MAX = 1000;

/**
 * Holds the newest messages of a room, without a hole but `missing`: every message with `start` < seq
 * <= `cursor` that the server can read.
 *
 * `cursor` is the seq of the last event applied, `last` the newest that the room is known to have.
 * `epoch` names the run of the log under which `cursor` was reached, and is sent with it; `histories`
 * counts how often the server replaced what came before by another history: nothing held is older.
 */
export class Replica {
  topic = "";
  roster = new Roster();
  changes = 0; // how often what is held has changed
  /** @type {string[]} who share a private room */
  direct = [];
  /** @type {Message[]} */
  #held = [];
  #dropped = 0; // how many at the front of `#held` are not held any more: taking one away moves all
  #messagesMax;
  epoch = "";
  histories = 0;
  /** @type {Stretch[]} in order, the parts between `start` and `cursor` that the server cannot read */
  missing = [];
  #stands = false; // whether `cursor` was ever told to be a place in the server's log
  #isEntering = false;
  /** @type {WireEvent[]} changes of messages that are not held: a page may bring such a message as it read before */
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

  /** @param {number} seq */
  #placeOf(seq) {
    let low = this.#dropped;
    let high = this.#held.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#held[middle].seq < seq) low = middle + 1;
      else high = middle;
    }
    return this.#held[low]?.seq === seq ? low : -1;
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
      this.cursor = Math.min(this.cursor, event.last);
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
    this.missing = [];
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
    this.missing = whole.filter(({ upto }) => upto > this.start);
  }

  /** @param {WireEvent} event */
  #foldIn(event) {
    this.changes += 1;
    if (event.type === "message") {
      this.#held.push(/** @type {any} */ (event));
      if (this.#count > this.#messagesMax) this.#drop();
      return;
    }
    if (event.type === "topic") this.topic = event.text;
    const target = targetOf(event);
    if (target === undefined) return;
    const place = this.#placeOf(target);
    if (place < 0) {
      this.#changes.push(event);
      if (this.#changes.length > CHANGES_MAX) {
        const { seq } = /** @type {WireEvent} */ (this.#changes.shift());
        this.#pageLastMin = Math.max(this.#pageLastMin, seq);
      }
    } else if (event.seq > (this.#ahead.get(target) ?? 0)) {
      this.#held[place] = fold(this.#held[place], event);
    }
  }

  /** Let go of the oldest message. */
  #drop() {
    this.start = this.#held[this.#dropped].seq;
    this.#dropped += 1;
    if (this.missing.length) this.#miss([]);
    if (this.#dropped <= DROPPED_MAX) return;
    this.#held.splice(0, this.#dropped);
    this.#dropped = 0;
  }

  /**
   * Join on a page of older messages that was asked for with `before`.
   *
   * @param {Page} page
   * @param {number} [before]
   * @returns {boolean} false, with nothing changed, if it does not reach up to what is held, is too
   *   old to be brought up to date (ask again), or the replica is full
   */
  addPage(page, before) {
    const reach = before === undefined ? page.last : Math.min(before - 1, page.last);
    const free = this.#messagesMax - this.#count;
    if (reach < this.start || page.last < this.#pageLastMin || free <= 0) return false;
    // What is newer than `start` is held already, or arrives as an event.
    let older = page.messages.filter(({ seq }) => seq <= this.start);
    if (older.length > free) {
      this.start = older[older.length - free - 1].seq;
      older = older.slice(-free);
    } else if (!page.more) this.start = 0;
    else if (page.messages.length) this.start = Math.min(this.start, page.messages[0].seq - 1);
    this.changes += 1;
    const readNow = older.map((one) => this.#broughtUpToDate(one, page.last));
    this.#held = readNow.concat(this.messages);
    this.#dropped = 0;
    this.#miss(page.missing ?? []);
    return true;
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
      .filter((change) => change.target === message.seq && change.seq > pageLast)
      .reduce(fold, message);
  }
}
