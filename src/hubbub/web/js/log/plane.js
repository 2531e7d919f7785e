/** The scrolled area: as high as all items together, it holds the few rows that are drawn. */

import { el } from "./element.js";

/** @typedef {import("./track.js").Track} Track */

const END_PX = 8;

export class Plane {
  #element;
  #head = el("p", { class: "log-head" });
  #space;
  /** Contains the rows. */
  rows = el("div", { class: "log-window" });

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
    this.#space = el("div", { class: "log-space" }, this.#head, this.rows);
    element.append(this.#space);
  }

  get height() {
    return this.#element.clientHeight;
  }

  get top() {
    return this.#element.scrollTop;
  }

  /** @param {Track} track */
  isEndSeen(track) {
    return track.bottom - this.top - this.height < END_PX;
  }

  /**
   * @param {Track} track
   * @returns {number} the first item whose beginning is seen, if there is one
   */
  firstSeen(track) {
    const first = track.at(this.top);
    const isCut = track.top(first) < this.top - 1;
    const hasNext = first + 1 < track.count && track.top(first + 1) < this.top + this.height;
    return isCut && hasNext ? first + 1 : first;
  }

  /**
   * @param {Track} track
   * @param {number} index
   * @param {number} offset where the item stands afterwards, in pixels from the upper edge
   */
  goTo(track, index, offset) {
    track.shift -= track.slack(this.height);
    this.#space.style.height = `${track.bottom}px`;
    this.#element.scrollTop = track.top(index) - offset;
  }

  /**
   * Put everything where it belongs.
   *
   * @param {Track} track
   * @param {number} first the item of the first row
   * @param {string} title what stands above the first item
   * @param {boolean} isFollowing whether to show the end
   * @param {boolean} isScrolling
   */
  lay(track, first, title, isFollowing, isScrolling) {
    const { top, height } = this;
    const slack = track.slack(height);
    // Setting its position would stop a scroll that is under way, so it waits, unless a wrong
    // beginning were visible.
    const isSeen = slack > 0 ? top <= slack : top < height;
    const isSettled = slack !== 0 && (!isScrolling || isSeen || isFollowing);
    if (isSettled) track.shift -= slack;
    if (this.#head.textContent !== title) this.#head.textContent = title;
    this.#head.style.top = `${track.shift}px`;
    this.rows.style.top = `${track.top(first)}px`;
    this.#space.style.height = `${track.bottom}px`;
    if (isFollowing) this.#element.scrollTop = this.#element.scrollHeight;
    else if (isSettled) this.#element.scrollTop = top - slack;
  }
}
