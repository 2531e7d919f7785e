/** The place of one name in the chatroom: its rooms, what it says, what the browser keeps of it. */

import { Amending } from "./amending.js";
import { Homes } from "./homes.js";
import { Ignoring } from "./ignoring.js";
import { KEPT, Keeping } from "./keeping.js";
import { Markers } from "./markers.js";
import { isOwn } from "./me.js";
import { Membership } from "./membership.js";
import { Outbox } from "./outbox.js";
import { Posting } from "./posting.js";
import { Rooms } from "./rooms.js";

/**
 * @typedef {import("./changes.js").Changes} Changes
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./types.js").Clock} Clock
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").KeyValues} KeyValues
 * @typedef {import("./types.js").RoomState} RoomState
 * @typedef {import("./types.js").WireEvent} WireEvent
 */

const SECRET_BYTES = 16;
const CHANGED = new Set(["edited", "deleted", "removed"]);

export class Place {
  #session;
  #changes;
  #clock;
  #random;
  #homes;
  #memory;
  /** @type {import("./paging.js").Pager} */
  pager;
  ignoring = new Ignoring();
  rooms;
  membership;
  markers;
  keeping;
  posting;
  amending;
  /** @type {import("./types.js").Sentence[]} */
  sentences = [];
  person = ""; // the user's id, once the server knows it
  kind = ""; // "guest" or "member" then
  isOperator = false;

  /**
   * @param {string} name
   * @param {KeyValues} storage
   * @param {Session} session
   * @param {Changes} changes
   * @param {Clock} clock
   * @param {() => number} random from 0 to 1
   */
  constructor(name, storage, session, changes, clock, random) {
    this.name = name;
    this.#session = session;
    this.#changes = changes;
    this.#clock = clock;
    this.#random = random;
    this.#homes = new Homes(storage);
    this.#memory = this.#homes.of(name);
    this.pager = {
      ask: (command, about) => session.ask(command, about),
      loaded: (room, messages) => {
        const own = messages.filter((message) => isOwn(message, this));
        this.posting.arrived(own.flatMap(({ nonce }) => nonce ?? []));
        this.#send();
        changes.note("log", room.name);
      },
      settled: () => this.#send(),
    };
    this.rooms = new Rooms(this.#memory, this.ignoring);
    this.membership = new Membership(() => this.name, this.rooms, changes, this.pager, this.ignoring);
    this.markers = new Markers(this.rooms, (command) => session.tell(command), clock);
    this.keeping = new Keeping(this.#memory, this.rooms, clock);
    this.posting = this.#newPosting();
    this.amending = this.#newAmending();
  }

  /** List the rooms of the last time, with what was read last in them; nothing of what others read here stays. */
  recall() {
    this.#homes.forgetOthers(this.name, KEPT);
    this.rooms.recall();
    this.keeping.recall();
    this.showPosts();
  }

  /** @returns {string} the room that was shown last, in whatever tab */
  get lastRoom() {
    return this.#memory.get("current", "");
  }

  set lastRoom(name) {
    this.#memory.set("current", name);
  }

  /** @returns {{room: string, seq: number, offset: number} | null} where the user was reading, if not at the end */
  get lastPlace() {
    const { room, seq, offset } = this.#memory.get("place", { room: "", seq: 0, offset: 0 });
    return room && Number.isFinite(seq) && Number.isFinite(offset) ? { room, seq, offset } : null;
  }

  set lastPlace(place) {
    if (place) this.#memory.set("place", place);
    else this.#memory.remove("place");
  }

  /** Proves to the server that the latest session of this name was ours. */
  get secret() {
    return this.#memory.get("secret", "");
  }

  /** By this secret the server knows the user again, in every tab; made at the first visit. */
  get device() {
    const known = this.#memory.get("device", "");
    if (known) return known;
    this.#memory.set("device", newSecret());
    return this.#memory.get("device", "");
  }

  /** @param {WireEvent} welcome to a connection that begins */
  begin({ name, session, person, rooms = [] }) {
    this.#known({ name, person });
    this.#memory.set("secret", session);
    this.markers.restart();
    for (const room of rooms) this.rooms.open(room); // that an invitation leads to
    this.membership.enterAll();
    this.posting.sendAgain();
  }

  /**
   * Take in who the user is to the server.
   *
   * @param {{name: string, person?: {id: string, kind: string, role?: string}}} welcome
   */
  #known({ name, person }) {
    // Who is called otherwise by now is found under the new name at the next visit, with all there is.
    this.#homes.move(this.name, name);
    if (name !== this.name) this.membership.renamed(this.name, name);
    this.name = name;
    this.person = person?.id ?? "";
    this.kind = person?.kind ?? "";
    this.isOperator = person?.role === "operator";
  }

  /** The server knows the device no longer: the next visit here is with another one. */
  loseDevice() {
    this.#memory.remove("device");
  }

  /** Somebody else may come. */
  end() {
    this.markers.end();
    this.keeping.end();
  }

  /** Keep nothing of the user in this browser. */
  forget() {
    this.end();
    this.#homes.forget(this.name);
  }

  /** Whether something that the user said or changed is not with the server yet. */
  get isUnsent() {
    return this.amending.isWaiting || this.rooms.list.some(({ pending }) => pending.length > 0);
  }

  /**
   * @param {WireEvent} event
   * @param {Command | undefined} answered
   * @param {number} now
   */
  heard(event, answered, now) {
    if (event.type === "welcome") this.#known(/** @type {any} */ (event));
    this.membership.heard(event, answered, now);
    if (event.formerly && this.rooms.find(event.room))
      this.#tell(`${event.formerly} is now ${event.name}.`, [event.formerly, event.name]);
    if (event.type === "role" && event.room === null) this.#isGiven(event.role);
    if (event.type === "removed") this.#removed(event);
    if (CHANGED.has(event.type)) this.#keepNow(event.room);
    if (event.type === "ignoring") this.#ignores(event.people);
    if (event.type === "added") this.#added(event);
    this.#marked(event);
    this.#send();
  }

  /** @param {WireEvent} event that may tell where the user has stopped */
  #marked({ type, room, seq, seen, unread }) {
    const marker = type === "seen" ? seq : type === "room" ? seen : undefined;
    if (marker === undefined) return;
    const how = unread ? "moved back" : type === "room" ? "entered" : "moved";
    if (this.markers.heard(room, marker, how)) this.#changes.note(["log", "unread"], room);
  }

  /** What was taken back must not be in the browser for a moment longer. @param {string} room */
  #keepNow(room) {
    this.keeping.note([room]);
    this.keeping.write();
  }

  /** @param {WireEvent} event that the user is not in a room any more */
  #removed({ room, reason, gone }) {
    this.#tell(reason);
    if (gone) for (const what of [this.posting, this.amending]) what.forget(room);
  }

  /** @param {readonly import("./ignoring.js").Ignored[]} people */
  #ignores(people) {
    this.ignoring.set(people);
    for (const { name } of this.rooms.list) this.#changes.note(["log", "members", "rooms"], name);
  }

  /** @param {WireEvent} event that somebody lets the user into a room */
  #added({ room, by, title }) {
    const { title: shown } = this.rooms.find(room) ?? { title: `#${title || room}` };
    this.#tell(`${by} invites you to ${shown}.`, [by], room);
  }

  /** @param {string} role what the user is in the chatroom as a whole now */
  #isGiven(role) {
    this.isOperator = role === "operator";
    if (this.kind && ["guest", "member"].includes(role)) this.kind = role;
    this.#changes.note("members");
  }

  /** @param {string} text @param {string[]} [names] in it, in order @param {string} [room] to go to */
  #tell(text, names = [], room = undefined) {
    if (!this.sentences.some((one) => one.text === text)) this.sentences.push({ text, names, room });
    this.#changes.note("told");
  }

  /** Send what may be sent now of what waits. */
  #send() {
    this.posting.send();
    this.amending.send();
  }

  /** Know what another tab has left to be sent. */
  readOutbox() {
    this.posting = this.#newPosting();
    this.amending = this.#newAmending();
    this.showPosts();
  }

  #newAmending() {
    return new Amending(this.#session, this.#memory, {
      name: () => this.name,
      mayChange: (room) => this.rooms.find(room)?.entered === true && this.membership.mayPost(room),
      tell: (sentence) => this.#tell(sentence),
      delayed: () => this.#changes.note("delayed"),
    });
  }

  #newPosting() {
    const callbacks = {
      /** @param {string} room */
      mayPost: (room) => this.membership.mayPost(room),
      /** @type {(room: string, seq: number) => boolean} */
      isHere: (room, seq) => (this.rooms.find(room)?.replica.cursor ?? Infinity) >= seq,
      /** @type {(room: string, error?: import("./errors.js").ChatError) => void} */
      answered: (name, error) => {
        const room = this.rooms.find(name);
        if (room) room.muted = error?.code === "muted" ? error.message : "";
      },
      /** @param {string} room */
      changed: (room) => this.#showPostsOf(this.rooms.find(room)),
      delayed: () => this.#changes.note("delayed"),
    };
    const outbox = new Outbox(this.#memory);
    return new Posting(this.#session, outbox, callbacks, this.#clock, this.#random);
  }

  /** Have each room show what is on its way now. */
  showPosts() {
    for (const room of this.rooms.list) this.#showPostsOf(room);
  }

  /** @param {RoomState} [room] */
  #showPostsOf(room) {
    if (!room) return;
    const pending = this.posting.of(room.name);
    if (pending.length || room.pending.length) this.#changes.note("log", room.name);
    room.pending = pending;
  }
}

/** @returns {string} what nobody can guess */
function newSecret() {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
