/** The rooms that the user is in, in the order in which they are listed, and what is kept of them. */

import { RoomState } from "./room.js";

/** @typedef {import("./memory.js").Memory} Memory */

export const LOBBY = "lobby";

export class Rooms {
  #memory;
  #ignoring;
  /** @type {RoomState[]} */
  list = [];
  /** @type {"name" | "activity"} */
  order = "name";

  /**
   * @param {Memory} memory of the user
   * @param {import("./ignoring.js").Ignoring} [ignoring]
   */
  constructor(memory, ignoring) {
    this.#memory = memory;
    this.#ignoring = ignoring;
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
   * @param {string} title
   * @returns {RoomState | undefined}
   */
  called(title) {
    return this.find(title) ?? this.list.find((room) => room.title === `#${title}`);
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
      line: this.#kept("lines", 0).get(name) ?? null,
      draft: this.#kept("drafts", "").get(name) ?? "",
    };
    const keep = (/** @type {string} */ draft) => this.#keep("drafts", name, draft || undefined);
    const room = new RoomState(name, kept, keep, this.#ignoring);
    room.bookmark.keepLine = (line) => this.#keep("lines", name, line ?? undefined);
    room.title = this.#kept("titles", "").get(name) ?? room.title;
    room.isTop = this.#memory.get("top", /** @type {string[]} */ ([])).includes(name);
    this.list.push(room);
    this.sort();
    return room;
  }

  /** @param {RoomState} room */
  remove(room) {
    this.list = this.list.filter((one) => one !== room);
  }

  /** Keep nothing of a room that is gone for good. @param {RoomState} room */
  forget(room) {
    room.setDraft("");
    this.remove(room);
    this.#keep("seen", room.name, undefined);
    this.#keep("lines", room.name, undefined);
    this.remember();
  }

  /** Keep a room at the top of the list, or no longer. @param {RoomState} room @param {boolean} isTop */
  keepOnTop(room, isTop) {
    const others = this.#memory.get("top", /** @type {string[]} */ ([])).filter((name) => name !== room.name);
    this.#memory.set("top", isTop ? [...others, room.name] : others);
    room.isTop = isTop;
    this.sort();
  }

  /**
   * Those on top, then talk with one person, the latest first, then rooms, in the order that the user
   * has chosen, and those of the server. By name, the lobby comes first.
   */
  sort() {
    const isByName = this.order === "name";
    /** @param {RoomState} room */
    const rank = ({ name, isTop, isDirect, isSystem }) =>
      isTop ? 0 : isDirect ? 1 : isSystem ? 4 : isByName && name === LOBBY ? 2 : 3;
    /** @param {RoomState} room */
    const latest = ({ isDirect, replica }) => (isDirect || !isByName ? replica.last : 0);
    this.list.sort(
      (one, two) => rank(one) - rank(two) || latest(two) - latest(one) || one.title.localeCompare(two.title),
    );
  }

  /** Something was said in a room. @param {RoomState} room */
  stirred(room) {
    if (room.isDirect || this.order !== "name") this.sort();
  }

  /** @param {RoomState} room */
  keepSeen(room) {
    this.#keep("seen", room.name, room.seen);
  }

  /**
   * @template T
   * @param {"drafts" | "seen" | "lines" | "titles"} what
   * @param {T} kind
   * @returns {Map<string, T>} by room, which may be called "constructor"; only what is of this kind
   */
  #kept(what, kind) {
    const entries = Object.entries(this.#memory.get(what, {}));
    return new Map(entries.filter(([, value]) => typeof value === typeof kind));
  }

  /**
   * @param {"drafts" | "seen" | "lines"} what
   * @param {string} room
   * @param {string | number | null | undefined} value
   */
  #keep(what, room, value) {
    this.#memory.set(what, { ...this.#memory.get(what, {}), [room]: value });
  }
}
