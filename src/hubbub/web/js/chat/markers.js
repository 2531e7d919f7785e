/**
 * Up to where the user has read each room: the same on all their devices, for people whom the server
 * knows (docs/protocol.md, section 3.4).
 *
 * What was read while there was no connection is told when the room is entered again, and so is what
 * the user wants to read again.
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
  /** @type {Map<string, number>} by room, to where they move back once the server can be told */
  #back = new Map();
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
   * @param {"entered" | "moved" | "moved back"} how
   * @returns {boolean} whether the user has stopped elsewhere than it was known here
   */
  heard(name, seq, how) {
    const room = this.#rooms.find(name);
    if (!room) return false;
    this.#known.set(name, seq);
    const isChanged = this.#follow(room, seq, how);
    if (isChanged) this.#rooms.keepSeen(room);
    this.moved();
    return isChanged;
  }

  /**
   * @param {import("./types.js").RoomState} room
   * @param {number} seq
   * @param {"entered" | "moved" | "moved back"} how
   */
  #follow(room, seq, how) {
    if (this.#back.has(room.name)) return false; // it moves back as soon as that is told
    if (how !== "moved back") return room.readElsewhere(seq);
    if (seq >= (room.seen ?? 0)) return false;
    room.stopAt(seq);
    return true;
  }

  /** The user wants to read again what follows a seq. @param {string} name of a room @param {number} seq */
  movedBack(name, seq) {
    this.#back.set(name, seq);
    this.moved();
  }

  /** The user may have read something here. */
  moved() {
    this.#timer ??= this.#clock.setTimeout(() => this.#settle(), GATHERED_MS);
  }

  #settle() {
    this.#timer = undefined;
    for (const { name, seen, entered } of this.#rooms.list) {
      const known = this.#known.get(name);
      if (!entered || known === undefined) continue;
      const back = this.#back.get(name);
      this.#back.delete(name);
      if (back !== undefined && back < known) {
        this.#known.set(name, back);
        this.#tell({ type: "seen", room: name, seq: back, unread: true });
      }
      if (seen === null || seen <= (this.#known.get(name) ?? Infinity)) continue;
      this.#known.set(name, seen);
      this.#tell({ type: "seen", room: name, seq: seen });
    }
  }
}
