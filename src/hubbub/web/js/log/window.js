/**
 * The window on a room's messages: which of them are drawn, and where they stand. It draws only the
 * visible ones, however many there are.
 *
 * It scrolls natively. The anchor, which is the item that the user looks at, keeps its place while
 * items above it arrive or change their height (see `track.js`). At the end, it follows new messages.
 */

import { indexOfKey, itemAt, itemCount, keyOf } from "./context.js";
import { SLOW_MS, isOnItsWay, lookOf } from "./looks.js";
import { Plane } from "./plane.js";
import { Rows } from "./rows.js";
import { heldBy } from "./selection.js";
import { Timers } from "./timers.js";
import { Track } from "./track.js";

/**
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").Post} Post
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {import("./rows.js").Key} Key
 * @typedef {import("./rows.js").Wanted} Wanted
 * @typedef {{key: Key, offset: number}} Place the item that the user looks at, and where it stands
 * @typedef {object} Ways what the window needs beside a room, and what it tells
 * @property {() => void} older the user nears the oldest message that is here
 * @property {(isDown: boolean) => void} between the user nears what is left out, going down, or else up
 * @property {(atEnd: boolean) => void} atEnd
 * @property {() => void} drawn something else may be seen now
 * @property {(post: Post) => boolean} isWaiting whether it was not sent yet
 * @property {() => string} name the user's
 */

const MARGIN_PX = 600; // drawn above and below what is seen
const OLDER_PX = 2000; // messages are asked for that are nearer than this to what is seen
const EDGE_PX = 12;
const PASSES_MAX = 6;
const REST_MS = 150; // so long after scrolling ends, it has ended
const HELD_MS = "onscrollend" in window ? 1000 : REST_MS; // not every browser tells the end
const QUIET_MS = 300;

export class LogWindow {
  #element;
  #ways;
  #plane;
  rows;

  /** @type {RoomState | null} */
  room = null;
  #track = new Track();
  #known = { count: 0, last: -1, hole: "" }; // the messages that the track knows
  #anchor = 0;
  /** Whether the newest message is visible, and the next ones will be. */
  isFollowing = true;
  #wasAtEnd = false;
  #drawn = { first: 0, end: 0 };
  #drawnHeight = 0; // of the window, in pixels
  /** @type {Place | null} what the user looks at */
  seen = null;
  /** @type {WeakMap<RoomState, Place | null>} */
  #places = new WeakMap();

  /** @type {Set<Key>} long messages that are shown whole */
  whole = new Set();
  /** @type {Key | null} what was jumped to */
  marked = null;
  /** @type {Key | null} what had the focus last */
  current = null;
  /** @type {number[]} indices of rows that must be in the page because they are being selected */
  wantedToo = [];

  #isScrolling = false;
  #timers = new Timers();

  /**
   * @param {HTMLElement} element empty; it scrolls
   * @param {Ways} ways
   * @param {import("./row.js").People} people
   */
  constructor(element, ways, people) {
    this.#element = element;
    this.#ways = ways;
    const sizes = new ResizeObserver(() => this.draw());
    this.#plane = new Plane(element);
    this.rows = new Rows(this.#plane.rows, people, sizes);
    sizes.observe(element);
    element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    element.addEventListener("scrollend", () => this.#restWithin(REST_MS));
  }

  /** How many items there are. */
  get count() {
    return this.#track.count;
  }

  /** In pixels. */
  get height() {
    return this.#plane.height;
  }

  /** @param {number} index @returns {number} where an item stands, in pixels from the upper edge */
  offsetOf(index) {
    return this.#track.top(index) - this.#plane.top;
  }

  /** @returns {number} the newest seq that is wholly seen; 0 if none is */
  get seenUpto() {
    const room = this.room;
    if (!room || !this.#plane.height || !room.messages.length) return 0;
    const bottom = this.#plane.top + this.#plane.height;
    let index = Math.min(this.#track.at(bottom), room.messages.length - 1);
    if (index >= 0 && this.#track.top(index + 1) > bottom + 1) index -= 1;
    return room.messages[index]?.seq ?? 0;
  }

  /** @param {RoomState} room */
  show(room) {
    if (room === this.room) return this.draw();
    if (this.room) this.#places.set(this.room, this.isFollowing ? null : this.seen);
    this.room = room;
    this.current = null;
    this.#restore(this.#places.get(room) ?? null);
  }

  /** Messages between others have come or gone: nothing that is known of their places holds. */
  renew() {
    if (this.room) this.#restore(this.isFollowing ? null : this.seen);
  }

  // The list.

  /**
   * Catch up with the room, which may have changed since the last frame.
   *
   * @returns {boolean} whether a new message arrived while the end is visible
   */
  #follow() {
    const room = /** @type {RoomState} */ (this.room);
    const before = this.#track.count;
    const { count, last, hole } = this.#known;
    const at = count ? room.indexOf(last) : -1;
    if ((count && at < 0) || hole !== holeOf(room)) {
      this.renew();
      return false;
    }
    const front = count ? at - (count - 1) : 0;
    // The first item loses its day and sender when older ones come before it.
    if (front > 0) this.#anchor = Math.max(this.#anchor, 1);
    if (front || itemCount(room) !== before || room.messages.length !== count) this.#resize(front);
    return this.isFollowing && !front && this.#track.count > before && before > 0;
  }

  /** @param {number} front */
  #resize(front) {
    const room = /** @type {RoomState} */ (this.room);
    const { messages } = room;
    this.#track.resize(itemCount(room), front, this.#anchor);
    this.#anchor = Math.max(this.#anchor + front, 0);
    this.#known = { count: messages.length, last: messages.at(-1)?.seq ?? -1, hole: holeOf(room) };
  }

  /** @returns {Place | null} */
  #place() {
    const item = this.room && itemAt(this.room, this.#anchor);
    return item ? { key: keyOf(item), offset: this.offsetOf(this.#anchor) } : null;
  }

  /** @param {Place | null} place none is the end */
  #restore(place) {
    this.#track = new Track();
    this.#anchor = 0;
    this.#resize(0);
    const index = place && this.room ? indexOfKey(this.room, place.key) : -1;
    if (place && index >= 0) this.goTo(index, place.offset);
    else this.toEnd();
  }

  // Moving.

  toEnd() {
    this.isFollowing = true;
    this.draw();
  }

  /**
   * @param {number} index
   * @param {number} offset where it stands afterwards, in pixels from the upper edge
   */
  goTo(index, offset) {
    this.isFollowing = false;
    this.#anchor = index;
    this.#plane.goTo(this.#track, index, offset);
    this.draw();
    this.isFollowing = this.#plane.isEndSeen(this.#track);
    this.draw();
  }

  /** Scroll an item into view. @param {number} index */
  reveal(index) {
    const top = this.offsetOf(index);
    const height = this.#track.top(index + 1) - this.#track.top(index);
    const lowest = Math.max(this.#plane.height - height - EDGE_PX, EDGE_PX);
    if (top < EDGE_PX) this.goTo(index, EDGE_PX);
    else if (top > lowest) this.goTo(index, lowest);
  }

  #scrolled() {
    if (!this.room || !this.#plane.height) return;
    // The event of our own scrolling may arrive after a notice has made the log lower, and before
    // the ResizeObserver says so. The end is out of sight then, but the user did not leave it.
    const isLower = this.#plane.height < this.#drawnHeight;
    if (!(isLower && this.isFollowing)) this.isFollowing = this.#plane.isEndSeen(this.#track);
    const at = this.#track.at(this.#plane.top);
    const isLeap = at < this.#drawn.first || at >= this.#drawn.end; // nothing seen can stay
    if (isLeap) this.#track.shift -= this.#track.slack(this.#plane.height);
    this.#anchor = this.#plane.firstSeen(this.#track);
    this.#isScrolling = true;
    this.#restWithin(HELD_MS);
    this.draw();
  }

  /** @param {number} ms unless it scrolls on */
  #restWithin(ms) {
    this.#timers.set("rest", ms, () => {
      this.#isScrolling = false;
      this.draw();
    });
  }

  // Drawing.

  draw() {
    const room = this.room;
    const height = this.#plane.height;
    if (!room || !height) return;
    this.#drawnHeight = height;
    const isNews = this.#follow(); // a screen reader announces it
    let isChanged = false;
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      const top = this.isFollowing ? this.#track.bottom - height : this.#plane.top;
      const margin = Math.max(height, MARGIN_PX);
      const first = this.#track.at(top - margin);
      const end = Math.min(this.#track.at(top + height + margin) + 1, this.#track.count);
      this.#drawn = { first, end };
      if (this.rows.show(this.#wanted(first, end))) isChanged = true;
      if (!this.#measure(first, end)) break;
    }
    this.rows.rove(this.current);
    if (isNews) this.#element.removeAttribute("aria-busy");
    else if (isChanged) this.#hush();
    const first = room.replica.olderAreGone
      ? "Older messages are not kept here."
      : `This is where ${room.title} begins.`;
    const begins = room.beginning ? first : "";
    const title = begins || (room.loading ? "Loading older messages …" : "");
    this.#plane.lay(this.#track, this.#drawn.first, title, this.isFollowing, this.#isScrolling);
    this.seen = this.#place();
    if (this.isFollowing !== this.#wasAtEnd) this.#ways.atEnd((this.#wasAtEnd = this.isFollowing));
    if (room.filled && !room.loading) this.#wantMore(room);
    this.#ways.drawn();
  }

  /** @param {RoomState} room */
  #wantMore(room) {
    const { top, height } = this.#plane;
    const hole = room.holeIndex;
    const at = hole < 0 ? -Infinity : this.#track.top(hole);
    if (at > top - OLDER_PX && at < top + height + OLDER_PX) this.#ways.between(this.#anchor < hole);
    else if (!room.beginning && top - this.#track.shift < OLDER_PX) this.#ways.older();
  }

  /**
   * @param {number} first
   * @param {number} end
   * @returns {Wanted[]} the rows that belong in the page
   */
  #wanted(first, end) {
    const room = /** @type {RoomState} */ (this.room);
    const now = new Date();
    const indices = new Set(this.#held(room));
    for (let index = first; index < end; index++) indices.add(index);
    return [...indices]
      .sort((one, other) => one - other)
      .map((index) => {
        const row = this.#row(room, index, now);
        if (index >= first && index < end) return row;
        return { ...row, away: this.#track.top(index) - this.#track.top(first) };
      });
  }

  /**
   * @param {RoomState} room
   * @returns {number[]} the items whose rows stay in the page even out of sight: if they went, the
   *   browser would drop the focus or the selection
   */
  #held(room) {
    const keys = [document.activeElement, ...heldBy()].map((node) => this.rows.keyAt(node));
    const indices = keys.map((key) => (key === undefined ? -1 : indexOfKey(room, key)));
    return [...indices, ...this.wantedToo].filter((index) => index >= 0);
  }

  /**
   * @param {RoomState} room
   * @param {number} index
   * @param {Date} now
   * @returns {Wanted}
   */
  #row(room, index, now) {
    const item = /** @type {Message | Post} */ (itemAt(room, index));
    const key = keyOf(item);
    const asked = {
      me: this.#ways.name(),
      isWhole: this.whole.has(key),
      isMarked: this.marked === key,
      isWaiting: !("seq" in item) && this.#ways.isWaiting(item),
    };
    const look = lookOf(room, index, asked, now);
    if (isOnItsWay(look.item) && !look.isSlow) this.#timers.set("slow", SLOW_MS, () => this.draw());
    return { key, look };
  }

  /**
   * @param {number} first
   * @param {number} end
   * @returns {boolean} whether any height changed
   */
  #measure(first, end) {
    const room = /** @type {RoomState} */ (this.room);
    let isChanged = false;
    for (let index = first; index < end; index++) {
      const row = this.rows.element(keyOf(/** @type {Message} */ (itemAt(room, index))));
      const height = row?.getBoundingClientRect().height ?? 0;
      if (this.#track.measured(index, height, this.#anchor)) isChanged = true;
    }
    return isChanged;
  }

  /** Keep screen readers from announcing rows that only scroll into view. */
  #hush() {
    this.#element.setAttribute("aria-busy", "true");
    this.#timers.set("quiet", QUIET_MS, () => this.#element.removeAttribute("aria-busy"));
  }
}

/** @param {RoomState} room @returns {string} what is left out between its messages, to be compared */
function holeOf({ replica: { hole } }) {
  return hole ? `${hole.after} ${hole.upto}` : "";
}
