/** Counts what is new in the rooms, and gathers what calls the user. */

/**
 * @typedef {import("./place.js").Place} Place
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").RoomState} RoomState
 */

export class Counting {
  #isMention;
  #isLoud;
  /** @type {Message[]} */
  #mentions = [];

  /**
   * @param {(text: string, name: string) => boolean} isMention
   * @param {(room: RoomState) => boolean} isLoud whether all that is said in a room calls the user
   */
  constructor(isMention, isLoud) {
    this.#isMention = isMention;
    this.#isLoud = isLoud;
  }

  /** @returns {Message[]} others' messages that called the user since the last time */
  takeMentions() {
    return this.#mentions.splice(0);
  }

  /**
   * @param {Place} place
   * @param {Set<Change>} changes to which it adds
   * @param {ReadonlySet<string>} rooms in which something has changed
   * @param {RoomState | null} seen which the user looks at
   */
  count(place, changes, rooms, seen) {
    if (!changes.has("log")) return;
    for (const room of place.rooms.list) {
      if (!room.filled || !rooms.has(room.name)) continue;
      const before = { unread: room.unread, seen: room.seen };
      const { calls, news } = room.follow(place, (text) => this.#isMention(text, place.name), room === seen);
      this.#mentions.push(...(this.#isLoud(room) ? news : calls));
      if (room.seen !== before.seen) {
        place.rooms.keepSeen(room);
        place.markers.moved();
      }
      if (room.unread !== before.unread) changes.add("unread");
    }
  }
}
