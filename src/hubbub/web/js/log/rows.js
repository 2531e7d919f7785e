/** The rows of the log that are in the page: a few, however many items there are. */

import { el } from "./element.js";
import { fill } from "./row.js";
import { selectionKept } from "./selection.js";
import { toolbar } from "./tools.js";

/**
 * @typedef {import("./looks.js").Look} Look
 * @typedef {import("./row.js").People} People
 * @typedef {number | string} Key
 * @typedef {object} Wanted
 * @property {Key} key
 * @property {Look} look
 * @property {number} [away] where it stands, in pixels, if it is out of sight but has the focus, or a
 *   selection begins or ends in it
 */

export class Rows {
  /** @type {Map<Key, {element: HTMLElement, look: Look | null}>} */
  #rows = new Map();
  /** @type {WeakMap<Element, Key>} */
  #keys = new WeakMap();
  #place;
  #people;
  #sizes;

  /**
   * @param {HTMLElement} place what they stand in
   * @param {People} people
   * @param {ResizeObserver} sizes
   */
  constructor(place, people, sizes) {
    this.#place = place;
    this.#people = people;
    this.#sizes = sizes;
  }

  /**
   * @param {Wanted[]} wanted in order
   * @returns {boolean} whether the page changed
   */
  show(wanted) {
    let isChanged = this.#keepOnly(wanted);
    let next = this.#place.firstElementChild;
    for (const { key, look, away } of wanted) {
      const row = this.#rows.get(key) ?? this.#begin(key);
      if (!isSame(row.look, look)) {
        this.#fill(row.element, look);
        row.look = look;
        isChanged = true;
      }
      row.element.classList.toggle("away", away !== undefined);
      row.element.style.top = away === undefined ? "" : `${away}px`;
      // Rows that stay are never moved: moved, they would lose the focus.
      if (row.element === next) next = next.nextElementSibling;
      else this.#place.insertBefore(row.element, next);
    }
    return isChanged;
  }

  /** @param {Wanted[]} wanted */
  #keepOnly(wanted) {
    let isChanged = false;
    const keys = new Set(wanted.map(({ key }) => key));
    for (const { key, look } of wanted) {
      const nonce = "seq" in look.item && look.item.nonce;
      const posted = nonce && !keys.has(nonce) && this.#rows.get(nonce);
      if (!posted || this.#rows.has(key)) continue;
      this.#rows.delete(nonce); // what was on its way has come
      this.#rows.set(key, posted);
      this.#keys.set(posted.element, key);
    }
    for (const [key, { element }] of this.#rows) {
      if (keys.has(key)) continue;
      this.#sizes.unobserve(element);
      element.remove();
      this.#rows.delete(key);
      isChanged = true;
    }
    return isChanged;
  }

  /** @param {Key} key */
  #begin(key) {
    const row = { element: el("div", { class: "row" }), look: null };
    this.#rows.set(key, row);
    this.#keys.set(row.element, key);
    this.#sizes.observe(row.element);
    return row;
  }

  /**
   * @param {HTMLElement} element
   * @param {Look} look
   */
  #fill(element, look) {
    const focused = element.contains(document.activeElement) ? document.activeElement : null;
    const isEquipped = element.querySelector(".tools");
    selectionKept(element, () => fill(element, look, this.#people));
    if (isEquipped) this.equip(element, look);
    if (!(focused instanceof HTMLElement) || focused.isConnected) return;
    const { act, emoji } = focused.dataset;
    const buttons = [...element.querySelectorAll("button")];
    const same = buttons.find(({ dataset }) => dataset.act === act && dataset.emoji === emoji);
    (same ?? this.article(element)).focus({ preventScroll: true });
  }

  /**
   * Add the buttons that a row shows under the pointer.
   *
   * @param {Element} element
   * @param {Look | null | undefined} look
   */
  equip(element, look = this.#rows.get(this.keyOf(element) ?? "")?.look) {
    if (!look || !("seq" in look.item) || look.item.deleted) return;
    const { item } = look;
    const article = this.article(element);
    const offered = toolbar((deed) => this.#people.may(deed, item));
    const shown = /** @type {HTMLElement | null} */ (element.querySelector(".tools"));
    if (shown?.dataset.offers !== offered.dataset.offers) {
      shown?.remove();
      article.append(offered);
    }
    tabThrough(article, article.tabIndex);
  }

  /** @param {Key} key */
  element(key) {
    return this.#rows.get(key)?.element;
  }

  /** @param {Element} element */
  keyOf(element) {
    return this.#keys.get(element);
  }

  /**
   * @param {EventTarget | null} target
   * @returns {Key | undefined} of the row in which something is
   */
  keyAt(target) {
    const element = target instanceof Text ? target.parentElement : target;
    const row = element instanceof Element && element.closest(".row");
    return row ? this.keyOf(row) : undefined;
  }

  /** @param {Key} key @returns {HTMLElement | undefined} the focusable part of its row */
  articleOf(key) {
    const row = this.element(key);
    return row && this.article(row);
  }

  /** Add the buttons that a row shows under the pointer. @param {Key} key */
  equipAt(key) {
    const row = this.element(key);
    if (row) this.equip(row);
  }

  /** @param {Element} element */
  article(element) {
    return /** @type {HTMLElement} */ (element.lastElementChild);
  }

  /**
   * Let Tab reach exactly one row: the last to have the focus, or else the newest.
   *
   * @param {Key | null} current
   */
  rove(current) {
    const reached = this.#rows.get(current ?? "")?.element ?? this.#place.lastElementChild;
    for (const { element } of this.#rows.values()) {
      tabThrough(this.article(element), element === reached ? 0 : -1);
    }
  }
}

/** What can be reached within one message: its actions, and whom and what its text leads to. */
const REACHED = /** @type {"button"} */ (".tools button, .text :is(a, [data-person])");

/**
 * @param {HTMLElement} article
 * @param {number} tabIndex of the article and of what can be reached in it
 */
function tabThrough(article, tabIndex) {
  article.tabIndex = tabIndex;
  for (const element of article.querySelectorAll(REACHED)) element.tabIndex = tabIndex;
}

/**
 * @param {Look | null} one
 * @param {Look} other
 */
function isSame(one, other) {
  const keys = /** @type {(keyof Look)[]} */ (Object.keys(other));
  return one !== null && keys.every((key) => one[key] === other[key]);
}
