/** The panels beside the log. Where there is no room for one, it is a drawer over the log. */

import { part, within } from "./page.js";

const OPENERS = { rooms: "show-rooms", people: "show-people" };

/** @typedef {keyof typeof OPENERS} Panel */

export class Drawers {
  #app = part("app", HTMLElement);
  #main = part("main", HTMLElement);
  #wide = matchMedia("(min-width: 1000px)");

  constructor() {
    this.#app.toggleAttribute("data-people", this.#wide.matches);
    this.#wide.addEventListener("change", () => this.close());
    part(OPENERS.rooms, HTMLElement).addEventListener("click", () => this.#open("rooms"));
    part(OPENERS.people, HTMLElement).addEventListener("click", () => this.togglePeople());
    part("shade", HTMLElement).addEventListener("click", () => this.close());
    this.#app.addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
    this.#tell();
  }

  /** Show or hide who is here. */
  togglePeople() {
    if (!this.#wide.matches) this.#open("people");
    else this.#app.toggleAttribute("data-people");
    this.#tell();
  }

  /** Close the drawer, if one is open. */
  close() {
    const panel = /** @type {Panel | undefined} */ (this.#app.dataset.drawer);
    if (!panel) return;
    delete this.#app.dataset.drawer;
    this.#main.inert = false;
    part(OPENERS[panel], HTMLElement).focus();
    this.#tell();
  }

  /** @param {Panel} panel */
  #open(panel) {
    this.#app.dataset.drawer = panel;
    this.#main.inert = true;
    this.#tell();
    const drawer = part(panel === "rooms" ? "sidebar" : "people", HTMLElement);
    // Hidden elements cannot be focused; it is seen only from its next style on.
    requestAnimationFrame(() => within(drawer, "button:enabled", HTMLElement).focus());
  }

  #tell() {
    const { drawer, people } = this.#app.dataset;
    part(OPENERS.rooms, HTMLElement).ariaExpanded = `${drawer === "rooms"}`;
    const isOpen = this.#wide.matches ? people !== undefined : drawer === "people";
    part(OPENERS.people, HTMLElement).ariaExpanded = `${isOpen}`;
  }
}
