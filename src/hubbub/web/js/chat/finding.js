/** What is looked for beyond the rooms that are here: messages, mentions, rooms. */

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {{messages: Message[], more: boolean, reached?: number}} Found ascending by seq
 */

export class Finding {
  #session;

  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * @param {string} query
   * @param {{room?: string, before?: number}} [where]
   * @returns {Promise<Found>}
   */
  async search(query, where = {}) {
    const zone = -new Date().getTimezoneOffset();
    return this.#page({ type: "search", query, zone, ...where });
  }

  /** @param {number} [before] a seq @returns {Promise<Found>} what mentions or answers the user */
  async mentions(before) {
    return this.#page({ type: "mentions", ...(before !== undefined && { before }) });
  }

  /** @returns {Promise<import("./types.js").RoomSummary[]>} */
  async rooms() {
    return (await this.#session.ask({ type: "rooms" })).rooms;
  }

  /** @param {import("./types.js").Command} command @returns {Promise<Found>} */
  async #page(command) {
    const { messages, more, reached } = await this.#session.ask(command);
    return { messages, more, reached };
  }
}
