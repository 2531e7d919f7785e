/**
 * Sends what is in the outbox, in order, and sees that each message is shown once.
 *
 * `client/posting.py` follows the same rules.
 */

import { isPassing } from "./codes.js";
import { ChatError } from "./errors.js";
import { Nonces } from "./nonces.js";
import { Patience } from "./patience.js";

/**
 * @typedef {import("./outbox.js").Outbox} Outbox
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./types.js").Clock} Clock
 * @typedef {import("./types.js").FileSummary} FileSummary
 * @typedef {import("./types.js").Post} Post
 */

/** Messages that are sent before the first of them is answered. */
const UNACKNOWLEDGED_MAX = 256;
/** Bytes of them, unless it is one long one; `client/outbox.py` says why. */
const UNACKNOWLEDGED_BYTES_MAX = 65_536;
/** About what stands around the text. */
const POST_BYTES = 128;
/** The server takes them out; in JSON each has six bytes, and many would not fit into a frame. */
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

/** @param {string} text @returns {string} it without them, as it will read */
export const inert = (text) => text.toWellFormed().replace(CONTROLS, "");

export class Posting {
  #session;
  #outbox;
  #mayPost;
  #isHere;
  #answered;
  #changed;
  #delayed;
  #patience;
  #nonces = new Nonces();
  /** @type {Map<string, {room: string, bytes: number}>} by nonce, what was sent on this connection and not answered yet */
  #sent = new Map();
  #sentBytes = 0;
  /** @type {{post: Post, seq: number}[]} committed, but not come back as messages yet */
  #awaited = [];

  /**
   * @param {Session} session
   * @param {Outbox} outbox
   * @param {object} callbacks
   * @param {(room: string) => boolean} callbacks.mayPost whether the room is ours again, and its messages
   *   are here: one of ours may have been posted before the connection was lost
   * @param {(room: string, seq: number) => boolean} callbacks.isHere whether no event with this seq is to come
   * @param {(room: string, error?: ChatError) => void} callbacks.answered a message was posted there, or refused
   * @param {(room: string) => void} callbacks.changed what is on its way there
   * @param {() => void} callbacks.delayed `isDelayed` may be another one
   * @param {Clock} clock
   * @param {() => number} random from 0 to 1
   */
  constructor(session, outbox, { mayPost, isHere, answered, changed, delayed }, clock, random) {
    this.#session = session;
    this.#outbox = outbox;
    this.#mayPost = mayPost;
    this.#isHere = isHere;
    this.#answered = answered;
    this.#changed = changed;
    this.#delayed = delayed;
    this.#patience = new Patience(clock, random, () => this.send());
  }

  /** Whether something waits because the server could not take what was said there. */
  get isDelayed() {
    return this.#patience.rooms.some((room) => this.#outbox.of(room).some(({ failure }) => !failure));
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
   * @param {{replyTo?: number, me?: boolean, files?: FileSummary[], nonce?: string}} [how]
   * @returns {Post}
   */
  add(room, said, at, { replyTo, me, files, nonce = this.#nonces.next() } = {}) {
    const answers = replyTo !== undefined && { replyTo };
    const more = { ...answers, ...(me && { me }), ...(files?.length && { files }) };
    const post = { nonce, room, text: inert(said), at, ...more };
    this.#outbox.add(post);
    this.#changed(room);
    this.send();
    return post;
  }

  /** What was sent on an earlier connection may be lost: all is sent again. */
  sendAgain() {
    this.#sent.clear();
    this.#patience.clear();
    this.#sentBytes = 0;
    this.send();
  }

  /** Send what may be sent now. */
  send() {
    if (!this.#session.isOnline) return;
    for (const post of this.#outbox) {
      if (this.#sent.size >= UNACKNOWLEDGED_MAX) return;
      if (post.failure !== undefined || this.#sent.has(post.nonce)) continue;
      if (!this.#maySend(post.room)) continue;
      const bytes = POST_BYTES + new TextEncoder().encode(post.text).length;
      if (this.#sent.size && this.#sentBytes + bytes > UNACKNOWLEDGED_BYTES_MAX) return;
      this.#sent.set(post.nonce, { room: post.room, bytes });
      this.#sentBytes += bytes;
      const { nonce, room, text, replyTo, me } = post;
      const files = post.files?.map(({ id }) => id);
      this.#session.ask({ type: "say", room, text, nonce, reply_to: replyTo, me, files }, "posting").then(
        ({ seq }) => this.#committed(post, seq),
        (error) => this.#refused(post, error),
      );
    }
  }

  /** @param {Post} post */
  #settle({ nonce }) {
    this.#sentBytes -= this.#sent.get(nonce)?.bytes ?? 0;
    this.#sent.delete(nonce);
  }

  /** @param {string} room */
  #maySend(room) {
    if (!this.#mayPost(room) || this.#patience.stops(room)) return false;
    return !this.#patience.tries(room) || !this.#isAwaited(room);
  }

  /**
   * @param {string} room
   * @returns {boolean} whether something sent there is not answered yet
   */
  #isAwaited(room) {
    return [...this.#sent.values()].some((sent) => sent.room === room);
  }

  /** Go on after an answer. @param {string} room */
  #goOn(room) {
    if (this.#patience.stops(room) && !this.#isAwaited(room)) this.#patience.wait(room);
    this.send();
  }

  /**
   * @param {Post} post
   * @param {number} seq
   */
  #committed(post, seq) {
    this.#settle(post);
    this.#answered(post.room);
    this.#patience.took(post.room);
    if (this.#outbox.remove(post.nonce)) {
      if (!this.#isHere(post.room, seq)) this.#awaited.push({ post, seq });
      this.#changed(post.room);
    }
    this.#goOn(post.room);
  }

  /**
   * @param {Post} post
   * @param {Error} error
   */
  #refused(post, error) {
    if (error instanceof ChatError && error.code === "offline") return; // sent again later
    this.#settle(post);
    if (error instanceof ChatError && isPassing(error.code)) {
      this.#patience.stop(post.room);
      this.#delayed();
    } else {
      if (error instanceof ChatError) this.#answered(post.room, error);
      this.#outbox.mark(post.nonce, error.message);
      this.#changed(post.room);
    }
    this.#goOn(post.room);
  }

  /**
   * See what came to a room.
   *
   * @param {string[]} nonces of own messages
   */
  arrived(nonces) {
    const here = this.#awaited.filter(({ post, seq }) => this.#isHere(post.room, seq));
    if (here.length) this.#awaited = this.#awaited.filter((one) => !here.includes(one));
    const settled = nonces.flatMap((nonce) => this.#outbox.remove(nonce) ?? []);
    const rooms = [...here.map(({ post }) => post), ...settled].map(({ room }) => room);
    for (const room of new Set(rooms)) this.#changed(room);
  }

  /** What was to be said in a room that is gone is not sent any more. @param {string} room */
  forget(room) {
    for (const { nonce } of this.#outbox.of(room)) this.#outbox.remove(nonce);
    this.#changed(room);
  }

  /** @param {string} nonce of a failed post */
  retry(nonce) {
    const post = this.#outbox.mark(nonce);
    if (post) this.#changed(post.room);
    this.send();
  }

  /** Whether it was sent on the connection that there is. @param {string} nonce */
  isSent(nonce) {
    return this.#session.isOnline && this.#sent.has(nonce);
  }

  /** @param {string} nonce of a post that failed, or is not sent */
  discard(nonce) {
    const post = this.#outbox.remove(nonce);
    if (post) this.#changed(post.room);
  }
}
