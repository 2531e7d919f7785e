/** Whom the user ignores (docs/protocol.md, section 4.6), and the messages of a room without theirs. */

import { nameKey } from "./names.js";

/**
 * @typedef {import("./replica.js").Replica} Replica
 * @typedef {import("./types.js").Message} Message
 * @typedef {{name: string, person?: string}} Ignored somebody in passing has no `person`
 */

export class Ignoring {
  /** @type {readonly Ignored[]} */
  people = [];
  /** @type {Set<string>} ids, and names of those who have none */
  #keys = new Set();

  /** @param {readonly Ignored[]} people all, from now on */
  set(people) {
    this.people = people;
    this.#keys = new Set(people.map(keyOf));
  }

  /** @param {Ignored} somebody */
  has(somebody) {
    return this.#keys.has(keyOf(somebody));
  }
}

/** @param {Ignored} somebody known people count by their ids, whatever they are called */
const keyOf = ({ name, person }) => person ?? ` ${nameKey(name)}`; // no id has a space

/** What is shown of a room: made anew only when the room, or whom the user ignores, has changed. */
export class Shown {
  #ignoring;
  /** @type {readonly Message[]} */
  #messages = [];
  /** @type {unknown[]} what they were made of */
  #made = [];

  /** @param {Ignoring} ignoring */
  constructor(ignoring) {
    this.#ignoring = ignoring;
  }

  /** @param {Message} message */
  hides({ from, person }) {
    return this.#ignoring.has({ name: from, person });
  }

  /** @param {Replica} replica @returns {readonly Message[]} */
  of(replica) {
    const { people } = this.#ignoring;
    if (!people.length) return replica.messages;
    const made = [replica, replica.changes, people];
    if (made.some((part, at) => part !== this.#made[at])) {
      this.#messages = replica.messages.filter((message) => !this.hides(message));
      this.#made = made;
    }
    return this.#messages;
  }

  /** @param {Replica} replica @param {number} seq @returns {number} where the message stands in these, or -1 */
  indexOf(replica, seq) {
    if (!this.#ignoring.people.length) return replica.indexOf(seq);
    return this.of(replica).findLastIndex((message) => message.seq === seq);
  }

  /** @param {Replica} replica @param {number} seq @returns {number} how many of these come before it */
  countBefore(replica, seq) {
    if (!this.#ignoring.people.length) return replica.countBefore(seq);
    return this.of(replica).findLastIndex((message) => message.seq < seq) + 1;
  }
}
