/** Timers by name: each begins anew when it is set again. */

export class Timers {
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #timers = new Map();

  /**
   * @param {string} what
   * @param {number} ms
   * @param {() => void} act
   */
  set(what, ms, act) {
    clearTimeout(this.#timers.get(what));
    this.#timers.set(what, setTimeout(act, ms));
  }
}
