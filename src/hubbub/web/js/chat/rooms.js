/** The rooms that the user is in, in the order in which they are listed, and what is kept of them. */

import { RoomState } from "./room.js";

/** @typedef {import("./memory.js").Memory} Memory */

export const LOBBY = "lobby";

export class Rooms {
  #memory;
  /** @type {RoomState[]} */
  list = [];

  /** @param {Memory} memory of the user */
  constructor(memory) {
    this.#memory = memory;
  }

  /** List the lobby, and the rooms of the last time. */
  recall() {
    for (const name of [LOBBY, ...this.#kept("titles", "").keys()]) this.open(name);
  }

  /** Keep which rooms these are, and what private ones are called, for the next time. */
  remember() {
    const titles = this.list.map(({ name, title }) => [name, title]);
    this.#memory.set("titles", Object.fromEntries(titles));
  }

  /**
   * @param {string} name
   * @returns {RoomState | undefined}
   */
  find(name) {
    return this.list.find((room) => room.name === name);
  }

  /**
   * @param {string} name
   * @returns {RoomState} which is listed from now on
   */
  open(name) {
    const known = this.find(name);
    if (known) return known;
    const kept = {
      seen: this.#kept("seen", 0).get(name) ?? null,
      draft: this.#kept("drafts", "").get(name) ?? "",
    };
    const room = new RoomState(name, kept, (draft) => this.#keep("drafts", name, draft || undefined));
    room.title = this.#kept("titles", "").get(name) ?? room.title;
    this.list.push(room);
    this.sort();
    return room;
  }

  /** @param {RoomState} room */
  remove(room) {
    this.list = this.list.filter((one) => one !== room);
  }

  /** The lobby, then rooms, then private ones, each by name. */
  sort() {
    /** @param {RoomState} room */
    const rank = ({ name, isDirect }) => (name === LOBBY ? 0 : isDirect ? 2 : 1);
    this.list.sort((one, two) => rank(one) - rank(two) || one.title.localeCompare(two.title));
  }

  /** @param {RoomState} room that the user has read to its end */
  read(room) {
    room.read();
    this.keepSeen(room);
  }

  /** @param {RoomState} room */
  keepSeen(room) {
    this.#keep("seen", room.name, room.seen);
  }

  /**
   * @template T
   * @param {"drafts" | "seen" | "titles"} what
   * @param {T} kind
   * @returns {Map<string, T>} by room, which may be called "constructor"; only what is of this kind
   */
  #kept(what, kind) {
    const entries = Object.entries(this.#memory.get(what, {}));
    return new Map(entries.filter(([, value]) => typeof value === typeof kind));
  }

  /**
   * @param {"drafts" | "seen"} what
   * @param {string} room
   * @param {string | number | null | undefined} value
   */
  #keep(what, room, value) {
    this.#memory.set(what, { ...this.#memory.get(what, {}), [room]: value });
  }
}
