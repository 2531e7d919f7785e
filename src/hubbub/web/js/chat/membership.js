/**
 * Being in rooms: entering them, again after each lost connection, and following what happens.
 *
 * A room is entered with the cursor of its replica, so the server sends what was missed. Where an
 * event does not follow the one before it, the room is entered again.
 */

import { ChatError } from "./errors.js";
import { sameName } from "./names.js";
import { fill } from "./paging.js";

/**
 * @typedef {import("./changes.js").Changes} Changes
 * @typedef {import("./paging.js").Pager} Pager
 * @typedef {import("./room.js").RoomState} RoomState
 * @typedef {import("./rooms.js").Rooms} Rooms
 * @typedef {import("./types.js").WireEvent} WireEvent
 */

const LOGGED = new Set(["message", "edited", "deleted", "reaction", "topic"]);

export class Membership {
  #name;
  #rooms;
  #changes;
  #pager;
  /** @type {Map<string, number | undefined>} the `after` of each join that is not answered yet */
  #joins = new Map();

  /**
   * @param {() => string} name the user's
   * @param {Rooms} rooms
   * @param {Changes} changes
   * @param {Pager} pager
   */
  constructor(name, rooms, changes, pager) {
    this.#name = name;
    this.#rooms = rooms;
    this.#changes = changes;
    this.#pager = pager;
  }

  /** Enter all rooms on a new connection. */
  enterAll() {
    this.#joins.clear();
    for (const room of this.#rooms.list) {
      room.entered = false;
      this.join(room.name).catch((error) => this.#leftOut(room, error));
    }
  }

  /**
   * @param {RoomState} room
   * @param {unknown} error
   */
  #leftOut(room, error) {
    if (!room.isDirect || !(error instanceof ChatError) || error.code !== "no_such_room") return;
    // A server that was started anew knows of a private room when somebody opens it.
    this.direct(room.title.slice(1)).catch(({ code }) => {
      if (code === "offline" || room.filled) return;
      this.#rooms.remove(room); // they are gone, and there is nothing to show
      this.#changes.note("rooms", room.name);
    });
  }

  /**
   * @param {string} name
   * @returns {Promise<RoomState>} the room, entered
   */
  async join(name) {
    const known = this.#rooms.find(name);
    if (known?.entered) return known;
    return this.#enter(name, known?.filled ? known.replica.cursor : undefined);
  }

  /**
   * @param {string} name
   * @param {number | undefined} after
   */
  async #enter(name, after) {
    this.#joins.set(name, after);
    try {
      const { room } = await this.#pager.ask({ type: "join", room: name, after });
      return this.#rooms.open(room);
    } finally {
      this.#joins.delete(name);
    }
  }

  /**
   * @param {string} name
   * @returns {Promise<RoomState>} the room shared with somebody, entered
   */
  async direct(name) {
    const { room } = await this.#pager.ask({ type: "direct", name });
    return this.#rooms.open(room);
  }

  /**
   * @param {WireEvent} event
   * @param {number} now milliseconds since the epoch
   */
  heard(event, now) {
    if (event.type === "room") {
      this.#entered(event);
      return;
    }
    const room = this.#rooms.find(event.room);
    if (!room) return;
    if (LOGGED.has(event.type)) this.#apply(room, event);
    else if (event.type === "presence" || event.type === "members") {
      room.replica.observe(event);
      this.#changes.note("members", room.name);
    } else if (event.type === "typing" && !sameName(event.name, this.#name())) {
      room.noteTyping(event.name, now);
      this.#changes.note("typing", room.name);
    }
  }

  /** @param {WireEvent} event */
  #entered(event) {
    const room = this.#rooms.open(event.room);
    const after = this.#joins.get(event.room);
    if (!room.filled) room.restart(event.last);
    else if (event.last > room.replica.cursor) room.interrupt();
    room.replica.entered(/** @type {any} */ (event), after ?? null);
    room.entered = true;
    room.entitle(this.#name());
    this.#rooms.sort();
    this.#rooms.remember();
    this.#changes.note(["rooms", "log", "members", "topic"], room.name);
    if (!room.filled || !room.messages.length) void fill(room, this.#pager);
  }

  /**
   * @param {RoomState} room
   * @param {WireEvent} event
   */
  #apply(room, event) {
    const fit = room.replica.apply(/** @type {any} */ (event));
    if (fit === "gap" && !this.#joins.has(room.name)) {
      this.#enter(room.name, room.replica.cursor).catch(() => {}); // lost; entered again later
    }
    if (fit !== "next") return;
    if (event.type === "message") this.#pager.loaded(room, [/** @type {any} */ (event)]);
    else this.#changes.note(event.type === "topic" ? "topic" : "log", room.name);
  }
}
