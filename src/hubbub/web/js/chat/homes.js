/**
 * Where the browser keeps what is somebody's: under the first name that they had here.
 *
 * Who is called otherwise later keeps all of it, and is found under the new name as well.
 */

import { Memory } from "./memory.js";
import { nameKey } from "./names.js";

/** @typedef {import("./types.js").KeyValues} KeyValues */

export class Homes {
  #storage;
  #moved;

  /** @param {KeyValues} storage */
  constructor(storage) {
    this.#storage = storage;
    this.#moved = new Memory(storage, "hubbub.moved.");
  }

  /**
   * @param {string} name
   * @returns {Memory} what is kept of them
   */
  of(name) {
    return new Memory(this.#storage, `hubbub.of.${this.#homeOf(name)}.`);
  }

  /**
   * Have what is kept under one name found under another.
   *
   * @param {string} from
   * @param {string} to
   */
  move(from, to) {
    const [home, key] = [this.#keyOf(from), nameKey(to)];
    if (home === key) this.#moved.remove(key);
    else this.#moved.set(key, home);
  }

  /** Keep nothing of somebody, whatever they were called. @param {string} name */
  forget(name) {
    const home = this.#keyOf(name);
    const memory = this.of(name);
    for (const key of memory.keys("")) memory.remove(key);
    for (const key of this.#moved.keys("")) {
      if (this.#moved.get(key, "") === home) this.#moved.remove(key);
    }
  }

  /**
   * Keep nothing of a kind of all others.
   *
   * @param {string} name of somebody whose things stay
   * @param {string} beginning of the keys
   */
  forgetOthers(name, beginning) {
    const all = new Memory(this.#storage, "hubbub.of.");
    const own = this.of(name).keys(beginning);
    const isOwn = new Set(own.map((key) => `${this.#homeOf(name)}.${key}`));
    for (const key of all.keys("")) {
      const isOfKind = key.slice(key.indexOf(".") + 1).startsWith(beginning);
      if (isOfKind && !isOwn.has(key)) all.remove(key);
    }
  }

  /** @param {string} name @returns {string} what the keys of what is theirs begin with, up to a dot */
  #homeOf(name) {
    // What is kept for "ann" has keys that begin with "ann.", and somebody may be called so.
    return this.#keyOf(name).replace(/[%.]/g, (sign) => (sign === "." ? "%2E" : "%25"));
  }

  /** @param {string} name */
  #keyOf(name) {
    return this.#moved.get(nameKey(name), "") || nameKey(name);
  }
}
