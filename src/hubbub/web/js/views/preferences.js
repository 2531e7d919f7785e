/** What the user chose of how the page looks and acts. This browser keeps it, for all its tabs. */

import { Memory } from "../chat/memory.js";

/**
 * @typedef {import("../chat/types.js").KeyValues} KeyValues
 * @typedef {import("./settings.js").Option} Option
 * @typedef {import("./settings.js").Choice} Choice
 * @typedef {import("./settings.js").Switch} Switch
 */

/** `js/loading.js` reads what stands under it before anything is drawn. */
const PREFIX = "hubbub.setting.";

export class Preferences {
  #memory;
  /** @type {Set<() => void>} */
  #listeners = new Set();

  /** @param {KeyValues} storage of the browser */
  constructor(storage) {
    this.#memory = new Memory(storage, PREFIX);
  }

  /** @param {() => void} listener called when something was chosen, here or in another tab */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  /** What another tab has written is there. @param {string | null} key in the storage; null: any */
  changedElsewhere(key) {
    if (key === null || key.startsWith(PREFIX)) this.#tell();
  }

  /**
   * @template {string} Value
   * @param {string} key
   * @param {string} label
   * @param {readonly (readonly [Value, string])[]} options the first is what it is at first
   * @returns {Choice & {value: () => Value}} one of the options
   */
  choice(key, label, options) {
    const [[initial] = /** @type {any} */ ([])] = options;
    const value = () => {
      const kept = this.#memory.get(key, /** @type {string} */ (initial));
      return options.find(([one]) => one === kept)?.[0] ?? initial;
    };
    return { kind: "choice", label, options, value, set: (chosen) => this.#keep(key, chosen) };
  }

  /**
   * @param {string} key
   * @param {string} label
   * @param {{initial?: boolean, hint?: string}} [about]
   * @returns {Switch}
   */
  toggle(key, label, { initial = false, hint = "" } = {}) {
    const value = () => this.#memory.get(key, initial);
    return { kind: "switch", label, hint, value, set: (isOn) => this.#keep(key, isOn) };
  }

  /** @param {string} key @param {unknown} value */
  #keep(key, value) {
    this.#memory.set(key, value);
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}
