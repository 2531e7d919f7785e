/** Sends what is in the outbox, in order, and sees that each message is shown once. */

import { ChatError } from "./errors.js";

/**
 * @typedef {import("./outbox.js").Outbox} Outbox
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./types.js").Post} Post
 */

const NONCE_BYTES = 12;

export class Posting {
  #session;
  #outbox;
  #isHere;
  #changed;
  /** @type {Set<string>} sent on this connection */
  #sent = new Set();
  /** @type {Post[]} committed, but not come back as messages yet */
  #awaited = [];

  /**
   * @param {Session} session
   * @param {Outbox} outbox
   * @param {object} callbacks
   * @param {(room: string, seq: number) => boolean} callbacks.isHere whether no event with this seq is to come
   * @param {() => void} callbacks.changed
   */
  constructor(session, outbox, { isHere, changed }) {
    this.#session = session;
    this.#outbox = outbox;
    this.#isHere = isHere;
    this.#changed = changed;
  }

  /**
   * @param {string} room
   * @returns {readonly Post[]} what is to be shown behind the room's messages
   */
  of(room) {
    return [...this.#awaited.filter((post) => post.room === room), ...this.#outbox.of(room)];
  }

  /**
   * @param {string} room
   * @param {string} text
   * @param {number} at
   * @param {number} [replyTo]
   * @returns {Post}
   */
  add(room, text, at, replyTo) {
    const post = { nonce: newNonce(), room, text, at, ...(replyTo !== undefined && { replyTo }) };
    this.#outbox.add(post);
    this.send();
    return post;
  }

  /** What was sent on an earlier connection may be lost: all is sent again. */
  sendAgain() {
    this.#sent.clear();
    this.send();
  }

  send() {
    if (!this.#session.isOnline) return;
    for (const post of this.#outbox.posts) {
      if (post.failure !== undefined || this.#sent.has(post.nonce)) continue;
      this.#sent.add(post.nonce);
      const { nonce, room, text, replyTo } = post;
      this.#session.ask({ type: "say", room, text, nonce, reply_to: replyTo }).then(
        ({ seq }) => this.#committed(post, seq),
        (error) => this.#refused(post, error),
      );
    }
  }

  /**
   * @param {Post} post
   * @param {number} seq
   */
  #committed(post, seq) {
    if (!this.#outbox.remove(post.nonce)) return;
    if (!this.#isHere(post.room, seq)) this.#awaited.push(post);
    this.#changed();
  }

  /**
   * @param {Post} post
   * @param {Error} error
   */
  #refused(post, error) {
    if (error instanceof ChatError && error.code === "offline") return; // sent again later
    this.#outbox.mark(post.nonce, error.message);
    this.#changed();
  }

  /**
   * Take note of an own message among those of a room.
   *
   * @param {string} nonce
   */
  arrived(nonce) {
    const awaited = this.#awaited.filter((post) => post.nonce !== nonce);
    const wasAwaited = awaited.length < this.#awaited.length;
    this.#awaited = awaited;
    if (this.#outbox.remove(nonce) || wasAwaited) this.#changed();
  }

  /** @param {string} nonce of a failed post */
  retry(nonce) {
    this.#sent.delete(nonce);
    this.#outbox.mark(nonce);
    this.#changed();
    this.send();
  }

  /** @param {string} nonce of a failed post */
  discard(nonce) {
    this.#outbox.remove(nonce);
    this.#changed();
  }
}

function newNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
