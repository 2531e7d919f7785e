/**
 * Places in the chatroom as addresses: `/lobby` is a room, `/lobby/1042` a message in it. The browser's
 * buttons go back and forward between the places where the user was. While something covers the page,
 * a drawer or a dialog, going back closes that first.
 */

/** @typedef {{room: string, seq?: number}} Place */

const PATH = /^\/([^/]+)(?:\/(\d{1,16}))?\/?$/;
/** What the server keeps for itself, and what looks like a file. */
const TAKEN = /^(?:api|hooks|files|ws|page|metrics|healthz|readyz)$|\.[a-z]{2,}$/i;

/**
 * @param {string} href
 * @returns {Place | null} the place in this chatroom to which a link leads
 */
export function placeOf(href) {
  const { host, pathname, protocol } = new URL(href, location.href);
  const isHere = host === location.host && (protocol === location.protocol || protocol === "hubbub:");
  const found = isHere ? PATH.exec(pathname) : null;
  if (!found?.[1]) return null;
  const room = decoded(found[1]);
  if (!room || TAKEN.test(room)) return null;
  return found[2] ? { room, seq: Number(found[2]) } : { room };
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** @param {Place} place @returns {string} its path on this server */
function pathOf({ room, seq }) {
  const path = `/${encodeURIComponent(room).replace(/^%40/, "@")}`;
  return seq === undefined ? path : `${path}/${seq}`;
}

/** @param {Place} place @returns {string} its address, to be given to others */
export const addressOf = (place) =>
  TAKEN.test(place.room) ? `hubbub://${location.host}${pathOf(place)}` : location.origin + pathOf(place);

/** Something covers the page from now on: going back closes it. */
export function cover() {
  if (!history.state?.covers) history.pushState({ covers: true }, "");
}

export class Places {
  #go;
  #uncover;
  /** @type {Place | null} where the address led when the page was opened */
  #asked = placeOf(location.href);
  /** @type {string | null} the room that was shown first */
  #first = null;
  #hasBegun = false;
  #isGoing = false;

  /**
   * @param {(place: Place) => Promise<unknown>} go show a place; never rejects
   * @param {() => boolean} uncover close what covers the page; tells whether anything did
   */
  constructor(go, uncover) {
    this.#go = go;
    this.#uncover = uncover;
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
    const path = TAKEN.test(place.room) ? "/" : pathOf(place);
    if (path !== location.pathname) history[this.#hasBegun ? "pushState" : "replaceState"](null, "", path);
    this.#hasBegun = true;
  }

  /** @param {Place} place */
  async #lead(place) {
    this.#isGoing = true;
    await this.#go(place);
    this.#isGoing = false;
    this.#hasBegun = true;
  }

  async #popped() {
    if (this.#uncover()) return;
    const place = placeOf(location.href);
    if (place) await this.#lead(place);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target instanceof Element && event.target.closest("a[href]");
    const place = link instanceof HTMLAnchorElement ? placeOf(link.href) : null;
    if (!place) return;
    event.preventDefault();
    void this.#lead(place).then(() => this.went(place));
  }
}
