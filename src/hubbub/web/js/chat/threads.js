/** Answers to a message, what is pinned, and what a message read before it was edited. */

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Page} Page
 * @typedef {{at: number, text: string}} Revision what a message read, and since when
 */

const PAGE_MESSAGES = 100;

export class Threads {
  #session;

  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * @param {Message} message
   * @param {number} [after] a seq
   * @returns {Promise<Page>} the answers to it, the oldest first
   */
  replies({ room, seq }, after = 0) {
    const further = after ? { after } : {};
    return this.#ask({ type: "replies", room, seq, ...further, limit: PAGE_MESSAGES });
  }

  /**
   * @param {Message} message
   * @param {boolean} on whether it shall be pinned for all in the room
   */
  async pin({ room, seq }, on) {
    await this.#session.ask({ type: "pin", room, seq, on });
  }

  /**
   * @param {string} room
   * @returns {Promise<Page>} all that is pinned there
   */
  pins(room) {
    return this.#ask({ type: "pins", room });
  }

  /**
   * @param {Message} message
   * @returns {Promise<{texts: Revision[], more?: boolean}>} its former texts, the oldest first
   */
  revisions({ room, seq }) {
    return this.#ask({ type: "revisions", room, seq });
  }

  /**
   * @param {import("./types.js").Command} command
   * @returns {Promise<any>} the event that answers it
   */
  #ask(command) {
    return this.#session.ask(command);
  }
}
