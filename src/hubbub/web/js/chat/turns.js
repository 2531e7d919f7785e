/**
 * Where the chatroom is: at the page's own server, and at the other nodes of which that tells. Each has
 * its turn when the one before it has failed; `client/turns.py` does the same for lists of addresses.
 *
 * All that is kept stays with the page's own server, and so do files: see `Homecoming`. What is told
 * can lead nowhere else than the page's policy allows (server/http/fellows.py).
 */

const LOCAL = /^(localhost|127\.|\[::1\])/;

export class Turns {
  #home;
  /** @type {string[]} */
  #others = [];
  /** @type {string[]} those that have yet to be tried before it is waited */
  #left = [];
  #url;
  #socketsOf;
  #memory;

  /**
   * @param {string} home
   * @param {(addresses: unknown) => string[]} socketsOf where nodes' WebSockets are
   * @param {import("./memory.js").Memory} memory
   */
  constructor(home, socketsOf, memory) {
    this.#home = this.#url = home;
    this.#socketsOf = socketsOf;
    this.#memory = memory;
    this.#others = this.#found(memory.get("told", []));
    this.begin();
  }

  /** Whose turn it is. */
  get url() {
    return this.#url;
  }

  get isHome() {
    return this.#url === this.#home;
  }

  /** What the server is called whose turn it is; "" if it is the page's own. */
  get elsewhere() {
    return this.isHome ? "" : new URL(this.#url).host;
  }

  /** Begin at the page's own server, with a round of all. */
  begin() {
    this.#url = this.#home;
    this.#left = [...this.#others];
  }

  /**
   * Take in where else the chatroom is, in the place of what was told before.
   *
   * @param {unknown} told as `welcome` has it
   * @param {boolean} isKept for the next visit
   */
  led(told, isKept) {
    this.#others = this.#found(told);
    if (told && isKept) this.#memory.set("told", told);
    else this.#memory.remove("told");
  }

  /** @param {unknown} told */
  #found(told) {
    return this.#socketsOf(told).filter((url) => url !== this.#home);
  }

  /** Messages could flow here: if this one is lost, each of the others has a turn at once. */
  stood() {
    this.#left = [this.#home, ...this.#others].filter((url) => url !== this.#url);
  }

  /** This one has failed. @returns {boolean} whether another has its turn, before it is waited */
  failed() {
    const next = this.#left.shift();
    if (next === undefined) this.begin();
    else this.#url = next;
    return next !== undefined;
  }
}

/**
 * @param {unknown} addresses as `welcome` tells them (docs/protocol.md, section 3.8)
 * @param {Pick<URL, "protocol" | "host" | "hostname">} page
 * @returns {string[]} where their WebSockets are: from https never to plaintext, nor from elsewhere to this machine
 */
export function socketsOf(addresses, page) {
  const told = Array.isArray(addresses) ? addresses.filter((one) => typeof one === "string") : [];
  return told.map((one) => socketOf(one, page)).filter((url) => url !== "");
}

/** @param {string} address @param {Pick<URL, "protocol" | "host" | "hostname">} page */
function socketOf(address, page) {
  const [, scheme, place] = /^(?:(\w+):\/\/)?(.*)$/.exec(address) ?? [];
  const isSecure = scheme === "hubbubs" || page.protocol === "https:";
  try {
    const url = new URL(`${isSecure ? "https" : "http"}://${place}/ws`);
    const isAstray = LOCAL.test(url.hostname) && !LOCAL.test(page.hostname);
    if (isAstray || url.host === page.host || url.pathname !== "/ws" || url.username) return "";
    return `${isSecure ? "wss" : "ws"}://${url.host}/ws`;
  } catch {
    return "";
  }
}
