/** Lines that could not be done, until they are back in the composer. The tab keeps them. */

import { Memory } from "../chat/memory.js";

/** @typedef {{text: string, edits?: number, replyTo?: number}} Line a text, and which message it edits or answers */

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

  /** Whoever comes next may be somebody else. */
  clear() {
    this.#lines.clear();
    this.#memory.set(KEY, {});
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
