/**
 * What the browser keeps from one visit to the next, as JSON under names of our own.
 *
 * Storage may be full, forbidden, or hold what we did not write: then a value is kept for this
 * visit alone, or is what it is at first.
 */

/** @typedef {import("./types.js").KeyValues} KeyValues */

export class Memory {
  #storage;
  #prefix;
  /** @type {Map<string, unknown>} */
  #unwritten = new Map();

  /**
   * @param {KeyValues} storage
   * @param {string} prefix before all keys
   */
  constructor(storage, prefix) {
    this.#storage = storage;
    this.#prefix = prefix;
  }

  /**
   * @template T
   * @param {string} key
   * @param {T} initial what it is when nothing was kept; what is kept must be of its kind
   * @returns {T}
   */
  get(key, initial) {
    const name = this.#prefix + key;
    if (this.#unwritten.has(name)) return /** @type {T} */ (this.#unwritten.get(name));
    try {
      const kept = JSON.parse(this.#storage.getItem(name) ?? "null");
      return kindOf(kept) === kindOf(initial) ? kept : initial;
    } catch {
      return initial;
    }
  }

  /**
   * @param {string} key
   * @param {unknown} value
   */
  set(key, value) {
    const name = this.#prefix + key;
    try {
      this.#storage.setItem(name, JSON.stringify(value));
      this.#unwritten.delete(name);
    } catch {
      this.#unwritten.set(name, value);
      return;
    }
    this.#write();
  }

  /** Write what could not be written before: there is room again. */
  #write() {
    const unwritten = [...this.#unwritten];
    try {
      for (const [name, value] of unwritten) {
        this.#storage.setItem(name, JSON.stringify(value));
        this.#unwritten.delete(name);
      }
    } catch {
      // The rest stays until there is room again.
    }
  }

  /** @param {string} key */
  remove(key) {
    const name = this.#prefix + key;
    this.#unwritten.delete(name);
    try {
      this.#storage.removeItem(name);
    } catch {
      // What may not be written was not.
    }
  }

  /**
   * @param {string} beginning
   * @returns {string[]} the keys that begin so, in any order
   */
  keys(beginning) {
    const names = new Set(this.#unwritten.keys());
    try {
      for (let at = 0; at < this.#storage.length; at += 1) names.add(this.#storage.key(at) ?? "");
    } catch {
      // What may not be read is not there.
    }
    const start = this.#prefix + beginning;
    return [...names].filter((name) => name.startsWith(start)).map((name) => name.slice(this.#prefix.length));
  }
}

/** @param {unknown} value */
function kindOf(value) {
  return Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
}
