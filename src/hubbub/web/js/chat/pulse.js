/**
 * Whether the server lives: when to ask it for a sign, and when to give it up.
 *
 * Anything heard is a sign of life, and so is progress with what we send: a server slows a fast
 * sender down by not reading, and then reads our ping late. `client/pulse.py` follows the same rules.
 */

/** Silence after which the server is asked for a sign of life. */
const QUIET_MS = 20_000;
/** Silence after something was said, after which the server is asked sooner. */
const SAY_MS = 4000;
/** How long it has to give the sign; then the connection is dead. */
const SIGN_MS = 8000;

/** The pulse of one connection. Times are milliseconds of any clock. */
export class Pulse {
  #heardAt;
  #askedAt = Infinity;
  #saidAt = Infinity;

  /** @param {number} now */
  constructor(now) {
    this.#heardAt = now;
  }

  /** @param {number} now when there was a sign of life */
  heard(now) {
    this.#heardAt = now;
    this.#askedAt = Infinity;
  }

  /** @param {number} now when something was said that the server must answer */
  said(now) {
    this.#saidAt = Math.min(this.#saidAt, now);
  }

  /** All that was said is answered. */
  answered() {
    this.#saidAt = Infinity;
  }

  /** @param {number} now when the server was asked for a sign of life */
  asked(now) {
    this.#askedAt = now;
  }

  /** When to ask for a sign of life; never while one is waited for. */
  get askAt() {
    if (this.#askedAt < Infinity) return Infinity;
    return Math.min(this.#heardAt + QUIET_MS, Math.max(this.#heardAt, this.#saidAt) + SAY_MS);
  }

  /** When to give the server up, unless it gives a sign before. */
  get deadAt() {
    return this.#askedAt + SIGN_MS;
  }
}
