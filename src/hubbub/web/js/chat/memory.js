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
    }
  }
}

/** @param {unknown} value */
function kindOf(value) {
  return Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
}
