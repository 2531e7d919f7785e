/** Shows the room's title and topic, and the state of the connection. */

import { lineNode } from "../markup/dom.js";
import { oneLine } from "../markup/visible.js";
import { part, setText, within } from "./page.js";
import { described } from "./wording.js";

/** @typedef {import("../chat/chat.js").Chat} Chat */

const ADD = "Add a topic";
const COUNTDOWN_MS = 1000;

export class Header {
  #chat;
  #title = part("title", HTMLElement);
  #topic = part("topic", HTMLButtonElement);
  #connection = part("connection", HTMLElement);
  #status = within(this.#connection, "[role=status]", HTMLElement);
  #detail = within(this.#connection, "[aria-hidden]", HTMLElement);
  #remedy = within(this.#connection, "button", HTMLElement);
  /** @type {number | undefined} */
  #countdown;

  /** @param {Chat} chat */
  constructor(chat) {
    this.#chat = chat;
    this.#remedy.addEventListener("click", () => {
      if (chat.connection.phase === "elsewhere") chat.takeOver();
      else chat.retryNow();
    });
  }

  /** Draw what changed. */
  update() {
    const room = this.#chat.current;
    setText(this.#title, room?.title ?? "No room");
    const topic = oneLine(room?.topic ?? "");
    if (this.#topic.textContent !== (topic || ADD)) {
      this.#topic.replaceChildren(topic ? lineNode(topic) : ADD);
    }
    this.#topic.title = topic;
    const maySet = this.#chat.order.may("topic", room);
    this.#topic.disabled = !maySet;
    this.#topic.hidden = !room || room.isDirect || !(maySet || topic);
    // Proven by the messages themselves: each names the one before it.
    const { from, to } = room?.complete ?? { from: 0, to: 0 };
    this.#connection.title = to ? `All messages from ${from} to ${to} are here.` : "";
    if (room?.missing.length) {
      const parts = room.missing.map(({ after, upto }) => `${after + 1} to ${upto}`);
      this.#connection.title = `The server's log is damaged. Missing: ${parts.join(", ")}.`;
    }
    this.#drawConnection();
  }

  #drawConnection() {
    const { connection } = this.#chat;
    const { text, detail, remedy } = described(connection, Date.now());
    this.#connection.dataset.phase = connection.phase;
    setText(this.#status, text);
    setText(this.#detail, detail);
    setText(this.#remedy, remedy);
    this.#remedy.hidden = !remedy;
    clearTimeout(this.#countdown);
    if (connection.phase === "waiting") {
      this.#countdown = setTimeout(() => this.#drawConnection(), COUNTDOWN_MS);
    }
  }
}
