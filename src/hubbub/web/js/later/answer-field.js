/** The field in which one answers a message beside the log. */

import { el } from "../log/element.js";
import { oneLine } from "../markup/visible.js";
import { tooLong } from "../views/wording.js";

/**
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").RoomState} RoomState
 */

const BREAKS_LINES = "(pointer: coarse) and (hover: none)"; // where Enter begins a line, as in the composer

export class AnswerField {
  #chat;
  #hands;
  #said;
  #text = el("textarea", { rows: "1", dir: "auto", placeholder: "Reply" });
  #form;
  /** @type {{room: RoomState, message: Message} | null} */
  #answered = null;
  /** @type {Map<Message["seq"], string>} what was begun, by the message that it answers */
  #drafts = new Map();

  /**
   * @param {import("../chat/chat.js").Chat} chat
   * @param {import("../views/threads.js").Hands} hands
   * @param {() => void} said
   */
  constructor(chat, hands, said) {
    this.#chat = chat;
    this.#hands = hands;
    this.#said = said;
    const send = el(
      "button",
      { type: "submit", class: "round main", "aria-label": "Send the reply" },
      el("i", { class: "icon send" }),
    );
    this.#form = el("form", { class: "writing" }, this.#text, send);
    this.#text.addEventListener("input", () => this.#written());
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || matchMedia(BREAKS_LINES).matches) return;
      event.preventDefault();
      this.#form.requestSubmit();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  /**
   * Take answers to a message from now on.
   * @param {RoomState} room
   * @param {Message} message
   * @returns {HTMLElement} what is to be put into the page
   */
  begin(room, message) {
    this.#answered = { room, message };
    this.#text.value = this.#drafts.get(message.seq) ?? "";
    this.#text.setAttribute("aria-label", `Reply to ${oneLine(message.from)}`);
    requestAnimationFrame(() => {
      this.#grow();
      this.#text.focus();
    });
    return this.#form;
  }

  /** Go there, if it takes answers to this message. @param {Message} message @returns {boolean} whether it does */
  isFor({ seq }) {
    if (!this.#form.isConnected || this.#answered?.message.seq !== seq) return false;
    this.#text.focus();
    return true;
  }

  #written() {
    if (this.#answered) this.#drafts.set(this.#answered.message.seq, this.#text.value);
    this.#grow();
  }

  #grow() {
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }

  async #send() {
    if (!this.#answered) return;
    const { room, message } = this.#answered;
    const typed = this.#text.value;
    const said = (await this.#hands.ready(typed)).trim();
    const refused = this.#chat.order.silence(room) || tooLong(said, this.#chat.limits.text_bytes_max);
    if (refused) return this.#hands.tell(refused);
    if (!said || this.#text.value !== typed) return;
    this.#chat.say(room.name, said, { replyTo: message.seq });
    this.#text.value = "";
    this.#written();
    this.#said();
  }
}
