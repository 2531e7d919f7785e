/** Notices above the composer. Each stays until the user has seen it. */

import { el } from "../log/element.js";
import { part } from "./page.js";
import { withNames } from "./wording.js";

const LOOK_MS = 500;
/** A notice counts as seen after this time in sight. */
const SEEN_MS = 4000;

/**
 * @typedef {{element: HTMLElement, seenMs: number}} Notice
 * @typedef {[label: string, run: () => unknown]} Act
 */

export class Notices {
  #list = part("notices", HTMLElement);
  /** @type {Map<string, Notice>} by what they say */
  #notices = new Map();
  /** @type {Set<string>} what holds as far as is known, whether or not its notice was dismissed */
  #holding = new Set();
  /** @type {number | undefined} */
  #looking;

  /**
   * @param {string} text one sentence or more; repeated, it counts as new
   * @param {readonly string[]} [names] in it, in order
   * @param {Act} [act] what the user can do then
   */
  tell(text, names = [], act = undefined) {
    this.#remove(text);
    const close = el(
      "button",
      { type: "button", class: "round", "aria-label": "Dismiss" },
      el("i", { class: "icon close" }),
    );
    close.addEventListener("click", () => this.#remove(text));
    const element = el("div", { class: "notice" }, el("p", {}, ...withNames(text, names)), close);
    if (act) {
      const button = el("button", { type: "button" }, act[0]);
      button.addEventListener("click", () => {
        this.#remove(text);
        act[1]();
      });
      close.before(button);
    }
    this.#notices.set(text, { element, seenMs: 0 });
    this.#list.append(element);
    this.#looking ??= setInterval(() => this.#look(), LOOK_MS);
  }

  /**
   * Tell something when it begins to hold, and take the notice away when it does not any more.
   * @param {string} text
   * @param {boolean} holds
   */
  tellWhile(text, holds) {
    if (holds === this.#holding.has(text)) return;
    if (holds) {
      this.#holding.add(text);
      this.tell(text);
    } else {
      this.#holding.delete(text);
      this.#remove(text);
    }
  }

  /** Remove the notices that were seen: the user goes on. */
  goOn() {
    for (const [text, { seenMs }] of this.#notices) if (seenMs >= SEEN_MS) this.#remove(text);
  }

  /** @returns {boolean} whether there was a notice to be dismissed */
  dismiss() {
    const wasTold = this.#notices.size > 0;
    for (const text of this.#notices.keys()) this.#remove(text);
    return wasTold;
  }

  #look() {
    const isInSight = this.#isInSight();
    let isUnseen = false;
    for (const notice of this.#notices.values()) {
      if (isInSight) notice.seenMs += LOOK_MS;
      isUnseen ||= notice.seenMs < SEEN_MS;
    }
    if (isUnseen) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  /** A hidden tab, another window, a dialog or an open drawer hides notices. */
  #isInSight() {
    const isLookedAt = document.hasFocus() && document.visibilityState === "visible";
    const isCovered = document.querySelector("dialog[open]") ?? this.#list.closest("[inert]");
    return isLookedAt && !isCovered && this.#list.checkVisibility();
  }

  /** @param {string} text */
  #remove(text) {
    this.#notices.get(text)?.element.remove();
    this.#notices.delete(text);
  }
}
