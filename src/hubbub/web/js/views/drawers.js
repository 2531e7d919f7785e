/**
 * The panels beside the log. In a narrow window they are drawers over the log.
 *
 * An open drawer makes everything that it covers inert, and Tab stays in it. When it closes, the
 * focus returns to the button that opened it.
 */

import { part } from "./page.js";
import { cover } from "./places.js";

/** The button that opens each panel, and the width from which on it is a column. */
const PANELS = {
  rooms: { id: "sidebar", opener: "show-rooms", column: "(min-width: 720px)" },
  people: { id: "people", opener: "show-people", column: "(min-width: 1000px)" },
};

/** @typedef {keyof typeof PANELS} Panel */

export class Drawers {
  #app = part("app", HTMLElement);
  #shade = part("shade", HTMLElement);
  /** @type {Panel | null} */
  #open = null;

  constructor() {
    this.#app.toggleAttribute("data-people", isColumn("people"));
    for (const panel of /** @type {Panel[]} */ (Object.keys(PANELS))) {
      part(PANELS[panel].opener, HTMLElement).addEventListener("click", () => this.toggle(panel));
      matchMedia(PANELS[panel].column).addEventListener("change", () => {
        this.close();
        this.#tell();
      });
    }
    this.#shade.addEventListener("click", () => this.close());
    // On the document: if the focused element is gone, keys are pressed on the body.
    document.addEventListener("keydown", (event) => this.#pressed(event));
    this.#tell();
  }

  /**
   * Show or hide a panel.
   * @param {Panel} panel
   */
  toggle(panel) {
    if (!isColumn(panel)) this.#show(panel);
    else if (panel === "people") this.#app.toggleAttribute("data-people");
    this.#tell();
  }

  /** Close the drawer, if one is open; tells whether one was. */
  close() {
    const panel = this.#open;
    if (!panel) return false;
    this.#open = null;
    delete this.#app.dataset.drawer;
    this.#cover(null);
    const opener = part(PANELS[panel].opener, HTMLElement);
    // A window that became wider has no such button any more.
    (opener.checkVisibility() ? opener : part("message", HTMLElement)).focus();
    this.#tell();
    return true;
  }

  /** @param {Panel} panel */
  #show(panel) {
    this.#open = panel;
    this.#app.dataset.drawer = panel;
    cover();
    const drawer = part(PANELS[panel].id, HTMLElement);
    this.#cover(drawer);
    // It takes the focus at once, because it is visible from the start of its transition: see
    // styles/layout.css.
    stops(drawer)[0]?.focus();
  }

  /** @param {HTMLElement | null} drawer which covers all else; null: nothing does */
  #cover(drawer) {
    for (const child of this.#app.children) {
      if (child instanceof HTMLElement && child !== this.#shade)
        child.inert = drawer !== null && child !== drawer;
    }
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (!this.#open || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") this.close();
    else if (event.key !== "Tab" || !this.#isLeaving(event.shiftKey)) return;
    event.preventDefault();
  }

  /**
   * Move the focus from one end of the drawer to the other, where Tab would leave it.
   * @param {boolean} isBackward
   */
  #isLeaving(isBackward) {
    const drawer = part(PANELS[/** @type {Panel} */ (this.#open)].id, HTMLElement);
    const all = stops(drawer);
    const [first, last] = isBackward ? [all.at(-1), all[0]] : [all[0], all.at(-1)];
    const isInside = drawer.contains(document.activeElement);
    if (isInside && document.activeElement !== last) return false;
    first?.focus();
    return true;
  }

  #tell() {
    for (const panel of /** @type {Panel[]} */ (Object.keys(PANELS))) {
      const isShown = isColumn(panel)
        ? panel === "rooms" || this.#app.dataset.people !== undefined
        : this.#open === panel;
      part(PANELS[panel].opener, HTMLElement).ariaExpanded = `${isShown}`;
    }
  }
}

/** @param {Panel} panel */
const isColumn = (panel) => matchMedia(PANELS[panel].column).matches;

/**
 * @param {HTMLElement} drawer
 * @returns {HTMLElement[]} where Tab stops in it
 */
const stops = (drawer) =>
  [.../** @type {NodeListOf<HTMLElement>} */ (drawer.querySelectorAll("button:not([disabled])"))].filter(
    (button) => button.checkVisibility({ visibilityProperty: true }),
  );
