/** Changes messages: edits, deletes, reacts. */

import { inert } from "./posting.js";

/** @typedef {import("./types.js").Message} Message as the user sees it */

export class Changing {
  #place;

  /** @param {() => import("./place.js").Place} place */
  constructor(place) {
    this.#place = place;
  }

  /** @param {Message} message @param {string} text */
  edit(message, text) {
    return this.#make(message, { type: "edit", text: inert(text) });
  }

  /** @param {Message} message */
  remove(message) {
    return this.#make(message, { type: "delete" });
  }

  /** @param {Message} message @param {string} emoji @param {boolean} on */
  react(message, emoji, on) {
    return this.#make(message, { type: "react", emoji, on });
  }

  /**
   * @param {Message} message
   * @param {{type: "edit" | "delete" | "react", text?: string, emoji?: string, on?: boolean}} how
   */
  #make(message, { type, ...how }) {
    const { room, seq } = message;
    return this.#place().amending.make(message, { type, room, seq, ...how });
  }
}
