/** How the user is known to the server: by a password, and on which devices (docs/protocol.md, section 3.5). */

/**
 * @typedef {import("./place.js").Place} Place
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./types.js").WireEvent} WireEvent
 *
 * @typedef {object} Device
 * @property {string} id
 * @property {string} label
 * @property {number} since milliseconds since the epoch
 * @property {boolean} [own] whether it is this one
 * @property {boolean} [here] whether it is connected now
 *
 * @typedef {{code: string, name: string, label?: string}} Newcomer a device that typed our code
 */

export class Account {
  #session;
  #place;
  /** @type {(newcomer: Newcomer) => void} */
  #asked = () => {};

  /**
   * @param {Session} session
   * @param {() => Place} place
   */
  constructor(session, place) {
    this.#session = session;
    this.#place = place;
  }

  /** @returns {string} "guest", "member", or "" if the server knows no more than the name */
  get kind() {
    return this.#place().kind;
  }

  /** Claim the name for good. @param {string} password */
  async register(password) {
    await this.#ask({ type: "register", password });
  }

  /** Have another name, and stay the same person. @param {string} name */
  rename = (name) => this.#ask({ type: "rename", name });

  /** @type {(messages: "keep" | "delete", password: string) => Promise<unknown>} */
  forget = (messages, password) => this.#ask({ type: "forget_me", messages, ...(password && { password }) });

  /** @type {(old: string, password: string) => Promise<unknown>} */
  changePassword = (old, password) => this.#ask({ type: "password", old, new: password });

  /** @returns {Promise<Device[]>} */
  async devices() {
    return (await this.#ask({ type: "devices" })).devices;
  }

  /** Do without a device. @param {string} device its id */
  revoke = (device) => this.#ask({ type: "revoke", device });

  /** Have the server forget this device; it ends the session. */
  logOut = () => this.#ask({ type: "logout" });

  /**
   * Get a code to be typed on another device.
   *
   * @param {(newcomer: Newcomer) => void} asked is called when it was: answer with `confirm`
   * @returns {Promise<{code: string, seconds: number}>}
   */
  async showCode(asked) {
    const { code, seconds } = await this.#ask({ type: "code" });
    this.#asked = asked;
    return { code, seconds };
  }

  /** @type {(code: string, on: boolean) => Promise<unknown>} */
  confirm = (code, on) => this.#ask({ type: "confirm", code, on });

  /** @param {WireEvent} event "linking" */
  linking({ code, name, label }) {
    this.#asked({ code, name, label });
  }

  /** @param {import("./types.js").Command} command */
  #ask(command) {
    return this.#session.ask(command, "proving");
  }
}
