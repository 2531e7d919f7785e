/**
 * The chat as the views see it: rooms, messages, and what can be done.
 *
 * Views read its state and call its verbs. It notes what changed, and tells its subscribers once
 * in a frame.
 */

import { Changes } from "./changes.js";
import { Membership } from "./membership.js";
import { Memory } from "./memory.js";
import { nameKey, sameName } from "./names.js";
import { Outbox } from "./outbox.js";
import { loadOlder, reach } from "./paging.js";
import { Posting } from "./posting.js";
import { LOBBY, Rooms } from "./rooms.js";
import { Session } from "./session.js";

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

const TYPING_AGAIN_MS = 3000;
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
  name = "";
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
  #own; // what belongs to the name that the user has
  #typedAt = 0;
  /** @type {number | undefined} */
  #typingTimer;
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
    this.#changes = new Changes(schedule, (changes, rooms) => this.#count(changes, rooms));
    this.#session = new Session({ url, WebSocket, clock, random }, {
      phase: (phase, sentence = "", retryAt = 0) => {
        if (phase === "locked") this.#browser.set("password", this.#session.password);
        this.#connected({ phase, sentence, retryAt, latency: null });
      },
      secret: () => this.#own.memory.get("secret", ""),
      online: (welcome) => this.#online(welcome),
      heard: (event, answered) => this.#heard(event, answered),
      latency: (latency) => this.#connected({ ...this.connection, latency }),
    });
    this.#own = this.#belongings();
  }

  get rememberedName() {
    return this.#browser.get("name", "");
  }

  /** @returns {readonly RoomState[]} */
  get rooms() {
    return this.#own.rooms.list;
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
    this.name = name;
    this.#own = this.#belongings();
    this.current = null;
    if (!name) return;
    this.#own.rooms.recall();
    this.show((this.#own.rooms.find(current) ?? this.rooms[0]).name);
    this.#settle();
  }

  #belongings() {
    const memory = new Memory(this.#storage, `hubbub.of.${nameKey(this.name)}.`);
    const rooms = new Rooms(memory);
    const membership = new Membership(() => this.name, rooms, this.#changes, this.#pager);
    return { memory, rooms, membership, posting: this.#newPosting(memory, rooms, membership) };
  }

  /**
   * @param {Memory} memory
   * @param {Rooms} rooms
   * @param {Membership} membership
   */
  #newPosting(memory, rooms, membership) {
    return new Posting(this.#session, new Outbox(memory), {
      isReady: (room) => membership.isUpToDate(room),
      isHere: (room, seq) => (rooms.find(room)?.replica.cursor ?? Infinity) >= seq,
      changed: () => this.#settle(),
    });
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
    // The other one has sent what was unsent here.
    const { memory, rooms, membership } = this.#own;
    this.#own.posting = this.#newPosting(memory, rooms, membership);
    this.#settle();
    this.#session.connect();
  }

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
    this.name = welcome.name;
    this.limits = welcome.limits;
    this.#browser.set("name", this.name);
    this.#own.memory.set("secret", welcome.session);
    this.#keepIdentity();
    this.#own.membership.enterAll();
    this.#own.posting.sendAgain();
  }

  #keepIdentity() {
    this.#tab.set("identity", { name: this.name, current: this.current?.name ?? LOBBY });
  }

  // Rooms.

  /**
   * @param {string} name
   * @returns {Promise<RoomState>}
   */
  async join(name) {
    return this.#shown(await this.#own.membership.join(name));
  }

  /**
   * @param {string} name
   * @returns {Promise<RoomState>}
   */
  async direct(name) {
    return this.#shown(await this.#own.membership.direct(name));
  }

  /** @param {RoomState} room */
  #shown(room) {
    this.show(room.name);
    return room;
  }

  /** @param {string} name */
  async leave(name) {
    const room = this.#own.rooms.find(name);
    if (!room) return;
    if (room.entered) await this.#session.ask({ type: "leave", room: name });
    this.#own.rooms.remove(room);
    this.#own.rooms.remember();
    if (room === this.current) this.show(this.rooms[0]?.name ?? "");
    this.#changes.note("rooms", name);
  }

  /** @param {string} name */
  show(name) {
    const room = this.#own.rooms.find(name) ?? null;
    if (room === this.current) return;
    this.current?.goOn();
    this.current = room;
    if (this.#session.isOnline) this.#keepIdentity();
    this.#changes.note(SIGHT, name);
  }

  /** @param {string} name of a room that the user has seen the end of */
  read(name) {
    const room = this.#own.rooms.find(name);
    if (!room?.filled) return;
    this.#own.rooms.read(room);
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
    this.#own.rooms.find(room)?.goOn();
    const post = this.#own.posting.add(room, text, this.#clock.now(), replyTo);
    this.#settle();
    return post;
  }

  /** @param {Post} post that failed */
  retry({ nonce }) {
    this.#own.posting.retry(nonce);
  }

  /** @param {Post} post that failed */
  discard({ nonce }) {
    this.#own.posting.discard(nonce);
  }

  /** Have each room show what is on its way now. */
  #settle() {
    for (const room of this.rooms) {
      const pending = this.#own.posting.of(room.name);
      if (pending.length || room.pending.length) this.#changes.note("log", room.name);
      room.pending = pending;
    }
  }

  /**
   * @param {string} room
   * @param {number} seq
   * @param {string} text
   */
  async edit(room, seq, text) {
    await this.#session.ask({ type: "edit", room, seq, text });
  }

  /**
   * @param {string} room
   * @param {number} seq
   */
  async remove(room, seq) {
    await this.#session.ask({ type: "delete", room, seq });
  }

  /**
   * @param {string} room
   * @param {number} seq
   * @param {string} emoji
   * @param {boolean} on
   */
  async react(room, seq, emoji, on) {
    await this.#session.ask({ type: "react", room, seq, emoji, on });
  }

  /**
   * @param {string} room
   * @param {string} text
   */
  async setTopic(room, text) {
    await this.#session.ask({ type: "topic", room, text });
  }

  /** @param {string} room in which the user is writing */
  typing(room) {
    const now = this.#clock.now();
    if (now - this.#typedAt < TYPING_AGAIN_MS) return;
    this.#typedAt = now;
    this.#session.tell({ type: "typing", room });
  }

  // What is asked.

  /** @type {import("./paging.js").Pager} */
  #pager = {
    ask: (command) => this.#session.ask(command),
    loaded: (room, messages) => {
      const nonces = messages.filter(({ from }) => sameName(from, this.name)).map(({ nonce }) => nonce);
      this.#own.posting.arrived(nonces.filter((nonce) => nonce !== undefined));
      this.#own.posting.send();
      this.#changes.note("log", room.name);
    },
    settled: () => this.#own.posting.send(),
  };

  /**
   * @param {string} name
   * @returns {Promise<boolean>} whether older messages came
   */
  async loadOlder(name) {
    const room = this.#own.rooms.find(name);
    return room ? loadOlder(room, this.#pager) : false;
  }

  /**
   * @param {string} name
   * @param {number} seq
   * @returns {Promise<boolean>} whether the message is here now
   */
  async reach(name, seq) {
    const room = this.#own.rooms.find(name);
    return room ? reach(room, seq, this.#pager) : false;
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
    this.#own.membership.heard(event, answered, this.#clock.now());
    this.#own.posting.send();
    if (event.type === "typing") this.#expireTyping();
  }

  #expireTyping() {
    const now = this.#clock.now();
    let next = Infinity;
    for (const room of this.rooms) {
      const before = room.typing.length;
      next = Math.min(next, room.expireTyping(now) ?? Infinity);
      if (room.typing.length < before) this.#changes.note("typing", room.name);
    }
    this.#clock.clearTimeout(this.#typingTimer);
    if (next < Infinity) {
      this.#typingTimer = this.#clock.setTimeout(() => this.#expireTyping(), next - now);
    }
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
      if (room.seen !== seen) this.#own.rooms.keepSeen(room);
      if (room.unread !== unread) changes.add("unread");
    }
  }
}
