/** The composer's field: it grows with its text, follows its direction, and completes words. */

import { directionOf } from "../markup/direction.js";
import { complete, namesEmoji, offeredFor } from "./completion.js";
import { part, setText } from "./page.js";
import { Suggestions } from "./suggestions.js";
import { tooLong } from "./wording.js";

/**
 * @typedef {object} Limits
 * @property {() => number} textBytesMax
 * @property {(name: string) => boolean} isName whether somebody in the room has this name
 * @property {() => Promise<void>} loadEmoji
 * @typedef {Limits & import("./completion.js").Known} Known
 */

export class Field {
  #element = part("message", HTMLTextAreaElement);
  #limit = part("limit", HTMLElement);
  #split = part("split", HTMLElement);
  #asFile = part("as-file", HTMLElement);
  #known;
  #written;
  #suggestions = new Suggestions(this.#element, ({ start, options }, index) =>
    this.#replace(options[index]?.text ?? "", start),
  );
  /** @type {(import("./completion.js").Completion & {at: number, text: string}) | null} by Tab */
  #completion = null;
  #hushed = -1; // where the word begins for which the user closed the list

  /**
   * @param {Known} known
   * @param {() => void} written called when the user changed the text
   */
  constructor(known, written) {
    this.#known = known;
    this.#written = written;
    this.#element.addEventListener("input", () => this.#changed());
    this.#split.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  /**
   * What is to be done with a text that is too long.
   * @param {() => void} inParts
   * @param {() => void} asFile
   */
  onTooLong(inParts, asFile) {
    this.#split.addEventListener("click", inParts);
    this.#asFile.addEventListener("click", asFile);
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
      if (this.#suggested(event) || act(event)) event.preventDefault();
    });
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the list of suggestions had a use for a key
   */
  #suggested({ key, shiftKey, isComposing }) {
    if (shiftKey || isComposing) return false;
    if (key === "Escape" && this.#suggestions.isOpen) this.#hushed = this.#offered()?.start ?? -1;
    return this.#suggestions.press(key);
  }

  #offered() {
    return offeredFor(this.#beforeCursor(), this.#known);
  }

  /** Show what the word before the cursor can become. */
  #offer() {
    const offered = this.#offered();
    if (offered?.start !== this.#hushed) this.#hushed = -1;
    this.#suggestions.show(this.#hushed < 0 ? offered : null);
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
    this.#suggestions.show(null);
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
      const found = complete(before, this.#known);
      if (!found) return false;
      this.#completion = { ...found, at: 0, text: "" };
    }
    const { start, options, at } = /** @type {NonNullable<typeof last>} */ (this.#completion);
    this.#replace(options[at]?.text ?? "", start);
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
    this.#offer();
    if (namesEmoji(this.#beforeCursor())) void this.#known.loadEmoji().then(() => this.#offer());
  }

  #draw() {
    const { style } = this.#element;
    style.height = "auto";
    style.height = `${this.#element.scrollHeight}px`;
    this.#element.dir = directionOf(this.text, this.#known.isName);
    setText(this.#limit, tooLong(this.text, this.#known.textBytesMax()));
    this.#split.hidden = this.#asFile.hidden = !this.isTooLong;
  }
}
