/** The messages that a search found, to be walked through beside the log. */

import { part, setText } from "./page.js";

/**
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {object} Found
 * @property {string} title what was searched for
 * @property {Message[]} messages the newest first
 * @property {() => Promise<Message[]>} further what comes after these; none at the end
 * @property {() => boolean} isWhole whether it is known that there are no others
 * @property {(at: number) => void} again shows the whole list again
 */

export class Hits {
  #bar = part("hits", HTMLElement);
  #buttons = [...this.#bar.querySelectorAll("button")];
  #jump;
  #attempt;
  /** @type {Found | null} */
  #found = null;
  #at = 0;

  /**
   * @param {(message: Message) => Promise<unknown>} jump
   * @param {(doing: Promise<unknown>) => Promise<unknown>} attempt
   */
  constructor(jump, attempt) {
    this.#jump = jump;
    this.#attempt = attempt;
    const acts = [
      () => this.step(-1),
      () => this.step(1),
      () => this.#found?.again(this.#at),
      () => this.close(),
    ];
    this.#buttons.forEach((button, at) => button.addEventListener("click", acts[at] ?? (() => {})));
  }

  /**
   * Begin with one of them.
   * @param {Found} found
   * @param {number} at
   */
  begin(found, at) {
    this.#found = found;
    return this.#go(at);
  }

  /**
   * Go to an older one, or to a newer one if negative; tells whether there are any.
   * @param {number} steps
   */
  step(steps) {
    if (this.#found) void this.#attempt(this.#stepped(this.#found, this.#at + steps));
    return this.#found !== null;
  }

  /**
   * @param {Found} found
   * @param {number} at
   */
  async #stepped(found, at) {
    if (at >= found.messages.length) found.messages.push(...(await found.further()));
    if (found === this.#found) await this.#go(Math.min(Math.max(at, 0), found.messages.length - 1));
  }

  /** @param {number} at */
  async #go(at) {
    this.#at = at;
    this.#draw();
    const message = this.#found?.messages[at];
    if (message) await this.#jump(message);
  }

  close() {
    this.#found = null;
    this.#draw();
  }

  #draw() {
    const found = this.#found;
    this.#bar.hidden = !found;
    if (!found) return;
    const { messages, title } = found;
    const isWhole = found.isWhole();
    const told = /** @type {HTMLElement} */ (this.#bar.querySelector("p"));
    setText(told, `${this.#at + 1} of ${messages.length}${isWhole ? "" : "+"} for ${title}`);
    const [newer, older] = this.#buttons;
    if (newer) newer.disabled = this.#at === 0;
    if (older) older.disabled = isWhole && this.#at === messages.length - 1;
  }
}
