/**
 * The user's edits, deletions and reactions on their way; in storage before anything is sent.
 *
 * So they survive a page that is closed and a connection that is lost, and are made once more then.
 * Meanwhile the user may have changed the message from elsewhere, and meant that. So the message is
 * read first: if it reads neither as the user saw it, nor as their own changes left it, the change is
 * dropped, with a sentence. `desk/changes.py` follows the same rules.
 */

import { isPassing } from "./codes.js";
import { ChatError } from "./errors.js";
import { sameName } from "./names.js";
import { Nonces } from "./nonces.js";

/**
 * @typedef {import("./memory.js").Memory} Memory
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./types.js").Message} Message
 *
 * @typedef {object} Amendment says how a message shall stand
 * @property {"edit" | "delete" | "react"} type
 * @property {string} room
 * @property {number} seq
 * @property {string} [text]
 * @property {string} [emoji]
 * @property {boolean} [on]
 *
 * @typedef {object} Change
 * @property {string} nonce its name in the storage
 * @property {Amendment} command
 * @property {number} saidAt when the message was said
 * @property {number} edits how often it had been edited, with our own edits that were on their way
 */

const KEY = "change.";
const NUMBER_DIGITS = 12;

export class Amending {
  #session;
  #memory;
  #callbacks;
  #nonces = new Nonces();
  #latest = 0;
  /** @type {Map<string, {change: Change, key: string}>} by nonce, all that are not done, in order */
  #entries = new Map();
  /** @type {Set<Change>} those that wait for a connection, or were left by a page that was closed */
  #left = new Set();
  /** @type {Map<string, Promise<unknown>>} by message: changes of it are made one after the other */
  #turns = new Map();

  /**
   * @param {Session} session
   * @param {Memory} memory
   * @param {object} callbacks
   * @param {() => string} callbacks.name the user's
   * @param {(room: string) => boolean} callbacks.mayChange whether what was missed there has come
   * @param {(sentence: string) => void} callbacks.tell
   * @param {() => void} callbacks.delayed `isWaiting` may be another one
   */
  constructor(session, memory, callbacks) {
    this.#session = session;
    this.#memory = memory;
    this.#callbacks = callbacks;
    for (const key of memory.keys(KEY).sort()) {
      const change = memory.get(key, {});
      if (isChange(change)) {
        this.#entries.set(change.nonce, { change, key });
        this.#left.add(change);
      } else memory.remove(key);
      this.#latest = Math.max(this.#latest, Number.parseInt(key.slice(KEY.length), 10) || 0);
    }
  }

  /** Whether something is changed only when the connection is back. */
  get isWaiting() {
    return this.#left.size > 0;
  }

  /**
   * @param {Message} message as the user sees it
   * @param {Amendment} command
   * @returns {Promise<void>} kept when it is made, or waits for a connection; a refusal is a ChatError
   */
  async make(message, command) {
    const place = placeOf(command);
    const open = [...this.#entries.values()].map(({ change }) => change);
    const own = textsOf(open.filter((one) => placeOf(one.command) === place));
    // Those up to the one that it reads have come back already.
    const edits = editsOf(message) + own.length - 1 - own.indexOf(message.text);
    const change = { nonce: this.#nonces.next(), command, saidAt: message.at, edits };
    this.#add(change);
    const isLater = [...this.#left].some((one) => placeOf(one.command) === place);
    if (isLater) this.#left.add(change);
    else await this.#inTurn(place, () => this.#make(change));
  }

  /** @param {Change} change */
  #add(change) {
    this.#latest += 1;
    const key = `${KEY}${`${this.#latest}`.padStart(NUMBER_DIGITS, "0")}.${change.nonce}`;
    this.#entries.set(change.nonce, { change, key });
    this.#memory.set(key, change);
  }

  /** @param {readonly Change[]} changes that are made, or are not to be made any more */
  #done(changes) {
    for (const { nonce } of changes) {
      const entry = this.#entries.get(nonce);
      if (entry) this.#memory.remove(entry.key);
      this.#entries.delete(nonce);
    }
  }

  /** What was to be changed in a room that is gone is not changed any more. @param {string} room */
  forget(room) {
    const changes = [...this.#left].filter(({ command }) => command.room === room);
    for (const change of changes) this.#left.delete(change);
    this.#done(changes);
  }

  /** @param {readonly Change[]} changes */
  #leave(changes) {
    for (const change of changes) this.#left.add(change);
    this.#callbacks.delayed();
  }

  /**
   * @param {string} place
   * @param {() => Promise<void>} act
   */
  #inTurn(place, act) {
    const before = this.#turns.get(place) ?? Promise.resolve();
    const turn = before.then(act);
    const ended = turn
      .catch(() => {})
      .then(() => {
        if (this.#turns.get(place) === ended) this.#turns.delete(place);
      });
    this.#turns.set(place, ended);
    return turn;
  }

  /** @param {Change} change */
  async #make(change) {
    try {
      await this.#session.ask({ ...change.command });
    } catch (error) {
      if (error instanceof ChatError && error.code === "offline") {
        this.#leave([change]);
        return;
      }
      this.#done([change]);
      throw error;
    }
    this.#done([change]);
  }

  /** Make what was left, where the messages are here again. */
  send() {
    if (!this.#left.size || !this.#session.isOnline) return;
    /** @type {Map<string, Change[]>} */
    const due = new Map();
    for (const change of this.#left) {
      const place = placeOf(change.command);
      if (this.#callbacks.mayChange(change.command.room)) due.set(place, [...(due.get(place) ?? []), change]);
    }
    for (const [place, changes] of due) {
      for (const change of changes) this.#left.delete(change);
      void this.#inTurn(place, () => this.#makeLeft(changes));
    }
    if (due.size) this.#callbacks.delayed();
  }

  /** @param {Change[]} changes of one message, in order */
  async #makeLeft(changes) {
    try {
      const message = await this.#read(changes[0].command);
      const { due, dropped } = sortOut(message, changes, this.#callbacks.name());
      for (const { command } of due) await this.#session.ask({ ...command });
      const why = "The message was changed or deleted after that.";
      for (const { command } of dropped) this.#callbacks.tell(`${notMade(command)} ${why}`);
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      if (error.code === "offline") {
        this.#leave(changes);
        return;
      }
      for (const { command } of changes) this.#callbacks.tell(`${notMade(command)} ${error.message}`);
    }
    this.#done(changes);
  }

  /**
   * @param {Amendment} command
   * @returns {Promise<Message | undefined>} its message as it reads now
   */
  async #read({ room, seq }) {
    for (;;) {
      try {
        const page = await this.#session.ask({ type: "history", room, after: seq - 1, limit: 1 });
        return page.messages.find((/** @type {Message} */ message) => message.seq === seq);
      } catch (error) {
        if (!(error instanceof ChatError && isPassing(error.code))) throw error;
      }
    }
  }
}

/**
 * Return which changes of a message are to be made once more, and which must not be. One that stands
 * already is neither, nor is a reaction to a message that has gone.
 *
 * @param {Message | undefined} message how it reads now, if it is there
 * @param {readonly Change[]} changes in the order in which the user made them
 * @param {string} ownName
 * @returns {{due: Change[], dropped: Change[]}}
 */
export function sortOut(message, changes, ownName) {
  const newest = new Map(changes.map((change) => [aspectOf(change.command), change]));
  const final = [...newest.values()]; // the newest of a kind
  const [first] = changes;
  if (!message || message.deleted || message.at !== first.saidAt)
    return { due: [], dropped: final.filter(({ command }) => command.type === "edit") };
  const isAsSeen = editsOf(message) <= first.edits || textsOf(changes).includes(message.text);
  const isOurs = sameName(message.from, ownName);
  const standing = final.filter(({ command }) => !(command.type === "edit" && command.text === message.text));
  // A deletion may be of any message: what moderators may delete, the server knows.
  /** @param {Change} change */
  const isDue = ({ command: { type } }) => type === "react" || (isAsSeen && (isOurs || type === "delete"));
  return { due: standing.filter(isDue), dropped: standing.filter((one) => !isDue(one)) };
}

/** @param {Amendment} command @returns {string} the message that it changes */
const placeOf = ({ room, seq }) => JSON.stringify([room, seq]);

/** @param {Amendment} command @returns {string} what of its message it says for good */
const aspectOf = ({ type, emoji }) => JSON.stringify([type, emoji]);

/** @param {readonly Change[]} changes @returns {(string | undefined)[]} the texts of edits */
const textsOf = (changes) =>
  changes.filter(({ command }) => command.type === "edit").map(({ command }) => command.text);

/** @param {Message} message @returns {number} how often it was edited */
const editsOf = ({ edits, edited }) => edits || (edited === undefined ? 0 : 1);

/** @param {Amendment} command @returns {string} a sentence */
function notMade({ type, text }) {
  if (type === "edit") return `An edit of yours was not made, which read: “${text}”.`;
  if (type === "delete") return "A message that you deleted is still there.";
  return "A reaction of yours was not made.";
}

/**
 * @param {unknown} kept
 * @returns {kept is Change}
 */
function isChange(kept) {
  const { nonce, command, saidAt, edits } = /** @type {Partial<Change>} */ (kept ?? {});
  return (
    typeof nonce === "string" &&
    typeof command?.room === "string" &&
    typeof command.seq === "number" &&
    ["edit", "delete", "react"].includes(command.type) &&
    typeof saidAt === "number" &&
    typeof edits === "number"
  );
}
