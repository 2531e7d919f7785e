/**
 * Files on their way, each with the message that it belongs to.
 *
 * A *parcel* is put together while the user writes: its files go to the server at once, one after the
 * other. With Enter it is closed, and said as soon as all of its files are there. Until then it is kept in
 * the browser, so neither a lost connection nor a closed tab loses it.
 */

import { isPassing } from "./codes.js";
import { ChatError } from "./errors.js";
import { nameKey } from "./names.js";
import { Nonces } from "./nonces.js";
import { bring } from "./upload.js";

/**
 * @typedef {import("./types.js").Clock} Clock
 * @typedef {import("./types.js").FileSummary} FileSummary
 * @typedef {import("./upload.js").Item} Item
 *
 * @typedef {object} Parcel
 * @property {string} id
 * @property {string} owner the key of the name under which it was put together
 * @property {string} room
 * @property {Item[]} items
 * @property {boolean} isClosed whether its message is written
 * @property {string} text
 * @property {number} [replyTo]
 *
 * @typedef {object} Shelf where they are kept from one visit to the next
 * @property {() => Promise<Parcel[]>} all
 * @property {(parcel: Parcel) => void} put
 * @property {(id: string) => void} remove
 */

export const FILES_MAX = 10;
/** For a page that keeps nothing. @type {Shelf} */
export const NO_SHELF = { all: async () => [], put: () => {}, remove: () => {} };

const TOO_MANY = `A message takes up to ${FILES_MAX} files. Send these first.`;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export class Parcels {
  #ways;
  #say;
  #name;
  #shelf;
  #clock;
  #changed;
  /** @type {Parcel[]} */
  #parcels = [];
  /** @type {{item: Item, end: AbortController} | null} */
  #underWay = null;
  #nonces = new Nonces();
  #waitsUntil = 0;
  #wait = FIRST_WAIT_MS;

  /**
   * @param {import("./upload.js").Ways & {isOnline: () => boolean}} ways
   * @param {object} chat
   * @param {() => string} chat.name the user's
   * @param {(room: string, text: string, how: {nonce: string, replyTo?: number, files: FileSummary[]}) => void} chat.say
   * @param {Shelf} shelf
   * @param {Clock} clock
   * @param {() => void} changed
   */
  constructor(ways, { name, say }, shelf, clock, changed) {
    this.#ways = ways;
    this.#name = name;
    this.#say = say;
    this.#shelf = shelf;
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Take in what an earlier visit left. */
  async restore() {
    const kept = await this.#shelf.all();
    const held = new Set(this.#parcels.map(({ id }) => id));
    this.#parcels = [...kept.filter(({ id }) => !held.has(id)), ...this.#parcels];
    this.goOn();
  }

  /** @param {string} room @returns {readonly Parcel[]} what the user has on its way there */
  of(room) {
    return this.#own().filter((parcel) => parcel.room === room);
  }

  #own() {
    const owner = nameKey(this.#name());
    return this.#parcels.filter((parcel) => parcel.owner === owner);
  }

  /** @param {string} room @returns {Parcel | undefined} what is being put together there */
  open(room) {
    return this.of(room).find(({ isClosed }) => !isClosed);
  }

  /**
   * Let files go with the next message.
   * @param {string} room
   * @param {{name: string, bytes: Blob}[]} files
   */
  add(room, files) {
    const parcel = this.open(room) ?? this.#begin(room);
    if (parcel.items.length + files.length > FILES_MAX) throw new ChatError("too_long", TOO_MANY);
    for (const { name, bytes } of files) {
      parcel.items.push({ id: this.#nonces.next(), name, bytes, sent: 0 });
    }
    if (!this.#parcels.includes(parcel)) this.#parcels.push(parcel);
    this.#shelf.put(parcel);
    this.goOn();
  }

  /** @param {string} room @returns {Parcel} */
  #begin(room) {
    const owner = nameKey(this.#name());
    return { id: this.#nonces.next(), owner, room, items: [], isClosed: false, text: "" };
  }

  /**
   * Send no such file.
   * @param {Parcel} parcel
   * @param {Item} item
   */
  remove(parcel, item) {
    parcel.items = parcel.items.filter((one) => one !== item);
    if (this.#underWay?.item === item) this.#underWay.end.abort();
    else if (item.address && !item.file) this.#giveUp(item.address);
    if (parcel.items.length) this.#shelf.put(parcel);
    else if (!parcel.isClosed || !parcel.text) this.#drop(parcel);
    this.goOn();
  }

  /** @param {string} address */
  #giveUp(address) {
    this.#ways.transfer("DELETE", address).catch(() => {}); // the server forgets it by itself later
  }

  /**
   * The message is written: say it when the files are there.
   * @param {Parcel} parcel
   * @param {string} text
   * @param {number} [replyTo]
   */
  close(parcel, text, replyTo) {
    if (parcel.items.some(({ failure }) => failure)) {
      throw new ChatError("refused", "Take the file away that cannot be sent, then send the rest.");
    }
    Object.assign(parcel, { isClosed: true, text, replyTo });
    this.#shelf.put(parcel);
    this.goOn();
  }

  /** Whoever uses this browser next shall not have them. */
  clear() {
    for (const parcel of this.#own()) this.#drop(parcel);
    this.#underWay?.end.abort();
    this.#changed();
  }

  /** @param {Parcel} parcel */
  #drop(parcel) {
    this.#parcels = this.#parcels.filter((one) => one !== parcel);
    this.#shelf.remove(parcel.id);
  }

  /** Do what can be done now; call it when there is a connection again, too. */
  goOn() {
    for (const parcel of this.#own()) this.#sayIfWhole(parcel);
    const next = this.#next();
    if (next && !this.#underWay && this.#ways.isOnline() && this.#clock.now() >= this.#waitsUntil) {
      void this.#bring(...next);
    }
    this.#changed();
  }

  /** @returns {[Parcel, Item] | undefined} */
  #next() {
    for (const parcel of this.#own()) {
      const item = parcel.items.find(({ file, failure }) => !file && !failure);
      if (item) return [parcel, item];
    }
    return undefined;
  }

  /** @param {Parcel} parcel */
  #sayIfWhole(parcel) {
    const files = parcel.items.flatMap(({ file }) => file ?? []);
    if (!parcel.isClosed || files.length < parcel.items.length) return;
    // With one nonce for good: a tab that is closed before the parcel is gone would say it again.
    this.#say(parcel.room, parcel.text, { nonce: parcel.id, replyTo: parcel.replyTo, files });
    this.#drop(parcel);
  }

  /**
   * @param {Parcel} parcel
   * @param {Item} item
   */
  async #bring(parcel, item) {
    const end = new AbortController();
    this.#underWay = { item, end };
    try {
      item.file = await bring(item, parcel.room, this.#ways, end.signal, () => this.#moved(parcel, item));
      this.#wait = FIRST_WAIT_MS;
    } catch (error) {
      if (end.signal.aborted) {
        if (item.address) this.#giveUp(item.address);
      } else this.#failed(item, /** @type {Error} */ (error));
    }
    this.#underWay = null;
    if (this.#parcels.includes(parcel)) this.#shelf.put(parcel);
    this.goOn();
  }

  /**
   * @param {Parcel} parcel
   * @param {Item} item
   */
  #moved(parcel, item) {
    if (item.address && item.sent === 0) this.#shelf.put(parcel); // where it goes must not be lost
    this.#changed();
  }

  /**
   * @param {Item} item
   * @param {Error} error
   */
  #failed(item, error) {
    const isTriedAgain = error instanceof ChatError && (error.code === "offline" || isPassing(error.code));
    if (!isTriedAgain) {
      item.failure = error.message;
      return;
    }
    const wait = Math.max(this.#wait, (error.retryAfter ?? 0) * 1000);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    this.#waitsUntil = this.#clock.now() + wait;
    this.#clock.setTimeout(() => this.goOn(), wait);
  }
}
