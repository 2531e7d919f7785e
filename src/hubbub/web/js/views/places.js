/**
 * The page's address follows the room that is shown, and the browser's buttons go back and forward between
 * the places where the user was. While something covers the page, a drawer or a dialog, going back closes
 * that first. Links to rooms and messages lead there without loading the page anew.
 */

import { isOfChatroom, pathOf, placeOf } from "../addresses/places.js";

/**
 * @typedef {import("../addresses/places.js").Place} Place
 * @typedef {object} Ways
 * @property {(place: Place) => Promise<unknown>} go show a place; never rejects
 * @property {(place: Place) => Promise<boolean>} may whether to follow a link; tells why not
 * @property {(address: string) => void} elsewhere a link to another chatroom was followed
 * @property {() => boolean} uncover close what covers the page; tells whether anything did
 */

/** Something covers the page from now on: going back closes it. */
export function cover() {
  if (!history.state?.covers) history.pushState({ covers: true }, "");
}

export class Places {
  #ways;
  /** @type {Place | null} where the address led when the page was opened */
  #asked = placeOf(location.href);
  /** @type {string | null} the room that was shown first */
  #first = null;
  #hasBegun = false;
  #isGoing = false;

  /** @param {Ways} ways */
  constructor(ways) {
    this.#ways = ways;
    window.addEventListener("popstate", () => void this.#popped());
    document.addEventListener("click", (event) => this.#clicked(event));
  }

  /** A room is shown. @param {string} room @param {boolean} isSettled whether its messages are there */
  follow(room, isSettled) {
    this.#first ??= room;
    if (room !== this.#first && !isSettled) this.#asked = null; // the user went elsewhere by themselves
    const asked = this.#asked;
    if (asked && !isSettled) return;
    if (asked) {
      this.#asked = null;
      if (asked.seq !== undefined || asked.room !== room) return void this.#lead(asked);
    }
    if (this.#isGoing || placeOf(location.href)?.room === room) return;
    this.went({ room });
  }

  /** The user went to a place. @param {Place} place */
  went(place) {
    const path = pathOf(place) || "/";
    if (path !== location.pathname) history[this.#hasBegun ? "pushState" : "replaceState"](null, "", path);
    this.#hasBegun = true;
  }

  /** @param {Place} place */
  async #lead(place) {
    this.#isGoing = true;
    await this.#ways.go(place);
    this.#isGoing = false;
    this.#hasBegun = true;
  }

  async #popped() {
    if (this.#ways.uncover()) return;
    const place = placeOf(location.href);
    if (place) await this.#lead(place);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!(link instanceof HTMLAnchorElement) || !URL.canParse(link.href)) return;
    const place = placeOf(link.href);
    if (!place && !isOfChatroom(link.href)) return;
    event.preventDefault();
    if (place) void this.#follow(place);
    else this.#ways.elsewhere(link.href);
  }

  /** @param {Place} place */
  async #follow(place) {
    if (!(await this.#ways.may(place))) return;
    await this.#lead(place);
    this.went(place);
  }
}
