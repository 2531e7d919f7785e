/**
 * The chat as the views see it: rooms, messages, and what can be done.
 *
 * Views read its state and call its verbs. It notes what changed, and tells its subscribers once
 * in a frame.
 */

import { Changes } from "./changes.js";
import { Memory } from "./memory.js";
import { sameName } from "./names.js";
import { loadOlder, reach } from "./paging.js";
import { Place } from "./place.js";
import { LOBBY } from "./rooms.js";
import { Session } from "./session.js";
import { Typing } from "./typing.js";

/**
 * @typedef {import("./changes.js").Subscriber} Subscriber
 * @typedef {import("./types.js").Change} Change
 * @typedef {import("./types.js").Clock} Clock
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Connection} Connection
 * @typedef {import("./types.js").KeyValues} KeyValues
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Post} Post
 * @typedef {import("./types.js").RoomState} RoomState
 * @typedef {import("./types.js").RoomSummary} RoomSummary
 * @typedef {import("./types.js").WireEvent} WireEvent
 */

const NOBODY = { name: "", current: LOBBY };

/** @type {Change[]} */
const SIGHT = ["rooms", "log", "members", "topic", "typing"];

/** @type {Clock} */
const SYSTEM = {
  now: () => Date.now(),
  setTimeout: (run, ms) => Number(setTimeout(run, ms)),
  clearTimeout: (timer) => clearTimeout(timer),
};

export class Chat {
  /** @type {Connection} */
  connection = { phase: "out", sentence: "", retryAt: 0, latency: null };
  /** @type {Record<string, number>} */
  limits = { text_bytes_max: 65_536 };
  /** @type {RoomState | null} */
  current = null;
  /** Whether the user is looking at the page. */
  attentive = false;

  #clock;
  #isMention;
  #storage;
  #browser; // what all tabs of a browser share
  #tab; // what a tab keeps when it is loaded anew
  #changes;
  /** @type {Session} */
  #session;
  #place;
  #typing;
  /** @type {Message[]} */
  #mentions = [];

  /**
   * @param {object} options
   * @param {string} options.url
   * @param {KeyValues} options.storage
   * @param {KeyValues} options.tab
   * @param {(run: () => void) => void} options.schedule runs something with the next frame
   * @param {string} [options.password]
   * @param {(text: string, name: string) => boolean} [options.isMention]
   * @param {typeof globalThis.WebSocket} [options.WebSocket]
   * @param {Clock} [options.clock]
   * @param {() => number} [options.random]
   */
  constructor({
    url,
    storage,
    tab,
    schedule,
    password,
    isMention = () => false,
    WebSocket = globalThis.WebSocket,
    clock = SYSTEM,
    random = Math.random,
  }) {
    this.#clock = clock;
    this.#isMention = isMention;
    this.#storage = storage;
    this.#browser = new Memory(storage, "hubbub.");
    this.#tab = new Memory(tab, "hubbub.");
    if (password) this.#browser.set("password", password);
    this.#changes = new Changes(schedule, (changes, rooms) => this.#prepare(changes, rooms));
    this.#typing = new Typing(clock, this.#changes);
    this.#session = new Session({ url, WebSocket, clock, random }, {
      phase: (phase, sentence = "", retryAt = 0) => {
        if (phase === "locked") this.#browser.set("password", this.#session.password);
        this.#connected({ phase, sentence, retryAt, latency: null });
      },
      secret: (name) => (sameName(name, this.name) ? this.#place.secret : ""),
      online: (welcome) => this.#online(welcome),
      heard: (event, answered) => this.#heard(event, answered),
      latency: (latency) => this.#connected({ ...this.connection, latency }),
      isMissing: () => this.#place.membership.isMissing,
    });
    this.#place = this.#placeOf("");
  }

  /** As the server writes it. */
  get name() {
    return this.#place.name;
  }

  get rememberedName() {
    return this.#browser.get("name", "");
  }

  /** @returns {readonly RoomState[]} */
  get rooms() {
    return this.#place.rooms.list;
  }

  /**
   * @param {Subscriber} subscriber
   * @returns {() => void} ends it
   */
  subscribe(subscriber) {
    return this.#changes.subscribe(subscriber);
  }

  /** @returns {Message[]} others' messages that called the user since the last time */
  takeMentions() {
    const mentions = this.#mentions;
    this.#mentions = [];
    return mentions;
  }

  // Who the user is.

  /** @param {string} name */
  start(name) {
    if (!sameName(name, this.name)) this.#become(name);
    this.#begin();
  }

  /** @returns {boolean} whether this tab was somebody before it was loaded anew, and is again */
  restore() {
    const { name, current } = { ...NOBODY, ...this.#tab.get("identity", NOBODY) };
    if (!name || typeof name !== "string") return false;
    this.#become(name, current);
    this.#begin();
    return true;
  }

  #begin() {
    this.#session.begin({ name: this.name, password: this.#browser.get("password", "") });
  }

  /**
   * @param {string} name
   * @param {string} [current] the room to begin in
   */
  #become(name, current = LOBBY) {
    this.#place = this.#placeOf(name);
    this.current = null;
    if (!name) return;
    const { rooms } = this.#place;
    rooms.recall();
    this.show((rooms.find(current) ?? rooms.list[0]).name);
    this.#place.showPosts();
  }

  /** @param {string} name */
  #placeOf(name) {
    return new Place(name, this.#storage, this.#session, this.#changes);
  }

  /** @param {string} password */
  unlock(password) {
    this.#browser.set("password", password);
    this.#begin();
  }

  /** Try now what would be tried later; see whether the connection lives. */
  retryNow() {
    if (this.connection.phase === "waiting") this.#session.connect();
    else this.#session.check();
  }

  /** Go on in this tab with what went on in another. */
  takeOver() {
    this.#place.readOutbox();
    this.#session.connect();
  }

  /** Be nobody. */
  quit() {
    this.#session.end();
    this.#tab.set("identity", NOBODY);
    this.#become("");
    this.#changes.note(SIGHT);
    this.#connected({ phase: "out", sentence: "", retryAt: 0, latency: null });
  }

  /** @param {Connection} connection */
  #connected(connection) {
    this.connection = connection;
    this.#changes.note("connection");
  }

  /** @param {WireEvent} welcome */
  #online(welcome) {
    this.limits = welcome.limits;
    this.#place.begin(welcome);
    this.#browser.set("name", this.name);
    this.#keepIdentity();
  }

  #keepIdentity() {
    this.#tab.set("identity", { name: this.name, current: this.current?.name ?? LOBBY });
  }

  // Rooms.

  /** Enter a room and show it. @param {string} name */
  async join(name) {
    return this.#shown(await this.#place.membership.join(name));
  }

  /** Enter the private room shared with somebody, and show it. @param {string} name */
  async direct(name) {
    return this.#shown(await this.#place.membership.direct(name));
  }

  /** @param {RoomState} room */
  #shown(room) {
    this.show(room.name);
    return room;
  }

  /** @param {string} name */
  async leave(name) {
    const { rooms } = this.#place;
    const room = rooms.find(name);
    if (!room) return;
    if (room.entered) await this.#session.ask({ type: "leave", room: name });
    rooms.remove(room);
    rooms.remember();
    this.#moveOn();
    this.#changes.note("rooms", name);
  }

  /** Show another room than one that the user is not in any more. */
  #moveOn() {
    if (this.current && !this.rooms.includes(this.current)) this.show(this.rooms[0]?.name ?? "");
  }

  /** @param {string} name */
  show(name) {
    const room = this.#place.rooms.find(name) ?? null;
    if (room === this.current) return;
    this.current?.goOn();
    this.current = room;
    if (this.#session.isOnline) this.#keepIdentity();
    this.#changes.note(SIGHT, name);
  }

  /** @param {string} name of a room that the user has seen the end of */
  read(name) {
    const room = this.#place.rooms.find(name);
    if (!room?.filled) return;
    this.#place.rooms.read(room);
    this.#changes.note("unread", name);
  }

  // What is said.

  /**
   * @param {string} room
   * @param {string} text
   * @param {number} [replyTo]
   * @returns {Post} on its way
   */
  say(room, text, replyTo) {
    this.#place.rooms.find(room)?.goOn();
    return this.#place.posting.add(room, text, this.#clock.now(), replyTo);
  }

  /** @param {Post} post that failed */
  retry({ nonce }) {
    this.#place.posting.retry(nonce);
  }

  /** @param {Post} post that failed */
  discard({ nonce }) {
    this.#place.posting.discard(nonce);
  }

  /** @type {(room: string, seq: number, text: string) => Promise<unknown>} */
  edit = (room, seq, text) => this.#session.ask({ type: "edit", room, seq, text });

  /** @type {(room: string, seq: number) => Promise<unknown>} */
  remove = (room, seq) => this.#session.ask({ type: "delete", room, seq });

  /** @type {(room: string, seq: number, emoji: string, on: boolean) => Promise<unknown>} */
  react = (room, seq, emoji, on) => this.#session.ask({ type: "react", room, seq, emoji, on });

  /** @type {(room: string, text: string) => Promise<unknown>} */
  setTopic = (room, text) => this.#session.ask({ type: "topic", room, text });

  /** @param {string} room in which the user is writing */
  typing(room) {
    this.#typing.told(() => this.#session.tell({ type: "typing", room }));
  }

  // What is asked.

  /**
   * @param {string} name
   * @returns {Promise<boolean>} whether older messages came
   */
  async loadOlder(name) {
    const room = this.#place.rooms.find(name);
    return room ? loadOlder(room, this.#place.pager) : false;
  }

  /**
   * @param {string} name
   * @param {number} seq
   * @returns {Promise<boolean>} whether the message is here now
   */
  async reach(name, seq) {
    const room = this.#place.rooms.find(name);
    return room ? reach(room, seq, this.#place.pager) : false;
  }

  /**
   * @param {string} query
   * @param {{room?: string, before?: number}} [where]
   * @returns {Promise<{messages: Message[], more: boolean}>} ascending by seq
   */
  async search(query, where = {}) {
    const page = await this.#session.ask({ type: "search", query, ...where });
    return { messages: page.messages, more: page.more };
  }

  /** @returns {Promise<RoomSummary[]>} */
  async listRooms() {
    return (await this.#session.ask({ type: "rooms" })).rooms;
  }

  // What is heard.

  /**
   * @param {WireEvent} event
   * @param {Command} [answered]
   */
  #heard(event, answered) {
    this.#place.heard(event, answered, this.#clock.now());
    if (event.type === "typing") this.#typing.expire(this.rooms);
  }

  /** @type {Subscriber} */
  #prepare(changes, rooms) {
    this.#moveOn(); // a private room may not be there any more
    this.#count(changes, rooms);
  }

  /**
   * Count what is new in rooms that changed.
   *
   * @type {Subscriber}
   */
  #count(changes, rooms) {
    if (!changes.has("log")) return;
    for (const room of this.rooms) {
      if (!room.filled || !rooms.has(room.name)) continue;
      const { unread, seen } = room;
      const isSeen = this.attentive && room === this.current;
      const calls = room.follow(this.name, (text) => this.#isMention(text, this.name), isSeen);
      this.#mentions.push(...calls);
      if (room.seen !== seen) this.#place.rooms.keepSeen(room);
      if (room.unread !== unread) changes.add("unread");
    }
  }
}
