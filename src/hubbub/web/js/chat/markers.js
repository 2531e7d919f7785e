/**
 * Up to where the user has read each room: the same on all their devices, for people whom the server
 * knows (docs/protocol.md, section 3.4).
 *
 * What was read while there was no connection is told when the room is entered again.
 */

/**
 * @typedef {import("./rooms.js").Rooms} Rooms
 * @typedef {import("./types.js").Clock} Clock
 * @typedef {import("./types.js").Command} Command
 */

const GATHERED_MS = 1000; // moves in this time are told as one

export class Markers {
  #rooms;
  #tell;
  #clock;
  /** @type {Map<string, number>} by room, where the server has them, as far as it has said so */
  #known = new Map();
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {Rooms} rooms
   * @param {(command: Command) => void} tell
   * @param {Clock} clock
   */
  constructor(rooms, tell, clock) {
    this.#rooms = rooms;
    this.#tell = tell;
    this.#clock = clock;
  }

  /** The server says on each connection anew where they are, or says nothing to passing people. */
  restart() {
    this.#known.clear();
  }

  /** Tell nothing any more: the next user of this connection may be somebody else. */
  end() {
    this.restart();
    this.#clock.clearTimeout(this.#timer);
  }

  /**
   * The server says where one is.
   *
   * @param {string} name of a room
   * @param {number} seq
   * @returns {boolean} whether the user has read more of it elsewhere than here
   */
  heard(name, seq) {
    const room = this.#rooms.find(name);
    if (!room) return false;
    this.#known.set(name, seq);
    this.moved();
    if (!room.readElsewhere(seq)) return false;
    this.#rooms.keepSeen(room);
    return true;
  }

  /** The user may have read something here. */
  moved() {
    this.#timer ??= this.#clock.setTimeout(() => this.#settle(), GATHERED_MS);
  }

  #settle() {
    this.#timer = undefined;
    for (const { name, seen, entered } of this.#rooms.list) {
      if (!entered || seen === null || seen <= (this.#known.get(name) ?? Infinity)) continue;
      this.#known.set(name, seen);
      this.#tell({ type: "seen", room: name, seq: seen });
    }
  }
}
