/** Other people's profiles, and what they are told of the user (docs/protocol.md, section 4.6). */

/**
 * @typedef {import("./place.js").Place} Place
 * @typedef {import("./session.js").Session} Session
 *
 * @typedef {object} Profile
 * @property {string} name
 * @property {"passing" | "guest" | "member" | "bot"} kind
 * @property {string} [role] "operator"
 * @property {boolean} [here]
 * @property {boolean} [away]
 * @property {string} [text] why they are away
 * @property {number} [since] when they were first known, in milliseconds since the epoch
 * @property {number} [seen] when they were here last
 * @property {string} [formerly] what they were called before
 */

export class People {
  #session;
  #place;

  /**
   * @param {Session} session
   * @param {() => Place} place
   */
  constructor(session, place) {
    this.#session = session;
    this.#place = place;
  }

  /** Whom the user ignores. */
  get ignored() {
    return this.#place().ignoring.people;
  }

  /** @param {string} name @returns {Promise<Profile>} */
  profile = async (name) => /** @type {any} */ (await this.#ask({ type: "profile", name }));

  /** @type {(name: string, on: boolean) => Promise<unknown>} */
  ignore = (name, on) => this.#ask({ type: "ignore", name, on });

  /** @param {string} text why */
  away = (text) => this.#ask({ type: "away", text });

  back = () => this.#ask({ type: "back" });

  /** @param {import("./types.js").Command} command */
  #ask(command) {
    return this.#session.ask(command, "proving");
  }
}
