/** The log of a room, as the other views use it: what is seen of it, and where it is led. */

import { indexOfKey, itemAt, itemCount, keyOf } from "./context.js";
import { listen } from "./gestures.js";
import { linesOf } from "./lines.js";
import { heldBy, listenToCopying, select } from "./selection.js";
import { Timers } from "./timers.js";
import { LogWindow } from "./window.js";

/**
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").Post} Post
 * @typedef {import("./gestures.js").View} View
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {import("./rows.js").Key} Key
 * @typedef {import("./window.js").Ways & {reach: (seq: number) => Promise<boolean>}} Ways `reach` loads what
 *   stands around a message
 */

const UNREAD_PX = 100; // where the first unread message is put: below what stands over the log
const EDGE_PX = 12;
const MARKED_MS = 2500;

/** @implements {View} */
export class LogView {
  #element;
  #ways;
  #window;
  #timers = new Timers();
  #leads = 0; // how often the view was led somewhere: a jump that still loads gives way to what came later

  /**
   * @param {HTMLElement} element empty; it scrolls
   * @param {Ways} ways
   * @param {import("./gestures.js").Acts & import("./row.js").People} acts
   */
  constructor(element, ways, acts) {
    this.#element = element;
    this.#ways = ways;
    this.#window = new LogWindow(element, ways, acts);
    element.addEventListener("focusin", ({ target }) => {
      const key = this.keyAt(target);
      if (key !== undefined) this.#window.rows.rove((this.#window.current = key));
    });
    listen(element, this, acts);
    listenToCopying(element, this);
  }

  /** Whether the newest message is visible, and the next ones will be. */
  get isAtEnd() {
    return this.#window.isFollowing;
  }

  get room() {
    return this.#window.room;
  }

  /** @returns {{seq: number, offset: number} | null} the message that the user reads, and where it stands; null: the end */
  get place() {
    const seen = this.isAtEnd ? null : this.#window.seen;
    return typeof seen?.key === "number" ? { seq: seen.key, offset: seen.offset } : null;
  }

  /** Go to a place, if its message is here. @param {{seq: number, offset: number}} place */
  returnTo({ seq, offset }) {
    this.update();
    const index = this.#indexOf(seq);
    if (index >= 0) this.#window.goTo(index, offset);
  }

  /** @param {RoomState} room */
  show(room) {
    this.#window.show(room);
  }

  update() {
    this.#window.draw();
  }

  /** Messages between others have come or gone: nothing that is known of their places holds. */
  renew() {
    this.#window.renew();
  }

  /** Where the first unread message is: above what is seen, below it, or there; "" if it is not here. */
  get unreadSide() {
    const first = this.room?.firstUnread;
    const index = first ? this.#indexOf(first.seq) : -1;
    if (index < 0) return "";
    if (this.#window.offsetOf(index) < -1) return "above";
    return this.#window.offsetOf(index) > this.#window.height ? "below" : "there";
  }

  /** Put the first unread message, if it is here, to where reading begins. */
  toUnread() {
    this.update();
    const first = this.room?.firstUnread;
    if (!first) return;
    this.#leads++;
    for (let pass = 0; pass < 2; pass++) this.#window.goTo(this.#indexOf(first.seq), UNREAD_PX); // heights may be estimates
  }

  /** @returns {number} the newest seq that is wholly seen; 0 if none is */
  get seen() {
    return this.#window.seenUpto;
  }

  /** @param {number} seq @param {{isFocused?: boolean}} [how] whether it gets the focus in any case */
  async jumpTo(seq, { isFocused = false } = {}) {
    const room = this.room;
    if (!room) return;
    const lead = ++this.#leads;
    if (room.indexOf(seq) < 0) {
      this.#element.dataset.seeking = "";
      await this.#ways.reach(seq);
      delete this.#element.dataset.seeking;
    }
    if (room !== this.room || lead !== this.#leads) return;
    this.update();
    const index = room.indexOf(seq);
    if (index < 0) return;
    this.#window.marked = seq;
    this.#timers.set("mark", MARKED_MS, () => {
      this.#window.marked = null;
      this.update();
    });
    const hadFocus = isFocused || this.#element.contains(document.activeElement);
    this.#window.goTo(index, this.#window.height / 3);
    if (hadFocus) this.focus(index);
  }

  toEnd() {
    this.#leads++;
    this.#window.toEnd();
  }

  focusLast() {
    this.focus(this.#window.count - 1);
  }

  /**
   * Move the keyboard focus to an item, and scroll it into view.
   *
   * @param {number} index
   */
  focus(index) {
    this.update();
    const item = this.room && itemAt(this.room, index);
    if (!item) return;
    for (let pass = 0; pass < 2; pass++) this.#window.reveal(index); // heights may be estimates at first
    this.article(keyOf(item))?.focus({ preventScroll: true });
  }

  /**
   * Move the focus from an item; with Shift, the selection with it.
   *
   * @param {Key | undefined} key
   * @param {import("./gestures.js").Move} to
   * @param {boolean} isSelecting
   */
  move(key, to, isSelecting) {
    if (!this.room) return;
    const last = itemCount(this.room) - 1;
    const index = key === undefined ? last : this.#indexOf(key);
    const target = { up: Math.max(index - 1, 0), down: Math.min(index + 1, last), first: 0, last }[to];
    const anchor = this.keyAt(heldBy()[0] ?? null);
    const from = anchor === undefined ? index : this.#indexOf(anchor);
    this.focus(target);
    if (isSelecting) this.select(from, target);
    else getSelection()?.removeAllRanges();
  }

  /**
   * Select messages, as dragging the mouse from one to the other would.
   *
   * @param {number} from
   * @param {number} to
   */
  select(from, to) {
    const room = this.room;
    const ends = room ? [from, to].flatMap((index) => itemAt(room, index) ?? []) : [];
    if (ends.length < 2) return;
    this.#window.wantedToo = [from, to];
    this.update();
    const [one, other] = ends.map((item) => this.article(keyOf(item)));
    if (one && other) select(one, other, to < from);
    this.#window.wantedToo = []; // from here on the selection itself keeps them, see window.js
  }

  selectAll() {
    this.update();
    this.select(0, this.#window.count - 1);
  }

  /**
   * @param {Key} [from] none: the oldest message that is here
   * @param {Key} [to] none: the newest
   * @returns {string} the messages from one to the other as text, a line each
   */
  lines(from, to) {
    const room = this.room;
    if (!room) return "";
    const items = [];
    const first = from === undefined ? 0 : Math.max(indexOfKey(room, from), 0);
    const last = to === undefined ? itemCount(room) - 1 : indexOfKey(room, to);
    for (let index = first; index <= last; index++)
      items.push(/** @type {Message | Post} */ (itemAt(room, index)));
    return linesOf(items, this.#ways.name());
  }

  /** @param {Key} key */
  #indexOf(key) {
    return this.room ? indexOfKey(this.room, key) : -1;
  }

  /** @param {Key} key */
  item(key) {
    return this.room ? itemAt(this.room, this.#indexOf(key)) : undefined;
  }

  /**
   * @param {EventTarget | null} target
   * @returns {Key | undefined} of the row in which something is
   */
  keyAt(target) {
    return this.#window.rows.keyAt(target);
  }

  /**
   * @param {Key} key
   * @returns {HTMLElement | undefined} its focusable part
   */
  article(key) {
    return this.#window.rows.articleOf(key);
  }

  /** @param {Key} key */
  equip(key) {
    this.#window.rows.equipAt(key);
  }

  /**
   * Unfold a long message, or fold it again.
   *
   * @param {Key} key
   */
  fold(key) {
    const { whole } = this.#window;
    const isWhole = !whole.delete(key);
    if (isWhole) whole.add(key);
    this.update();
    const index = this.#indexOf(key);
    if (index < 0) return;
    const offset = this.#window.offsetOf(index);
    this.#window.goTo(index, isWhole ? offset : Math.max(offset, EDGE_PX));
  }
}
