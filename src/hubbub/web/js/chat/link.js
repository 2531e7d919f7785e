/** One WebSocket: JSON out, JSON in, and one end, however it ends. */

/**
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").WireEvent} WireEvent
 */

export class Link {
  #socket;
  /** @type {(() => void) | null} */
  #closed;

  /**
   * @param {string} url
   * @param {typeof WebSocket} Socket
   * @param {object} callbacks
   * @param {() => void} callbacks.opened
   * @param {(event: WireEvent) => void} callbacks.heard
   * @param {() => void} callbacks.closed called once, unless `close` was
   */
  constructor(url, Socket, { opened, heard, closed }) {
    this.#closed = closed;
    this.#socket = new Socket(url);
    this.#socket.addEventListener("open", () => this.#closed && opened());
    this.#socket.addEventListener("message", ({ data }) => {
      const event = parsed(data);
      if (this.#closed && event) heard(event);
    });
    this.#socket.addEventListener("close", () => this.#end());
  }

  /** @param {Command} command */
  send(command) {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(command, wellFormed));
  }

  /** How much of what was sent the browser has not passed on yet. */
  get unsentBytes() {
    return this.#socket.bufferedAmount;
  }

  /** End it from this side; nothing is heard of it any more. */
  close() {
    this.#closed = null;
    this.#socket.close();
  }

  #end() {
    const closed = this.#closed;
    this.#closed = null;
    closed?.();
  }
}

/**
 * Half a surrogate pair, of which UTF-8 knows nothing, becomes the sign for what cannot be read: the
 * server could not read a command that holds it.
 *
 * @param {string} _key
 * @param {unknown} value
 */
function wellFormed(_key, value) {
  return typeof value === "string" ? value.toWellFormed() : value;
}

/**
 * @param {unknown} data
 * @returns {WireEvent | null}
 */
function parsed(data) {
  try {
    const event = JSON.parse(`${data}`);
    return typeof event?.type === "string" ? event : null;
  } catch {
    return null; // not a chatroom's; what is missing, the replica will notice
  }
}
