/** The composer's field: it grows with its text, follows its direction, and completes words. */

import { directionOf } from "../markup/direction.js";
import { complete } from "./completion.js";
import { part, setText } from "./page.js";
import { tooLong } from "./wording.js";

/**
 * @typedef {object} Known
 * @property {() => number} textBytesMax
 * @property {(name: string) => boolean} isName whether somebody in the room has this name
 * @property {() => string[]} names to be completed
 * @property {() => string[]} rooms to be completed
 * @property {() => import("./commands.js").Command[]} commands to be completed
 */

export class Field {
  #element = part("message", HTMLTextAreaElement);
  #limit = part("limit", HTMLElement);
  #known;
  #written;
  /** @type {{start: number, options: string[], at: number, text: string} | null} */
  #completion = null;

  /**
   * @param {Known} known
   * @param {() => void} written called when the user changed the text
   */
  constructor(known, written) {
    this.#known = known;
    this.#written = written;
    this.#element.addEventListener("input", () => this.#changed());
  }

  get text() {
    return this.#element.value;
  }

  /** Whether the server would refuse the text for its length; the page says so. */
  get isTooLong() {
    return this.#limit.textContent !== "";
  }

  /** @param {boolean} isEnabled */
  set isEnabled(isEnabled) {
    this.#element.disabled = !isEnabled;
  }

  /** @param {(event: KeyboardEvent) => boolean} act returns whether the key is done with */
  listen(act) {
    this.#element.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (act(event)) event.preventDefault();
    });
  }

  focus() {
    this.#element.focus();
  }

  /** @param {string} text what to write here */
  label(text) {
    if (this.#element.placeholder !== text) this.#element.ariaLabel = this.#element.placeholder = text;
  }

  /** @param {string} text in place of what is here */
  put(text) {
    this.#element.value = text;
    this.#draw();
  }

  /** @param {string} text put where the cursor is, with a space before it if a word ends there */
  insert(text) {
    this.focus();
    const before = this.#beforeCursor();
    this.#replace(`${/(^|\s)$/.test(before) ? "" : " "}${text}`, before.length);
  }

  /**
   * Complete what stands before the cursor, or go on to the next that it can become.
   * @returns {boolean} whether there is anything
   */
  complete() {
    const before = this.#beforeCursor();
    const last = this.#completion;
    if (last?.text === before) {
      if (last.options.length === 1) return false;
      last.at = (last.at + 1) % last.options.length;
    } else {
      const known = this.#known;
      const found = complete(before, known.names(), known.rooms(), known.commands());
      if (!found) return false;
      this.#completion = { ...found, at: 0, text: "" };
    }
    const { start, options, at } = /** @type {NonNullable<typeof last>} */ (this.#completion);
    this.#replace(options[at] ?? "", start);
    if (this.#completion) this.#completion.text = this.#beforeCursor();
    return true;
  }

  #beforeCursor() {
    return this.text.slice(0, this.#element.selectionStart);
  }

  /**
   * @param {string} text
   * @param {number} start of what it replaces, up to the cursor
   */
  #replace(text, start) {
    this.#element.setRangeText(text, start, this.#element.selectionStart, "end");
    this.#changed();
  }

  #changed() {
    this.#draw();
    this.#written();
  }

  #draw() {
    const { style } = this.#element;
    style.height = "auto";
    style.height = `${this.#element.scrollHeight}px`;
    this.#element.dir = directionOf(this.text, this.#known.isName);
    setText(this.#limit, tooLong(this.text, this.#known.textBytesMax()));
  }
}
