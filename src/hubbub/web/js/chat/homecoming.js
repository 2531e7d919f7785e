/**
 * Takes the page back to its own server once that is ready: files come from there and go there, and
 * what is loaded late does, too.
 */

const LOOK_MS = 15_000;

export class Homecoming {
  #session;
  #isReady;
  #clock;
  /** @type {number | null} */
  #timer = null;

  /**
   * @param {{isAway: boolean, goHome: () => void}} session
   * @param {() => Promise<boolean>} isReady whether the page's own server lets people talk
   * @param {import("./types.js").Clock} clock
   */
  constructor(session, isReady, clock) {
    this.#session = session;
    this.#isReady = isReady;
    this.#clock = clock;
  }

  /** The chat goes on, here or elsewhere. */
  online() {
    if (this.#timer === null && this.#session.isAway) {
      this.#timer = this.#clock.setTimeout(() => void this.#look(), LOOK_MS);
    }
  }

  async #look() {
    const isReady = this.#session.isAway && (await this.#isReady().catch(() => false));
    this.#timer = null;
    if (isReady) this.#session.goHome();
    this.online();
  }
}
