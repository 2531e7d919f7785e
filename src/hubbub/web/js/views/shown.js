/** Has the log show the room that the chat is in, and notes what the user has read there. */

import { part, setText } from "./page.js";
import { counted } from "./wording.js";

/** @typedef {import("../chat/types.js").RoomState} RoomState */

export class Shown {
  #chat;
  #log;
  #stopped;
  #newest = part("newest", HTMLElement);
  #element = part("log", HTMLElement);
  /** @type {RoomState | null} */
  #room = null;
  #hidden; // whose messages the log does not show

  /**
   * @param {import("../chat/chat.js").Chat} chat
   * @param {import("../log/log-view.js").LogView} log
   * @param {() => import("./stopped.js").Stopped} stopped
   */
  constructor(chat, log, stopped) {
    this.#chat = chat;
    this.#log = log;
    this.#stopped = stopped;
    this.#hidden = chat.people.ignored;
  }

  /** @returns {RoomState | null} the room that the log shows now */
  follow() {
    const { current, people } = this.#chat;
    if (people.ignored !== this.#hidden) this.#log.renew();
    this.#hidden = people.ignored;
    if (current === this.#room) this.#log.update();
    else if (current) this.#log.show(current);
    return (this.#room = current);
  }

  /** Note what the user has read. */
  see() {
    const { current: room, attentive, reading } = this.#chat;
    if (!room?.unread || room !== this.#log.room || room.bookmark.isHeld) return;
    if (!attentive || this.#stopped().isOpening) return;
    if (this.#log.isAtEnd) reading.read(room.name);
    else reading.readTo(room.name, this.#log.seen);
  }

  /** Note what the user has read, and offer the way to what is new. */
  look() {
    const room = this.#chat.current;
    if (!room) return;
    this.see();
    this.#stopped().draw();
    const { unread, pending } = room;
    this.#element.classList.toggle("reactless", !this.#chat.order.may("react", room));
    this.#newest.hidden = this.#log.isAtEnd;
    this.#newest.classList.toggle("unread", unread > 0);
    const failed = pending.filter(({ failure }) => failure !== undefined).length;
    this.#newest.classList.toggle("failed", failed > 0);
    if (failed) setText(this.#newest, `${counted(failed, "message")} not sent ↓`);
    else setText(this.#newest, unread ? `${counted(unread, "new message")} ↓` : "Newest ↓");
  }
}
