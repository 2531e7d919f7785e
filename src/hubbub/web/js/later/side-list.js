/** Messages in a list beside the log: rows like those of the log, with the same acts, but all of them at once. */

import { contextOf, keyOf } from "../log/context.js";
import { listen } from "../log/gestures.js";
import { isOnItsWay, SLOW_MS } from "../log/looks.js";
import { Rows } from "../log/rows.js";
import { Timers } from "../log/timers.js";

/**
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").Post} Post
 * @typedef {import("../log/gestures.js").View} View
 * @typedef {import("../log/rows.js").Key} Key
 * @typedef {import("../log/gestures.js").Acts & import("../log/row.js").People} Acts
 * @typedef {object} Shown
 * @property {readonly Message[]} messages
 * @property {readonly Post[]} [pending]
 * @property {(item: Message | Post) => Message | null | undefined} [quoted] what an item is shown to answer
 * @property {boolean} [isBeside] whether the messages stand in the log as well
 */

/** @implements {View} */
export class SideList {
  #rows;
  #chat;
  #jump;
  /** @type {Shown} */
  #shown = { messages: [] };
  /** @type {Set<Key>} long messages that are shown whole */
  #whole = new Set();
  /** @type {Key | null} what had the focus last */
  #current = null;
  #timers = new Timers();

  /**
   * @param {HTMLElement} element which holds nothing else
   * @param {Acts} acts
   * @param {import("../chat/chat.js").Chat} chat
   * @param {(seq: number) => void} jump to a message in the log
   */
  constructor(element, acts, chat, jump) {
    this.#chat = chat;
    this.#jump = jump;
    this.#rows = new Rows(element, acts, new ResizeObserver(() => {}));
    element.addEventListener("focusin", ({ target }) => {
      const key = this.keyAt(target);
      if (key !== undefined) this.#rows.rove((this.#current = key));
    });
    listen(element, this, acts);
  }

  /** @param {Shown} shown */
  show(shown) {
    this.#shown = shown;
    const now = new Date();
    this.#rows.show(
      this.#items.map((item, index) => ({ key: keyOf(item), look: this.#look(item, index, now) })),
    );
    this.#rows.rove(this.#current);
  }

  /** @returns {(Message | Post)[]} */
  get #items() {
    const { messages, pending = [] } = this.#shown;
    return [...messages, ...pending];
  }

  /**
   * @param {Message | Post} item
   * @param {number} index
   * @param {Date} now
   * @returns {import("../log/looks.js").Look}
   */
  #look(item, index, now) {
    const { messages, pending = [], quoted = () => undefined, isBeside = false } = this.#shown;
    const me = this.#chat.name;
    const isSlow = isOnItsWay(item) && now.getTime() - item.at > SLOW_MS;
    if (isOnItsWay(item) && !isSlow) this.#timers.set("slow", SLOW_MS, () => this.show(this.#shown));
    return {
      ...contextOf({ messages, pending, ...WHOLE }, index, me, now),
      ...{ item, me, isSlow, isBeside, heads: true, isMarked: false },
      quoted: quoted(item),
      isWhole: this.#whole.has(keyOf(item)),
      isWaiting: !("seq" in item) && this.#chat.waiting.isHeld(item),
    };
  }

  /** @param {Key} key */
  item(key) {
    return this.#items.find((item) => keyOf(item) === key);
  }

  /** @param {EventTarget | null} target */
  keyAt(target) {
    return this.#rows.keyAt(target);
  }

  /** @param {Key} key */
  article(key) {
    return this.#rows.articleOf(key);
  }

  /** @param {Key} key */
  equip(key) {
    this.#rows.equipAt(key);
  }

  /** @param {Key} key */
  fold(key) {
    if (!this.#whole.delete(key)) this.#whole.add(key);
    this.show(this.#shown);
  }

  /** @param {number} seq */
  jumpTo(seq) {
    this.#jump(seq);
  }

  /** @param {Key | undefined} key @param {import("../log/gestures.js").Move} to */
  move(key, to) {
    const keys = this.#items.map(keyOf);
    const last = keys.length - 1;
    const index = key === undefined ? last : keys.indexOf(key);
    const next = { up: Math.max(index - 1, 0), down: Math.min(index + 1, last), first: 0, last }[to];
    this.article(keys[next] ?? "")?.focus();
  }
}

/** Nothing in such a list is unread, missing or left out. */
const WHOLE = { unreadAfter: null, missing: [], holeIndex: -1, isHere: () => false };
