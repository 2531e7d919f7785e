/**
 * Being in rooms: entering them, again after each lost connection, and following what happens.
 *
 * A room is entered with the cursor of its replica and the epoch under which that was reached, so the
 * server sends what was missed, or says that its history is another one. Where an event does not
 * follow the one before it, the room is entered again. `client/rooms.py` follows the same rules.
 */

import { ChatError } from "./errors.js";
import { sameName } from "./names.js";
import { fill } from "./paging.js";

/**
 * @typedef {import("./changes.js").Changes} Changes
 * @typedef {import("./paging.js").Pager} Pager
 * @typedef {import("./room.js").RoomState} RoomState
 * @typedef {import("./rooms.js").Rooms} Rooms
 * @typedef {import("./questions.js").About} About
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").WireEvent} WireEvent
 */

const RECALLED_MAX = 100;
const LOGGED = new Set(["message", "edited", "deleted", "reaction", "pinned", "topic", "signal", "missing"]);

export class Membership {
  #name;
  #rooms;
  #changes;
  #pager;
  #ignoring;
  #isRecalled = false;
  /** @type {string[]} rooms that are being entered */
  #entering = [];
  #epoch = ""; // of the server's log on this connection, once a room has told it

  /**
   * @param {() => string} name the user's
   * @param {Rooms} rooms
   * @param {Changes} changes
   * @param {Pager} pager
   * @param {import("./ignoring.js").Ignoring} ignoring
   */
  constructor(name, rooms, changes, pager, ignoring) {
    this.#ignoring = ignoring;
    this.#name = name;
    this.#rooms = rooms;
    this.#changes = changes;
    this.#pager = pager;
  }

  /** Enter all rooms on a new connection. */
  enterAll() {
    this.#epoch = "";
    for (const room of this.#rooms.list) {
      room.entered = false;
      this.#return(room).catch((error) => this.#bar(room, error)); // what there is stays
    }
  }

  /**
   * Note why a room is not the user's to enter; if the connection is lost again, nobody has said so.
   *
   * @param {RoomState} room
   * @param {unknown} error
   */
  #bar(room, error) {
    if (!(error instanceof ChatError) || ["offline", "no_answer"].includes(error.code)) return;
    room.barred = error.message;
    room.forgetKept();
    this.#changes.note(["members", "log"], room.name);
  }

  /** Enter the private rooms, and the latest conversations, that are not here: the user had them on other devices. */
  async recall() {
    const { conversations } = await this.#pager.ask({ type: "conversations" });
    const all = [...(await this.#privateRooms()), ...conversations.slice(0, RECALLED_MAX)];
    for (const { room } of all) if (!this.#rooms.find(room)) this.join(room).catch(() => {}); // gone, or lost: the next time
  }

  /**
   * @returns {Promise<{room: string}[]>} once a visit, since the list may be long: later ones bring the
   *   user in as soon as something is said there
   */
  async #privateRooms() {
    if (this.#isRecalled) return [];
    this.#isRecalled = true;
    const { rooms } = await this.#pager.ask({ type: "rooms" });
    return rooms.filter((/** @type {import("./types.js").RoomSummary} */ one) => one.private);
  }

  /** Show what is said from now on in rooms whose messages cannot be read yet. */
  showNew() {
    for (const room of this.#rooms.list) {
      if (!room.entered || room.filled) continue;
      room.filled = true;
      this.#pager.loaded(room, []);
    }
  }

  /** @param {RoomState} room */
  async #return(room) {
    const end = this.#begin(room.name);
    try {
      await this.#join(room, "returning");
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      if (!room.isDirect || error.code !== "no_such_room") throw error;
      // A server that was started anew knows of a private room when somebody opens it.
      await this.#open(room);
    } finally {
      end();
    }
  }

  /** @param {RoomState} room a private one */
  async #open(room) {
    try {
      await this.direct(room.title.slice(1));
    } catch (error) {
      const isGone = error instanceof ChatError && error.code === "not_here";
      if (!isGone || room.filled || room.pending.length) throw error;
      this.#rooms.remove(room); // there is nothing to show, and nobody to talk to
      this.#changes.note("rooms", room.name);
    }
  }

  /**
   * @param {string} name
   * @returns {boolean} whether something may be said there now, and what was said meanwhile is here
   */
  mayPost(name) {
    if (this.#entering.includes(name)) return false;
    const room = this.#rooms.find(name);
    // A private room opens when the other one is back; elsewhere the server says why not.
    if (!room?.entered) return !room?.isDirect;
    return room.filled && room.replica.cursor >= room.replica.last;
  }

  /** Whether something that was missed is still on its way. */
  get isMissing() {
    return this.#rooms.list.some(
      ({ entered, filled, replica }) => entered && filled && replica.cursor < replica.last,
    );
  }

  /** Open the private room that waits for somebody who is back. @param {string} name */
  #welcomeBack(name) {
    for (const room of this.#rooms.list) {
      const isTheirs = room.isDirect && sameName(room.title.slice(1), name);
      if (!isTheirs || room.entered || this.#entering.includes(room.name)) continue;
      const end = this.#begin(room.name);
      this.#open(room)
        .catch(() => {})
        .finally(end); // gone again
    }
  }

  /**
   * @param {string} name
   * @returns {Promise<RoomState>} the room, entered
   */
  async join(name) {
    const known = this.#rooms.called(name);
    if (!known) return this.#enter({ room: name, epoch: "" });
    if (known.entered) return known;
    return this.#join(known).catch((error) => {
      this.#bar(known, error);
      throw error;
    });
  }

  /**
   * @param {RoomState} room
   * @param {About} [about]
   */
  async #join({ name, filled, replica: { cursor, epoch } }, about) {
    return this.#enter(filled ? { room: name, after: cursor, epoch } : { room: name, epoch: "" }, about);
  }

  /**
   * @param {{room: string, after?: number, epoch: string}} place
   * @param {About} [about]
   */
  async #enter(place, about) {
    const end = this.#begin(place.room);
    try {
      const { room } = await this.#pager.ask({ type: "join", ...place }, about);
      return this.#rooms.open(room);
    } finally {
      end();
    }
  }

  /**
   * @param {string} name of a room that is about to be entered
   * @returns {() => void} to be called when that has come to an end
   */
  #begin(name) {
    this.#entering.push(name);
    return () => {
      this.#entering.splice(this.#entering.indexOf(name), 1);
      this.#pager.settled();
    };
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
   * Somebody, or the user, has another name in all rooms.
   *
   * @param {string} from
   * @param {string} to
   */
  renamed(from, to) {
    for (const room of this.#rooms.list) room.renamed(from, to);
    this.#rooms.remember();
    this.#changes.note(["rooms", "members"]);
  }

  /**
   * @param {WireEvent} event
   * @param {Command | undefined} answered the command that it answers
   * @param {number} now milliseconds since the epoch
   */
  heard(event, answered, now) {
    if (event.type === "room") {
      this.#entered(event, answered);
      return;
    }
    const room = this.#rooms.find(event.room);
    if (!room) return;
    if (event.type === "rules") {
      room.rules = /** @type {any} */ (event);
      this.#call(room, event.title);
      this.#changes.note(["rooms", "members"], room.name);
    } else if (event.type === "role") {
      room.role = event.role;
      this.#changes.note("members", room.name);
    } else if (event.type === "removed" && event.gone) {
      this.#rooms.forget(room);
      this.#changes.note("rooms", room.name);
    } else if (event.type === "removed") {
      room.entered = false; // what was written there stays in sight
      room.barred = event.reason;
      room.rules = {}; // what holds there now is not told any more
      room.roster.observe({ type: "members", members: [] });
      this.#changes.note("members", room.name);
    } else if (event.type === "away") {
      room.roster.observe(event);
      this.#changes.note("members", room.name);
    } else if (LOGGED.has(event.type)) this.#apply(room, event);
    else if (event.type === "presence" || event.type === "members") {
      if (event.formerly) this.renamed(event.formerly, event.name);
      room.roster.observe(event);
      this.#changes.note("members", room.name);
      if (event.state === "joined") this.#welcomeBack(event.name);
    } else if (event.type === "typing" && !this.#isUnheard(room, event.name)) {
      room.noteTyping(event.name, now);
      this.#changes.note("typing", room.name);
    }
  }

  /** @param {RoomState} room @param {string} name @returns {boolean} whether it is the user, or ignored */
  #isUnheard({ roster }, name) {
    return sameName(name, this.#name()) || this.#ignoring.has(roster.of(name) ?? { name });
  }

  /** @param {RoomState} room @param {string} [title] as people call it */
  #call(room, title) {
    room.call(title);
    this.#rooms.sort();
    this.#rooms.remember();
  }

  /**
   * @param {WireEvent} event
   * @param {Command} [answered]
   */
  #entered(event, answered) {
    const room = this.#rooms.open(event.room);
    const after = answered?.type === "join" ? /** @type {number | undefined} */ (answered.after) : undefined;
    const isNew = !room.filled;
    if (isNew) room.restart(event.last);
    else if (event.last > room.replica.cursor) room.interrupt();
    const { histories } = room.replica;
    room.replica.entered(event, after ?? null);
    this.#epoch = event.epoch || this.#epoch;
    if (isNew && !room.replica.epoch) room.replica.epoch = this.#epoch; // a private room's is not told, and is the same
    if (room.replica.histories > histories) this.#replaced(room);
    room.entered = true;
    room.barred = room.muted = "";
    room.role = event.role ?? "";
    room.entitle(this.#name());
    this.#call(room, event.title);
    this.#changes.note(["rooms", "log", "members", "topic"], room.name);
    if (!room.filled || !room.messages.length) void fill(room, this.#pager);
    // Somebody opened a private room again, in which we may have missed something. Only a join with
    // our cursor proves what it stands on.
    const isProven = event.last === room.replica.cursor && answered?.type !== "direct";
    if (!isNew && room.filled && after === undefined && !isProven) this.#catchUp(room);
  }

  /** @param {RoomState} room whose history is another one than what was held comes from */
  #replaced(room) {
    room.replaced();
    this.#rooms.keepSeen(room);
    this.#changes.note("replaced", room.name);
  }

  /** @param {RoomState} room */
  #catchUp(room) {
    this.#join(room, "returning").catch(() => {}); // lost; entered again later
  }

  /**
   * @param {RoomState} room
   * @param {WireEvent} event
   */
  #apply(room, event) {
    const { histories } = room.replica;
    const fit = room.replica.apply(event);
    if (room.replica.histories > histories) this.#replaced(room);
    if (fit === "gap" && !this.#entering.includes(room.name)) this.#catchUp(room);
    if (fit !== "next") return;
    this.#rooms.stirred(room);
    if (event.type === "message") this.#pager.loaded(room, [/** @type {any} */ (event)]);
    else this.#changes.note(event.type === "topic" ? "topic" : "log", room.name);
  }
}
