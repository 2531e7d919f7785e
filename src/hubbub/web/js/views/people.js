/** Lists the people in the room. */

import { el } from "../log/element.js";
import { oneLine } from "../markup/visible.js";
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
   * @param {Record<"direct" | "mention" | "profile", (name: string) => void>} callbacks
   */
  constructor(chat, { direct, mention, profile }) {
    this.#chat = chat;
    this.#list.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      const name = button?.closest("li")?.dataset.key;
      if (!button || !name) return;
      if (button.matches(".about")) profile(name);
      else (button.matches(".round") ? mention : direct)(name);
    });
  }

  /** Draw what changed. */
  update() {
    const room = this.#chat.current;
    if (!room) return;
    const { members, roster, title } = room;
    setText(
      within(this.#panel, "h2", HTMLElement),
      members.length ? `People · ${members.length}${roster.hasMore ? "+" : ""}` : "People",
    );
    setText(this.#leave, `Leave ${title}`);
    if (this.#me !== this.#chat.name) this.#list.replaceChildren();
    this.#me = this.#chat.name;
    const sorted = [...members, ...absent(room)].sort((one, other) => one.localeCompare(other));
    follow(
      this.#list,
      sorted,
      (name) => name,
      (name) => this.#rowOf(name),
      (row, name) => this.#mark(row, name),
    );
  }

  /** @param {string} name */
  #rowOf(name) {
    if (name === this.#chat.name)
      return el(
        "li",
        {},
        el(
          "p",
          { class: "titled" },
          el("span", { class: "name" }, el("bdi", {}, name), " (you)"),
          roleMark(),
        ),
      );
    const label = el("span", { class: "name" }, name);
    return el(
      "li",
      {},
      el("button", { title: `Write to ${name} alone` }, el("span", { class: "titled" }, label, roleMark())),
      el("button", { class: "round", "aria-label": `Mention ${name}` }, "@"),
      el("button", { class: "round about", "aria-label": `About ${name}` }, el("i", { class: "icon dots" })),
    );
  }

  /** Show what somebody is in the room. @param {HTMLElement} row @param {string} name */
  #mark(row, name) {
    const room = this.#chat.current;
    const mark = within(row, ".role", HTMLElement);
    if (!room) return;
    const member = room.roster.of(name);
    const what = [
      this.#chat.order.roleOf(room, name) ?? kindOf(member),
      member ? awayOf(member) : "not here",
    ];
    setText(mark, what.filter(Boolean).join(" · "));
    mark.hidden = !mark.textContent;
    row.classList.toggle("absent", !member || member.away === true);
  }
}

/**
 * @param {import("../chat/types.js").RoomState} room
 * @returns {string[]} members of a private room who are not here
 */
const absent = ({ rules: { members = [] }, roster }) => members.filter((name) => !roster.of(name));

/** @typedef {import("../chat/roster.js").Member} Member */

/** @param {Member} [member] @returns {string} what somebody without power is, as far as the server tells */
const kindOf = (member) => (member ? (member.kind ?? (member.person ? "" : "passing")) : "");

/** @param {Member} member */
const awayOf = ({ away, text }) => (away ? `away${text ? `: ${oneLine(text)}` : ""}` : "");

const roleMark = () => el("small", { class: "role" });
