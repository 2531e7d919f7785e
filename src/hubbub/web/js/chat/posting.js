/** Sends what is in the outbox, in order, and sees that each message is shown once. */

import { ChatError } from "./errors.js";

/**
 * @typedef {import("./outbox.js").Outbox} Outbox
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./types.js").Post} Post
 */

const NONCE_BYTES = 12;
/** Messages that are sent before the first of them is answered. */
const UNACKNOWLEDGED_MAX = 256;
/** Bytes of them, unless it is one long one; `client/outbox.py` says why. */
const UNACKNOWLEDGED_BYTES_MAX = 65_536;
/** About what stands around the text. */
const POST_BYTES = 128;
/** The server takes them out; in JSON each has six bytes, and many would not fit into a frame. */
const CONTROLS = /[\0-\x08\x0b-\x1f]/g;

export class Posting {
  #session;
  #outbox;
  #mayPost;
  #isHere;
  #changed;
  /** @type {Map<string, number>} nonces sent on this connection and not answered yet, and their bytes */
  #sent = new Map();
  #sentBytes = 0;
  /** @type {{post: Post, seq: number}[]} committed, but not come back as messages yet */
  #awaited = [];

  /**
   * @param {Session} session
   * @param {Outbox} outbox
   * @param {object} callbacks
   * @param {(room: string) => boolean} callbacks.mayPost whether the room is ours again, and its messages
   *   are here: one may have been posted before the connection was lost, and its nonce forgotten since
   * @param {(room: string, seq: number) => boolean} callbacks.isHere whether no event with this seq is to come
   * @param {() => void} callbacks.changed
   */
  constructor(session, outbox, { mayPost, isHere, changed }) {
    this.#session = session;
    this.#outbox = outbox;
    this.#mayPost = mayPost;
    this.#isHere = isHere;
    this.#changed = changed;
  }

  /**
   * @param {string} room
   * @returns {readonly Post[]} what is to be shown behind the room's messages
   */
  of(room) {
    const awaited = this.#awaited.map(({ post }) => post).filter((post) => post.room === room);
    return [...awaited, ...this.#outbox.of(room)];
  }

  /**
   * @param {string} room
   * @param {string} said
   * @param {number} at
   * @param {number} [replyTo]
   * @returns {Post}
   */
  add(room, said, at, replyTo) {
    const text = said.replace(CONTROLS, "");
    const post = { nonce: newNonce(), room, text, at, ...(replyTo !== undefined && { replyTo }) };
    this.#outbox.add(post);
    this.#changed();
    this.send();
    return post;
  }

  /** What was sent on an earlier connection may be lost: all is sent again. */
  sendAgain() {
    this.#sent.clear();
    this.#sentBytes = 0;
    this.send();
  }

  /** Send what may be sent now. */
  send() {
    if (!this.#session.isOnline) return;
    for (const post of this.#outbox.posts) {
      if (this.#sent.size >= UNACKNOWLEDGED_MAX) return;
      if (post.failure !== undefined || this.#sent.has(post.nonce)) continue;
      if (!this.#mayPost(post.room)) continue;
      const bytes = POST_BYTES + new TextEncoder().encode(post.text).length;
      if (this.#sent.size && this.#sentBytes + bytes > UNACKNOWLEDGED_BYTES_MAX) return;
      this.#sent.set(post.nonce, bytes);
      this.#sentBytes += bytes;
      const { nonce, room, text, replyTo } = post;
      this.#session.ask({ type: "say", room, text, nonce, reply_to: replyTo }, "posting").then(
        ({ seq }) => this.#committed(post, seq),
        (error) => this.#refused(post, error),
      );
    }
  }

  /** @param {Post} post */
  #answered({ nonce }) {
    this.#sentBytes -= this.#sent.get(nonce) ?? 0;
    this.#sent.delete(nonce);
  }

  /**
   * @param {Post} post
   * @param {number} seq
   */
  #committed(post, seq) {
    this.#answered(post);
    if (this.#outbox.remove(post.nonce)) {
      if (!this.#isHere(post.room, seq)) this.#awaited.push({ post, seq });
      this.#changed();
    }
    this.send();
  }

  /**
   * @param {Post} post
   * @param {Error} error
   */
  #refused(post, error) {
    if (error instanceof ChatError && error.code === "offline") return; // sent again later
    this.#answered(post);
    this.#outbox.mark(post.nonce, error.message);
    this.#changed();
    this.send();
  }

  /**
   * See what came to a room.
   *
   * @param {string[]} nonces of own messages
   */
  arrived(nonces) {
    const wasAwaited = this.#awaited.length;
    this.#awaited = this.#awaited.filter(({ post, seq }) => !this.#isHere(post.room, seq));
    const settled = nonces.filter((nonce) => this.#outbox.remove(nonce));
    if (settled.length || this.#awaited.length < wasAwaited) this.#changed();
  }

  /** @param {string} nonce of a failed post */
  retry(nonce) {
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
