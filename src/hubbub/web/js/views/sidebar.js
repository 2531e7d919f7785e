/** Lists the rooms, with what is unread or unsent in each. */

import { el } from "../log/element.js";
import { follow, part, setText } from "./page.js";
import { counted } from "./wording.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/types.js").RoomState} RoomState
 */

const BADGE_MAX = 99;

export class Sidebar {
  #chat;
  #rooms = part("rooms", HTMLElement);
  #directs = part("directs", HTMLElement);
  #me = part("me", HTMLElement);

  /**
   * @param {Chat} chat
   * @param {(room: RoomState) => void} show
   */
  constructor(chat, show) {
    this.#chat = chat;
    for (const list of [this.#rooms, this.#directs]) {
      list.addEventListener("click", ({ target }) => {
        const key = target instanceof Element ? target.closest("li")?.dataset.key : undefined;
        const room = chat.rooms.find(({ name }) => name === key);
        if (room) show(room);
      });
    }
  }

  /** Draw what changed. */
  update() {
    setText(this.#me, this.#chat.name);
    for (const [list, isDirect] of /** @type {const} */ ([
      [this.#rooms, false],
      [this.#directs, true],
    ])) {
      const rooms = this.#chat.rooms.filter((room) => room.isDirect === isDirect && this.#isOfUse(room));
      follow(
        list,
        rooms,
        ({ name }) => name,
        rowOf,
        (row, room) => this.#draw(row, room),
      );
    }
  }

  /**
   * Anybody can open a private room with us, so an empty one is not listed.
   * @param {RoomState} room
   */
  #isOfUse(room) {
    const isSilent = !room.messages.length && !room.pending.length && !room.draft;
    return !(room.isDirect && isSilent && room !== this.#chat.current);
  }

  /**
   * @param {HTMLElement} row
   * @param {RoomState} room
   */
  #draw(row, { name, title, unread, mentions, pending, isPrivate }) {
    const button = /** @type {HTMLElement} */ (row.firstElementChild);
    const [lock, label, badge, meaning] = /** @type {HTMLElement[]} */ ([...button.children]);
    if (!lock || !label || !badge || !meaning) return;
    lock.hidden = !isPrivate;
    button.ariaCurrent = name === this.#chat.current?.name ? "true" : null;
    button.classList.toggle("unread", unread > 0);
    setText(label, title);
    const failed = pending.filter(({ failure }) => failure !== undefined).length;
    setText(badge, failed ? "!" : unread > BADGE_MAX ? `${BADGE_MAX}+` : `${unread}`);
    setText(meaning, meaningOf(unread, mentions, failed));
    badge.hidden = meaning.hidden = !unread && !failed;
    badge.classList.toggle("mention", mentions > 0);
    badge.classList.toggle("failed", failed > 0);
  }
}

/**
 * Return what a badge says to screen readers.
 * @param {number} unread
 * @param {number} mentions
 * @param {number} failed own messages
 */
function meaningOf(unread, mentions, failed) {
  const parts = [];
  if (failed) parts.push(`${counted(failed, "message")} not sent`);
  if (unread) parts.push(failed ? `${unread} unread` : "unread");
  if (mentions) parts.push(counted(mentions, "mention"));
  return parts.join(", ");
}

const rowOf = () =>
  el(
    "li",
    {},
    el(
      "button",
      {},
      el("i", { class: "icon padlock", role: "img", "aria-label": "private" }),
      ...["name", "badge", "unseen"].map((look) => el("span", { class: look })),
    ),
  );
