/**
 * The chat as the views see it: rooms, messages, and what can be done.
 *
 * Views read its state and call its verbs. It notes what changed, and tells its subscribers once
 * in a frame.
 */

import { Account } from "./account.js";
import { Changing } from "./changing.js";
import { Changes } from "./changes.js";
import { SYSTEM_CLOCK } from "./clock.js";
import { Counting } from "./counting.js";
import { Finding } from "./finding.js";
import { Homecoming } from "./homecoming.js";
import { Identity } from "./identity.js";
import { isOwn } from "./me.js";
import { Memory } from "./memory.js";
import { sameName } from "./names.js";
import { Order } from "./order.js";
import { NO_SHELF, Parcels } from "./parcels.js";
import { People } from "./people.js";
import { Place } from "./place.js";
import { Reading } from "./reading.js";
import { LOBBY } from "./rooms.js";
import { Session } from "./session.js";
import { Threads } from "./threads.js";
import { transfer } from "./transfer.js";
import { Turns } from "./turns.js";
import { Typing } from "./typing.js";
import { Waiting } from "./waiting.js";

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
 * @typedef {import("./types.js").WireEvent} WireEvent
 */

/** @type {Change[]} */
const SIGHT = ["rooms", "log", "members", "topic", "typing"];

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
  #homecoming;
  #random;
  #counting;
  #identity;
  #changes;
  /** @type {Session} */
  #session;
  /** @type {"name" | "activity"} */
  #order = "name";
  #place;
  #turns;
  #typing;
  /** @type {import("./admission.js").Proof | undefined} with which the user comes, until they are in */
  #proof;
  account;
  changing;
  finding;
  order;
  parcels;
  people;
  reading;
  threads;
  waiting;

  /**
   * @param {object} options
   * @param {string} options.url of the page's own server
   * @param {(addresses: unknown) => string[]} [options.socketsOf] where the nodes' WebSockets are of which a server tells
   * @param {() => Promise<boolean>} [options.isReady] whether the page's own server lets people talk
   * @param {KeyValues} options.storage
   * @param {KeyValues} options.tab
   * @param {(run: () => void) => void} options.schedule runs something with the next frame
   * @param {string} [options.password]
   * @param {string} [options.label] what the user's other devices call this one
   * @param {(text: string, name: string) => boolean} [options.isMention]
   * @param {(room: RoomState) => boolean} [options.isLoud] whether all that is said in a room calls the user
   * @param {import("./parcels.js").Shelf} [options.shelf] keeps files that are on their way
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
    label = "",
    socketsOf = () => [],
    isReady = async () => false,
    isMention = () => false,
    isLoud = () => false,
    shelf = NO_SHELF,
    WebSocket = globalThis.WebSocket,
    clock = SYSTEM_CLOCK,
    random = Math.random,
  }) {
    this.#clock = clock;
    this.#random = random;
    this.#counting = new Counting(isMention, isLoud);
    this.#identity = new Identity(storage, tab, password);
    this.#changes = new Changes(schedule, (changes, rooms) => this.#prepare(changes, rooms));
    this.#typing = new Typing(clock, this.#changes);
    this.#turns = new Turns(url, socketsOf, new Memory(storage, "hubbub.nodes."));
    this.#session = new Session(
      { turns: this.#turns, WebSocket, clock, random },
      {
        phase: (phase, sentence = "", retryAt = 0, code = undefined) => {
          if (phase === "locked") this.#identity.password = this.#session.password;
          this.#connected({ phase, sentence, retryAt, latency: null, code });
        },
        label: () => label,
        loggedOut: () => this.#place.loseDevice(),
        device: () => this.#place.device,
        secret: (name) => (sameName(name, this.name) ? this.#place.secret : ""),
        online: (welcome) => this.#online(welcome),
        heard: (event, answered) => this.#heard(event, answered),
        delayed: () => {
          this.#changes.note("delayed");
          if (this.#session.isUnanswered) this.#place.membership.showNew();
        },
        latency: (latency) => this.#connected({ ...this.connection, latency }),
        isMissing: () => this.#place.membership.isMissing,
      },
    );
    this.#homecoming = new Homecoming(this.#session, isReady, clock);
    this.#place = this.#placeOf("");
    this.account = new Account(this.#session, () => this.#place);
    this.people = new People(this.#session, () => this.#place);
    this.order = new Order(this.#session, () => this.#place);
    this.reading = new Reading(() => this.#place, this.#changes);
    this.threads = new Threads(this.#session);
    this.finding = new Finding(this.#session);
    this.changing = new Changing(() => this.#place);
    this.waiting = new Waiting(this.#session, () => this.#place);
    this.parcels = new Parcels(
      { ask: (command) => this.#session.ask(command), transfer, isOnline: () => this.#session.isOnline },
      { name: () => this.name, say: (room, text, how) => void this.say(room, text, how) },
      { ...shelf, put: (parcel) => this.#identity.isRemembered && shelf.put(parcel) },
      clock,
      () => this.#changes.note("parcels"),
    );
  }

  /** As the server writes it. */
  get name() {
    return this.#place.name;
  }

  get rememberedName() {
    return this.#identity.name;
  }

  /** @returns {readonly RoomState[]} */
  get rooms() {
    return this.#place.rooms.list;
  }

  /** @returns {import("./types.js").Sentence[]} what the user is to be told since the last time */
  takeSentences() {
    return this.#place.sentences.splice(0);
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
    return this.#counting.takeMentions();
  }

  // Who the user is.

  /** @param {Message} message */
  isOwn(message) {
    return isOwn(message, this.#place);
  }

  /**
   * @param {string} name
   * @param {object} [how]
   * @param {import("./admission.js").Proof} [how.proof] that the user is known already
   * @param {boolean} [how.isRemembered] whether this browser keeps anything for longer than this tab
   */
  start(name, { proof, isRemembered = this.#identity.isRemembered } = {}) {
    if (isRemembered !== this.#identity.isRemembered) {
      this.#identity.remember(isRemembered);
      this.#become(name);
    } else if (!sameName(name, this.name)) this.#become(name);
    this.#begin(proof);
  }

  /** Go on as somebody who is known elsewhere. @param {import("./admission.js").Proof} proof */
  async prove(proof) {
    const { name } = await this.#session.ask({ ...proof, device: this.#place.device }, "proving");
    this.#session.begin({ name, password: this.#identity.password });
  }

  /**
   * @param {import("./admission.js").Proof} [proof] that came with the address
   * @returns {boolean} whether this tab was somebody before it was loaded anew, and is again
   */
  restore(proof) {
    const kept = this.#identity.recall();
    if (!kept) return false;
    this.#become(kept.name, kept.current);
    this.#begin(proof);
    return true;
  }

  /** @param {import("./admission.js").Proof} [proof] */
  #begin(proof) {
    this.#proof = proof;
    const { password } = this.#identity;
    this.#session.begin({ name: this.name, password, ...(proof && { proof }) });
  }

  /**
   * @param {string} name
   * @param {string} [current] the room to begin in; none: that of the last time
   */
  #become(name, current = "") {
    this.#place.end();
    this.#place = this.#placeOf(name);
    this.current = null;
    if (!name) return;
    this.#place.recall();
    const { rooms, lastRoom } = this.#place;
    this.show((rooms.find(current || lastRoom) ?? rooms.list[0]).name);
  }

  /** Where the user was reading at the last visit, if that was not at the end of a room. */
  get lastPlace() {
    return this.#place.lastPlace;
  }

  /**
   * Keep what is to be there at the next visit: the page may be closed now.
   *
   * @param {{room: string, seq: number, offset: number} | null} place where the user reads; null: at the end
   */
  keep(place) {
    this.#place.keeping.write();
    if (this.name) this.#place.lastPlace = place;
  }

  /** @param {string} name */
  #placeOf(name) {
    const place = new Place(
      name,
      this.#identity.storage,
      this.#session,
      this.#changes,
      this.#clock,
      this.#random,
    );
    place.rooms.order = this.#order;
    return place;
  }

  /** @param {string} password */
  unlock(password) {
    this.#identity.password = password;
    this.#begin(this.#proof);
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

  /** Be nobody. @param {string} [sentence] why, if the user did not only want to go */
  quit(sentence = "") {
    this.#session.end();
    this.#identity.quit();
    this.#become("");
    this.#changes.note(SIGHT);
    this.#connected({ phase: "out", sentence, retryAt: 0, latency: null });
  }

  /** Be nobody, and leave nothing of the user in this browser; the server forgets it, too. */
  async signOut() {
    if (this.#place.person) await this.account.logOut().catch(() => {}); // nobody has its secret any more
    this.#leaveNothing("");
  }

  /**
   * Have the server delete the account, and leave nothing of it in this browser.
   *
   * @param {boolean} isAll whether everything that the user said goes, too
   * @param {string} password of a member
   */
  async forgetMe(isAll, password) {
    await this.account.forget(isAll ? "delete" : "keep", password);
    this.#leaveNothing("Your account is deleted.");
  }

  /** @param {string} sentence for whoever comes next */
  #leaveNothing(sentence) {
    this.#place.forget();
    this.parcels.clear();
    this.quit(sentence);
    this.#identity.signOut();
  }

  /** Find the private rooms that the user has on other devices. */
  recall() {
    if (this.account.kind) this.#place.membership.recall().catch(() => {}); // lost: the next time
  }

  /** @param {Connection} connection */
  #connected(connection) {
    this.connection = connection;
    this.#changes.note("connection");
  }

  /** @param {WireEvent} welcome */
  #online(welcome) {
    this.limits = welcome.limits;
    this.#turns.led(welcome.addresses, this.#identity.isRemembered);
    this.#homecoming.online();
    this.#proof = undefined;
    this.#place.begin(welcome);
    if (welcome.rooms?.length) this.show(welcome.rooms[0]);
    this.#keepIdentity();
    this.parcels.goOn();
  }

  #keepIdentity() {
    const current = this.current?.name ?? LOBBY;
    this.#identity.keep(this.name, current);
    this.#place.lastRoom = current;
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

  /** Keep a room at the top of the list, or no longer. @param {RoomState} room @param {boolean} isTop */
  keepOnTop(room, isTop) {
    this.#place.rooms.keepOnTop(room, isTop);
    this.#changes.note("rooms", room.name);
  }

  /** @param {"name" | "activity"} order of rooms in the list */
  sortBy(order) {
    this.#order = order;
    this.#place.rooms.order = order;
    this.#place.rooms.sort();
    this.#changes.note("rooms");
  }

  /** @param {string} name */
  async leave(name) {
    const { rooms } = this.#place;
    const room = rooms.find(name);
    if (!room) return;
    if (room.entered) await this.#session.ask({ type: "leave", room: name });
    rooms.remove(room);
    rooms.remember();
    this.#place.keeping.note([name]);
    this.#moveOn();
    this.#changes.note("rooms", name);
  }

  /** Show another room than one that the user is not in any more. */
  #moveOn() {
    if (!this.current || this.rooms.includes(this.current)) return;
    this.show((this.#place.rooms.find(LOBBY) ?? this.rooms[0])?.name ?? "");
  }

  /** @param {string} name */
  show(name) {
    const room = this.#place.rooms.find(name) ?? null;
    if (room === this.current) return;
    this.current?.goOn();
    this.current = room;
    if (this.#identity.isKept(this.name)) this.#keepIdentity();
    this.#changes.note(SIGHT, name);
  }

  // What is said.

  /**
   * @param {string} room
   * @param {string} text
   * @param {{replyTo?: number, me?: boolean, files?: import("./types.js").FileSummary[]}} [how]
   * @returns {Post} on its way
   */
  say(room, text, how) {
    this.#place.rooms.find(room)?.goOn();
    return this.#place.posting.add(room, text, this.#clock.now(), how);
  }

  /** @type {(room: string, text: string) => Promise<unknown>} */
  setTopic = (room, text) => this.#session.ask({ type: "topic", room, text });

  /** @param {string} room in which the user is writing */
  typing(room) {
    this.#typing.told(() => this.#session.tell({ type: "typing", room }));
  }

  // What is heard.

  /**
   * @param {WireEvent} event
   * @param {Command} [answered]
   */
  #heard(event, answered) {
    this.#place.heard(event, answered, this.#clock.now());
    if (event.type === "welcome") this.#keepIdentity();
    if (event.type === "welcome" || event.type === "addresses")
      this.#turns.led(event.addresses, this.#identity.isRemembered);
    if (event.type === "linking") this.account.linking(event);
    if (event.type === "typing") this.#typing.expire(this.rooms);
  }

  /** @type {Subscriber} */
  #prepare(changes, rooms) {
    this.#moveOn(); // a private room may not be there any more
    if (changes.has("log") || changes.has("topic")) this.#place.keeping.note(rooms);
    this.#counting.count(this.#place, changes, rooms, this.attentive ? this.current : null);
  }
}
