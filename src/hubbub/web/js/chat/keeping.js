/**
 * What was read last of each room, in the browser: so there is something to read while the server
 * is not there, and until it has answered.
 *
 * It is a copy of what is shown, bounded in every way, and proves nothing: as soon as a room's newest
 * messages have come, they are shown instead. What is deleted or edited is so here at once.
 */

/**
 * @typedef {import("./memory.js").Memory} Memory
 * @typedef {import("./room.js").RoomState} RoomState
 * @typedef {import("./rooms.js").Rooms} Rooms
 * @typedef {import("./types.js").Clock} Clock
 * @typedef {import("./types.js").Message} Message
 */

export const KEPT = "kept.";
const GATHERED_MS = 1000; // changes in this time are written as one
const ROOMS_MAX = 40;
const MESSAGES_MAX = 60; // of a room
const CHARS_MAX = 30_000; // in them

export class Keeping {
  #memory;
  #rooms;
  #clock;
  /** @type {Set<string>} rooms that are to be written */
  #changed = new Set();
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {Memory} memory of the user
   * @param {Rooms} rooms
   * @param {Clock} clock
   */
  constructor(memory, rooms, clock) {
    this.#memory = memory;
    this.#rooms = rooms;
    this.#clock = clock;
  }

  /** Have each room show what was kept of it, until it has come. */
  recall() {
    for (const room of this.#rooms.list) {
      const { topic, messages } = this.#memory.get(KEPT + room.name, { topic: "", messages: [] });
      /** @type {Message[]} */
      const good = Array.isArray(messages) ? messages.filter((one) => isMessage(one, room.name)) : [];
      room.recall(typeof topic === "string" ? topic : "", good);
    }
  }

  /** @param {Iterable<string>} names of rooms in which something is another than before */
  note(names) {
    for (const name of names) this.#changed.add(name);
    this.#timer ??= this.#clock.setTimeout(() => this.write(), GATHERED_MS);
  }

  /** Write what has changed now. */
  write() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    const kept = new Set(this.#memory.keys(KEPT));
    for (const name of this.#changed) {
      const room = this.#rooms.find(name);
      const key = KEPT + name;
      if (!room || (!room.filled && !room.messages.length)) this.#memory.remove(key);
      else if (room.filled && (kept.has(key) || kept.size < ROOMS_MAX)) {
        this.#memory.set(key, { topic: room.topic, messages: newest(room.messages) });
        kept.add(key);
      }
    }
    this.#changed.clear();
  }

  /** Write nothing any more: the next user of this browser may be somebody else. */
  end() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changed.clear();
  }
}

/** @param {readonly Message[]} messages @returns {readonly Message[]} */
function newest(messages) {
  let chars = 0;
  let first = messages.length;
  while (first > 0 && messages.length - first < MESSAGES_MAX) {
    chars += messages[first - 1].text.length;
    if (chars > CHARS_MAX) break;
    first -= 1;
  }
  return messages.slice(first);
}

/**
 * @param {any} kept
 * @param {string} name
 * @returns {kept is Message}
 */
function isMessage(kept, name) {
  const { room, from, text, seq, at } = kept ?? {};
  return (
    room === name &&
    [from, text].every((one) => typeof one === "string") &&
    [seq, at].every((one) => typeof one === "number")
  );
}
