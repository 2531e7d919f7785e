/** Lists the people in the room. */

import { el } from "../log/element.js";
import { follow, part, setText, within } from "./page.js";

/** @typedef {import("../chat/chat.js").Chat} Chat */

export class People {
  #chat;
  #panel = part("people", HTMLElement);
  #list = part("members", HTMLElement);
  #me = "";
  #leave = within(part("leave", HTMLElement), "span", HTMLElement);

  /**
   * @param {Chat} chat
   * @param {{direct: (name: string) => void, mention: (name: string) => void}} callbacks
   */
  constructor(chat, { direct, mention }) {
    this.#chat = chat;
    this.#list.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      const name = button?.closest("li")?.dataset.key;
      if (button && name) (button.matches(".round") ? mention : direct)(name);
    });
  }

  /** Draw what changed. */
  update() {
    const room = this.#chat.current;
    if (!room) return;
    const { members, moreMembers, title } = room;
    setText(
      within(this.#panel, "h2", HTMLElement),
      members.length ? `People · ${members.length}${moreMembers ? "+" : ""}` : "People",
    );
    setText(this.#leave, `Leave ${title}`);
    if (this.#me !== this.#chat.name) this.#list.replaceChildren();
    this.#me = this.#chat.name;
    const sorted = [...members].sort((one, other) => one.localeCompare(other));
    follow(
      this.#list,
      sorted,
      (name) => name,
      (name) => this.#rowOf(name),
    );
  }

  /** @param {string} name */
  #rowOf(name) {
    if (name === this.#chat.name)
      return el("li", {}, el("p", { class: "name" }, el("bdi", {}, name), " (you)"));
    const label = el("span", { class: "name" }, name);
    return el(
      "li",
      {},
      el("button", { title: `Write to ${name} alone` }, label),
      el("button", { class: "round", "aria-label": `Mention ${name}` }, "@"),
    );
  }
}
