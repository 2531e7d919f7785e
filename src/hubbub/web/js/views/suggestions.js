/**
 * The list above the field that shows what a word can become.
 *
 * It takes Enter only from a user who went into it with the arrow keys: a finished text is sent.
 */

import { el } from "../log/element.js";
import { part } from "./page.js";
import { counted } from "./wording.js";

/** @typedef {import("./completion.js").Completion} Completion */

export class Suggestions {
  #list = part("suggestions", HTMLElement);
  #count = part("suggested", HTMLElement);
  #field;
  #choose;
  /** @type {Completion | null} */
  #shown = null;
  #active = -1;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {(completion: Completion, index: number) => void} choose
   */
  constructor(field, choose) {
    this.#field = field;
    this.#choose = choose;
    // A press that took the focus would close a phone's keyboard.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", ({ target }) => {
      const option = target instanceof Element ? target.closest("li") : null;
      if (option) this.#take([...this.#list.children].indexOf(option));
    });
    field.addEventListener("blur", () => this.show(null));
  }

  get isOpen() {
    return this.#shown !== null;
  }

  /** @param {Completion | null} completion null: close the list */
  show(completion) {
    if (!completion && !this.#shown) return;
    this.#shown = completion;
    this.#list.hidden = !completion;
    this.#list.replaceChildren(...(completion?.options.map(optionOf) ?? []));
    this.#list.scrollTop = 0;
    this.#mark(-1);
    this.#count.textContent = completion
      ? `${counted(completion.options.length, "suggestion")}; Tab takes the first.`
      : "";
  }

  /**
   * @param {string} key
   * @returns {boolean} whether it is done with
   */
  press(key) {
    if (!this.#shown) return false;
    const count = this.#shown.options.length;
    switch (key) {
      case "ArrowDown":
        this.#mark((this.#active + 1) % count);
        return true;
      case "ArrowUp":
        this.#mark((Math.max(this.#active, 0) + count - 1) % count);
        return true;
      case "Enter":
        return this.#active >= 0 && this.#take(this.#active);
      case "Tab":
        return this.#active >= 0 && this.#take(this.#active);
      case "Escape":
        this.show(null);
        return true;
      default:
        return false;
    }
  }

  /** @param {number} index */
  #take(index) {
    const shown = this.#shown;
    this.show(null);
    if (shown?.options[index]) this.#choose(shown, index);
    return true;
  }

  /** @param {number} index */
  #mark(index) {
    this.#active = index;
    for (const [at, option] of [...this.#list.children].entries())
      option.setAttribute("aria-selected", `${at === index}`);
    this.#list.children[index]?.scrollIntoView({ block: "nearest" });
    if (index >= 0) this.#field.setAttribute("aria-activedescendant", `suggestion-${index}`);
    else this.#field.removeAttribute("aria-activedescendant");
  }
}

/**
 * @param {import("./completion.js").Option} option
 * @param {number} index
 */
function optionOf({ label, aside }, index) {
  const shown = el("li", { id: `suggestion-${index}`, role: "option" }, el("b", { dir: "auto" }, label));
  if (aside) shown.append(el("small", {}, aside));
  return shown;
}
