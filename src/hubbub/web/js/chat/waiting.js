/** What the user said or changed, as long as the server has not taken it. */

/**
 * @typedef {import("./place.js").Place} Place
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./types.js").Post} Post
 */

export class Waiting {
  #session;
  #place;

  /**
   * @param {Session} session
   * @param {() => Place} place where the user is
   */
  constructor(session, place) {
    this.#session = session;
    this.#place = place;
  }

  /** Whether something that the user said or changed waits until the server can store it. */
  get isDelayed() {
    return this.#session.isDelayed || this.#place().posting.isDelayed;
  }

  /** Whether something waits until the server can read its log. */
  get isUnanswered() {
    return this.#session.isUnanswered;
  }

  /** Whether an edit, a deletion or a reaction is made only when the connection is back. */
  get isToChange() {
    return !this.#session.isOnline && this.#place().amending.isWaiting;
  }

  /** Whether something that the user said or changed is not with the server yet. */
  get isUnsent() {
    return this.#place().isUnsent;
  }

  /** Whether a post waits, and the server has not been sent it. @param {Post} post */
  isHeld({ nonce }) {
    return (!this.#session.isOnline || this.isDelayed) && !this.#place().posting.isSent(nonce);
  }

  /** @param {Post} post that failed */
  retry({ nonce }) {
    this.#place().posting.retry(nonce);
  }

  /** @param {Post} post that failed, or is held */
  discard({ nonce }) {
    this.#place().posting.discard(nonce);
  }
}
