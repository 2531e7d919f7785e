/** What the user is told, above the composer. A notice stays until it was seen. */

import { el } from "../log/element.js";
import { part } from "./page.js";

const LOOK_MS = 500;
/** So long must a notice be in sight before it counts as seen. */
const SEEN_MS = 4000;

/** @typedef {{element: HTMLElement, seenMs: number}} Notice */

export class Notices {
  #list = part("notices", HTMLElement);
  /** @type {Map<string, Notice>} by what they say */
  #notices = new Map();
  /** @type {number | undefined} */
  #looking;

  /** @param {string} text one sentence or more; said again, it is as if it were new */
  tell(text) {
    this.#remove(text);
    const close = el(
      "button",
      { type: "button", class: "round", "aria-label": "Dismiss" },
      el("i", { class: "icon close" }),
    );
    close.addEventListener("click", () => this.#remove(text));
    const element = el("div", { class: "notice" }, el("p", { dir: "auto" }, text), close);
    this.#notices.set(text, { element, seenMs: 0 });
    this.#list.append(element);
    this.#looking ??= setInterval(() => this.#look(), LOOK_MS);
  }

  /** The user goes on: what they have seen is done with. */
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

  /** Nobody sees a notice in a tab that is hidden, under a dialog or beside an open drawer. */
  #isInSight() {
    const isCovered = document.querySelector("dialog[open]") ?? this.#list.closest("[inert]");
    return document.hasFocus() && !document.hidden && !isCovered && this.#list.checkVisibility();
  }

  /** @param {string} text */
  #remove(text) {
    this.#notices.get(text)?.element.remove();
    this.#notices.delete(text);
  }
}
