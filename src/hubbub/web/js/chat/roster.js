/** The people in a room, as far as the server lists them. */

import { nameKey } from "./names.js";

/**
 * @typedef {import("./types.js").WireEvent} WireEvent
 *
 * @typedef {object} Member
 * @property {string} name
 * @property {string} [person] their id, if the server knows them
 * @property {string} [role] the power that they have in the room
 * @property {"guest" | "member" | "bot"} [kind] left out for passing people
 * @property {boolean} [away]
 * @property {string} [text] why they are away
 */

export class Roster {
  /** @type {Map<string, Member>} by the key of the name */
  #members = new Map();
  /** Whether there are more than are listed. */
  hasMore = false;

  /** @returns {string[]} */
  get names() {
    return [...this.#members.values()].map(({ name }) => name);
  }

  /** @param {string} name @returns {Member | undefined} */
  of(name) {
    return this.#members.get(nameKey(name));
  }

  /** @param {WireEvent} event that tells who is in the room, or what they are: `members`, `presence`, `away` */
  observe(event) {
    if (event.type === "members") {
      this.#members = new Map(event.members.map((/** @type {Member} */ one) => [nameKey(one.name), one]));
      this.hasMore = event.more ?? false;
      return;
    }
    const key = nameKey(event.name);
    const known = this.#members.get(key);
    if (event.type === "away") {
      if (known) this.#members.set(key, { ...known, away: event.on, text: event.text });
      return;
    }
    this.#members.delete(key);
    const { name, person, role, kind } = event;
    if (event.state === "joined") this.#members.set(key, { name, person, role, kind, ...awayness(known) });
  }

  /** Somebody has another name. @param {string} from @param {string} to */
  rename(from, to) {
    const known = this.of(from);
    if (!known || this.of(to)) return;
    const all = [...this.#members.values()].map((one) => (one === known ? { ...one, name: to } : one));
    this.#members = new Map(all.map((one) => [nameKey(one.name), one]));
  }
}

/** @param {Member} [known] */
const awayness = ({ away, text } = { name: "" }) => (away ? { away, text } : {});
