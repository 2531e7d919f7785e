/**
 * Own messages on their way, in order; in storage before anything is sent.
 *
 * Each has a nonce, so the server posts it once, however often it is sent.
 */

/**
 * @typedef {import("./memory.js").Memory} Memory
 * @typedef {import("./types.js").Post} Post
 */

const KEY = "outbox";

export class Outbox {
  #memory;
  /** @type {Post[]} */
  #posts;

  /** @param {Memory} memory */
  constructor(memory) {
    this.#memory = memory;
    this.#posts = memory.get(KEY, []).filter(isPost);
  }

  /** @returns {readonly Post[]} all, in order */
  get posts() {
    return this.#posts;
  }

  /**
   * @param {string} room
   * @returns {readonly Post[]}
   */
  of(room) {
    return this.#posts.filter((post) => post.room === room);
  }

  /** @param {Post} post */
  add(post) {
    this.#keep([...this.#posts, post]);
  }

  /**
   * Forget a post: it is a message now, or is not wanted any more.
   *
   * @param {string} nonce
   * @returns {boolean} whether it was here
   */
  remove(nonce) {
    const left = this.#posts.filter((post) => post.nonce !== nonce);
    if (left.length === this.#posts.length) return false;
    this.#keep(left);
    return true;
  }

  /**
   * @param {string} nonce
   * @param {string} [failure] why it was refused; none: it is to be sent again
   */
  mark(nonce, failure) {
    this.#keep(this.#posts.map((post) => (post.nonce === nonce ? { ...post, failure } : post)));
  }

  /** @param {Post[]} posts */
  #keep(posts) {
    this.#posts = posts;
    this.#memory.set(KEY, posts);
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
