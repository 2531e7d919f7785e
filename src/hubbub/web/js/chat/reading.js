/** How the user reads: which messages of a room are here, what was seen, and what is unread again. */

import { loadBetween, loadOlder, openAfter, reach } from "./paging.js";

/**
 * @typedef {import("./changes.js").Changes} Changes
 * @typedef {import("./place.js").Place} Place
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").RoomState} RoomState
 */

export class Reading {
  #place;
  #changes;

  /** @param {() => Place} place @param {Changes} changes */
  constructor(place, changes) {
    this.#place = place;
    this.#changes = changes;
  }

  /** @param {string} name */
  #find(name) {
    return this.#place().rooms.find(name);
  }

  // What is here.

  /**
   * @param {string} name
   * @returns {Promise<boolean>} whether older messages came
   */
  async loadOlder(name) {
    const room = this.#find(name);
    return room ? loadOlder(room, this.#place().pager) : false;
  }

  /**
   * @param {string} name
   * @param {boolean} isDown see `loadBetween`
   */
  async loadBetween(name, isDown) {
    const room = this.#find(name);
    if (room) await loadBetween(room, isDown, this.#place().pager);
  }

  /**
   * Have what follows a seq here, without all that was said since.
   *
   * @param {string} name
   * @param {number} seq
   * @returns {Promise<boolean>} whether it is
   */
  async openAfter(name, seq) {
    const room = this.#find(name);
    return room?.filled ? openAfter(room, seq, this.#place().pager) : false;
  }

  /**
   * @param {string} name
   * @param {number} seq
   * @returns {Promise<boolean>} whether the message is here now
   */
  async reach(name, seq) {
    const room = this.#find(name);
    return room ? reach(room, seq, this.#place().pager) : false;
  }

  // What was seen.

  /** @param {string} name of a room that the user has seen the end of */
  read(name) {
    const room = this.#find(name);
    if (!room?.filled) return;
    room.read();
    this.#seen(room);
  }

  /** @param {string} name of a room @param {number} seq up to which the user has seen it */
  readTo(name, seq) {
    const room = this.#find(name);
    if (!room?.filled || seq <= (room.seen ?? 0)) return;
    room.readTo(seq, this.#place());
    this.#seen(room);
  }

  /** The user has read all of a room, as they say. @param {string} name */
  markRead(name) {
    this.read(name);
    this.#find(name)?.goOn();
  }

  /** Have a message, and all that follows it, be unread again. @param {Message} message */
  markUnread({ room: name, seq }) {
    const room = this.#find(name);
    if (!room) return;
    room.stopAt(seq - 1);
    this.#place().markers.movedBack(name, seq - 1);
    this.#seen(room);
  }

  /** @param {RoomState} room in which the user has stopped elsewhere now */
  #seen(room) {
    this.#place().rooms.keepSeen(room);
    this.#place().markers.moved();
    this.#changes.note(["log", "unread"], room.name);
  }
}
