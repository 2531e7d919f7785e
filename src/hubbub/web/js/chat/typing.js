/** Who is writing: the others, for a few seconds each; and the user, told now and then. */

/**
 * @typedef {import("./changes.js").Changes} Changes
 * @typedef {import("./room.js").RoomState} RoomState
 * @typedef {import("./types.js").Clock} Clock
 */

const AGAIN_MS = 3000;

export class Typing {
  #clock;
  #changes;
  #toldAt = 0;
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {Clock} clock
   * @param {Changes} changes
   */
  constructor(clock, changes) {
    this.#clock = clock;
    this.#changes = changes;
  }

  /** @param {() => void} tell the server that the user is writing */
  told(tell) {
    const now = this.#clock.now();
    if (now - this.#toldAt < AGAIN_MS) return;
    this.#toldAt = now;
    tell();
  }

  /**
   * Forget those who have stopped, now and when the next ones do.
   *
   * @param {readonly RoomState[]} rooms
   */
  expire(rooms) {
    const now = this.#clock.now();
    let next = Infinity;
    for (const room of rooms) {
      const before = room.typing.length;
      next = Math.min(next, room.expireTyping(now) ?? Infinity);
      if (room.typing.length < before) this.#changes.note("typing", room.name);
    }
    this.#clock.clearTimeout(this.#timer);
    if (next < Infinity) this.#timer = this.#clock.setTimeout(() => this.expire(rooms), next - now);
  }
}
