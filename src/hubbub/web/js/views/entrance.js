/** The screen before the chat: it asks for a name, or for the password of the room. */

import { part, setText } from "./page.js";

/** @typedef {import("../chat/chat.js").Chat} Chat */

const ASKING = {
  name: { label: "Your name", type: "text", autocomplete: "nickname", verb: "Join" },
  password: {
    label: "Password of this room",
    type: "password",
    autocomplete: "current-password",
    verb: "Enter",
  },
};

export class Entrance {
  #chat;
  #screen = part("entrance", HTMLElement);
  #label = part("asked", HTMLElement);
  #field = part("answer", HTMLInputElement);
  #refusal = part("refusal", HTMLElement);
  #enter = part("enter", HTMLButtonElement);
  #another = part("another", HTMLElement);
  /** @type {keyof typeof ASKING | undefined} */
  #asking;

  /** @param {Chat} chat */
  constructor(chat) {
    this.#chat = chat;
    part("asking", HTMLElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const answer = this.#field.value;
      this.#field.disabled = true; // what is typed from now on is for the chat
      if (this.#asking === "password") chat.unlock(answer);
      else chat.start(answer.trim());
    });
    this.#another.addEventListener("click", () => chat.quit());
    this.#show(false);
    this.#screen.hidden = false;
  }

  /** Whether this screen is shown, and not the chat. */
  get isOpen() {
    return this.#screen.isConnected;
  }

  /** Draw what changed. */
  update() {
    const { connection, current } = this.#chat;
    const { phase, sentence } = connection;
    const wasOpen = this.isOpen;
    const isAsking = ["out", "refused", "locked"].includes(phase);
    // This screen stays until the server lets the user in: a refusal must not flash the chat.
    const isEntering =
      phase === "connecting" ? wasOpen || !current : phase === "waiting" && !current;
    this.#show(isAsking || isEntering);
    if (!this.isOpen) {
      this.#asking = undefined;
      return;
    }
    const asking = phase === "locked" ? "password" : "name";
    if (asking !== this.#asking && !(isEntering && this.#asking)) this.#ask(asking);
    const trouble = phase === "waiting" ? sentence || "The server does not answer. Trying again …" : "";
    setText(this.#refusal, isAsking ? sentence : trouble);
    this.#field.ariaInvalid = `${isAsking && sentence !== ""}`;
    this.#field.disabled = this.#enter.disabled = isEntering;
    setText(this.#enter, isEntering ? "Connecting …" : ASKING[asking].verb);
    if (!wasOpen || isAsking) this.#field.select();
  }

  /**
   * Put the screen into the page, or take it out: hidden, its field would still be in the page.
   * @param {boolean} isShown
   */
  #show(isShown) {
    if (!isShown) this.#screen.remove();
    else if (!this.isOpen) document.body.prepend(this.#screen);
  }

  /** @param {keyof typeof ASKING} asking */
  #ask(asking) {
    const { label, type, autocomplete } = ASKING[asking];
    this.#asking = asking;
    this.#label.textContent = label;
    this.#field.type = type;
    this.#field.setAttribute("autocomplete", autocomplete);
    this.#field.value = asking === "name" ? this.#chat.rememberedName : "";
    this.#another.hidden = asking === "name";
    this.#field.select();
  }
}
