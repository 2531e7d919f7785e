/**
 * How long a room waits until what the server could not take just now is said again.
 *
 * A refusal for a passing reason stops its room: nothing more is sent there. Once all that was sent
 * before is answered, the room waits, ever longer. Then it is tried with its first message alone, and
 * if the server takes that, the others follow. So nothing overtakes what is repeated, and a server in
 * need is not burdened with all of it time and again. `client/patience.py` follows the same rules.
 */

/** @typedef {import("./types.js").Clock} Clock */

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * @typedef {object} Stop
 * @property {number} nextMs how long it waits the next time
 * @property {boolean} isHeld whether nothing may be sent; or it is tried just now
 * @property {number | undefined} timer
 */

export class Patience {
  #clock;
  #random;
  #goOn;
  /** @type {Map<string, Stop>} by room */
  #stops = new Map();

  /**
   * @param {Clock} clock
   * @param {() => number} random from 0 to 1
   * @param {() => void} goOn is called when a room has waited long enough
   */
  constructor(clock, random, goOn) {
    this.#clock = clock;
    this.#random = random;
    this.#goOn = goOn;
  }

  /** Begin anew: the connection is lost. */
  clear() {
    for (const { timer } of this.#stops.values()) this.#clock.clearTimeout(timer);
    this.#stops.clear();
  }

  /**
   * @param {string} room
   * @returns {boolean} whether nothing may be sent there now
   */
  stops(room) {
    return this.#stops.get(room)?.isHeld ?? false;
  }

  /**
   * @param {string} room
   * @returns {boolean} whether only one message may be under way there
   */
  tries(room) {
    return this.#stops.has(room) && !this.stops(room);
  }

  /** @returns {string[]} those that wait, or are tried */
  get rooms() {
    return [...this.#stops.keys()];
  }

  /** Take in a refusal that passes. @param {string} room */
  stop(room) {
    const stop = this.#stops.get(room);
    this.#clock.clearTimeout(stop?.timer);
    this.#stops.set(room, { nextMs: stop?.nextMs ?? FIRST_MS, isHeld: true, timer: undefined });
  }

  /** Begin to wait: all that was sent there is answered. @param {string} room */
  wait(room) {
    const stop = this.#stops.get(room);
    if (!stop) return;
    const ms = stop.nextMs * (0.5 + this.#random() / 2);
    stop.nextMs = Math.min(stop.nextMs * 2, LONGEST_MS);
    stop.timer = this.#clock.setTimeout(() => {
      stop.isHeld = false;
      this.#goOn();
    }, ms);
  }

  /** The server takes what is said in a room. @param {string} room */
  took(room) {
    if (!this.stops(room)) this.#stops.delete(room);
  }
}
