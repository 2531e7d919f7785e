/**
 * Own messages on their way, in order; in storage before anything is sent.
 *
 * Each has a nonce, so the server posts it once, however often it is sent. Each is an entry of its own
 * in the storage: to add or remove one costs the same however many there are, and no tab undoes what
 * another wrote.
 */

/**
 * @typedef {import("./memory.js").Memory} Memory
 * @typedef {import("./types.js").Post} Post
 * @typedef {{post: Post, key: string}} Entry
 */

const KEY = "outbox.";
const NUMBER_DIGITS = 12;

export class Outbox {
  #memory;
  #latest = 0;
  /** @type {Map<string, Entry>} by nonce */
  #entries = new Map();
  /** @type {Map<string, Map<string, Post>>} by room, then by nonce */
  #rooms = new Map();

  /** @param {Memory} memory */
  constructor(memory) {
    this.#memory = memory;
    for (const key of memory.keys(KEY).sort()) {
      const post = memory.get(key, {});
      if (isPost(post)) this.#hold(post, key);
      else memory.remove(key);
      this.#latest = Math.max(this.#latest, Number.parseInt(key.slice(KEY.length), 10) || 0);
    }
  }

  /** @returns {Generator<Post>} all, in order */
  *[Symbol.iterator]() {
    for (const { post } of this.#entries.values()) yield post;
  }

  /**
   * @param {string} room
   * @returns {readonly Post[]}
   */
  of(room) {
    return [...(this.#rooms.get(room)?.values() ?? [])];
  }

  /** @param {Post} post */
  add(post) {
    this.#latest += 1;
    // In the order of their keys; the nonce tells apart what two tabs add at once.
    const key = `${KEY}${`${this.#latest}`.padStart(NUMBER_DIGITS, "0")}.${post.nonce}`;
    this.#hold(post, key);
    this.#memory.set(key, post);
  }

  /**
   * @param {Post} post
   * @param {string} key
   */
  #hold(post, key) {
    this.#entries.set(post.nonce, { post, key });
    const posts = this.#rooms.get(post.room) ?? new Map();
    this.#rooms.set(post.room, posts.set(post.nonce, post));
  }

  /**
   * Forget a post: it is a message now, or is not wanted any more.
   *
   * @param {string} nonce
   * @returns {Post | undefined} which it was, if it was here
   */
  remove(nonce) {
    const entry = this.#entries.get(nonce);
    if (!entry) return undefined;
    this.#entries.delete(nonce);
    const { post, key } = entry;
    const posts = this.#rooms.get(post.room);
    posts?.delete(nonce);
    if (!posts?.size) this.#rooms.delete(post.room);
    this.#memory.remove(key);
    return post;
  }

  /**
   * @param {string} nonce
   * @param {string} [failure] why it was refused; none: it is to be sent again
   * @returns {Post | undefined} what it is now
   */
  mark(nonce, failure) {
    const entry = this.#entries.get(nonce);
    if (!entry) return undefined;
    const post = { ...entry.post, failure };
    this.#hold(post, entry.key);
    this.#memory.set(entry.key, post);
    return post;
  }
}

/**
 * @param {unknown} kept
 * @returns {kept is Post}
 */
function isPost(kept) {
  const { nonce, room, text, at } = /** @type {Partial<Post>} */ (kept ?? {});
  return [nonce, room, text].every((one) => typeof one === "string") && typeof at === "number";
}
