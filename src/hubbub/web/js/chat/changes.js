/** What changed since the last frame, and who wants to know. */

import { contained } from "./faults.js";

/**
 * @typedef {import("./types.js").Change} Change
 * @typedef {(changes: Set<Change>, rooms: Set<string>) => void} Subscriber
 */

export class Changes {
  #schedule;
  #prepare;
  /** @type {Set<Subscriber>} */
  #subscribers = new Set();
  /** @type {Set<Change>} */
  #changes = new Set();
  /** @type {Set<string>} */
  #rooms = new Set();

  /**
   * @param {(run: () => void) => void} schedule runs something with the next frame
   * @param {Subscriber} prepare is told first, and may add changes
   */
  constructor(schedule, prepare) {
    this.#schedule = schedule;
    this.#prepare = prepare;
  }

  /**
   * @param {Subscriber} subscriber
   * @returns {() => void} ends it
   */
  subscribe(subscriber) {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /**
   * @param {Change | readonly Change[]} change
   * @param {string} [room]
   */
  note(change, room) {
    if (!this.#changes.size) this.#schedule(() => this.#tell());
    for (const one of [change].flat()) this.#changes.add(one);
    if (room !== undefined) this.#rooms.add(room);
  }

  #tell() {
    const [changes, rooms] = [this.#changes, this.#rooms];
    this.#changes = new Set();
    this.#rooms = new Set();
    contained(() => this.#prepare(changes, rooms));
    for (const subscriber of this.#subscribers) contained(() => subscriber(changes, rooms));
  }
}
