/** Refused lines on their way back to the composer. They survive a reload of the tab. */

import { Memory } from "../chat/memory.js";

/**
 * @typedef {object} Line
 * @property {string} text
 * @property {number} [edits] the seq of the message that it is to replace the text of
 * @property {number} [replyTo] the seq of the message that it answers
 */

const KEY = "returned";

export class Returned {
  #memory;
  /** @type {Map<string, Line[]>} by room, the oldest first */
  #lines;

  /** @param {import("../chat/types.js").KeyValues} tab */
  constructor(tab) {
    this.#memory = new Memory(tab, "hubbub.");
    this.#lines = new Map(Object.entries(this.#memory.get(KEY, {})));
  }

  /**
   * @param {string} room
   * @param {Line} line
   */
  add(room, line) {
    this.#keep(room, [...(this.#lines.get(room) ?? []), line]);
  }

  /**
   * @param {string} room
   * @returns {Line | undefined} the oldest, which is forgotten here
   */
  take(room) {
    const [line, ...rest] = this.#lines.get(room) ?? [];
    if (line) this.#keep(room, rest);
    return line;
  }

  /** Forget all lines: the next user of this tab may be somebody else. */
  clear() {
    this.#lines.clear();
    this.#memory.remove(KEY);
  }

  /**
   * @param {string} room
   * @param {Line[]} lines
   */
  #keep(room, lines) {
    if (lines.length) this.#lines.set(room, lines);
    else this.#lines.delete(room);
    this.#memory.set(KEY, Object.fromEntries(this.#lines));
  }
}
