/** The screen before the chat: it asks for a name, or for the password of the room. */

import { invitationIn } from "./address.js";
import { onClick, part, setText } from "./page.js";
import { tryingAgain } from "./wording.js";

/** @typedef {import("../chat/chat.js").Chat} Chat */

const ASKING = {
  name: { label: "Your name", type: "text", autocomplete: "nickname", verb: "Join" },
  password: {
    label: "Password of the chatroom",
    type: "password",
    autocomplete: "current-password",
    verb: "Enter",
  },
  login: { label: "Password", type: "password", autocomplete: "current-password", verb: "Log in" },
  code: {
    label: "Code from your other device",
    type: "text",
    autocomplete: "one-time-code",
    verb: "Link this device",
  },
  invitation: { label: "Invitation, or its address", type: "text", autocomplete: "off", verb: "Go on" },
};

const NEWCOMER = "new device"; // until the other device has said whose it is
const NAME_FIRST = "Type your name first, then choose this again.";
const AGREE = "Agree on the other device.";

/** @typedef {keyof typeof ASKING} Asking */

export class Entrance {
  #chat;
  #screen = part("entrance", HTMLElement);
  #label = part("asked", HTMLElement);
  #field = part("answer", HTMLInputElement);
  #refusal = part("refusal", HTMLElement);
  #enter = part("enter", HTMLButtonElement);
  #another = part("another", HTMLElement);
  #ways = part("known", HTMLElement);
  #invited = part("invited", HTMLElement);
  #remember = part("remember", HTMLInputElement);
  /** @type {Asking | undefined} */
  #asking;
  /** @type {Asking} in which the user says that it is their name */
  #way = "name";
  #name = ""; // which then is theirs
  #missing = ""; // a sentence that says what the user must type before that
  #code = ""; // of another device, that came with the address
  #invitation;
  /** @type {import("../chat/types.js").Connection | null} as it was drawn the last time */
  #known = null;
  /** @type {import("../chat/types.js").Connection | null} when the user chose a way: its refusal was of another */
  #past = null;

  /** @param {Chat} chat @param {import("./address.js").Brought} brought */
  constructor(chat, { invite = "", link = "" }) {
    this.#chat = chat;
    this.#invitation = invite;
    this.#code = link;
    if (link) this.#begin("code");
    part("asking", HTMLElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const answer = this.#field.value;
      this.#field.disabled = true; // what is typed from now on is for the chat
      this.#answer(answer);
    });
    this.#another.addEventListener("click", () => {
      this.#way = "name";
      chat.quit();
      this.update();
    });
    for (const [id, way] of /** @type {const} */ ([
      ["log-in", "login"],
      ["use-code", "code"],
      ["use-invitation", "invitation"],
    ])) {
      onClick(id, () => {
        this.#begin(way);
        this.update();
        this.#field.focus();
      });
    }
    this.#ways.inert = false;
  }

  /** Take over the form that came with the document: a name may stand in it already. */
  open() {
    const typed = this.#field.value;
    this.update();
    if (!typed) return;
    this.#field.value = typed;
    if ("asked" in document.documentElement.dataset) part("asking", HTMLFormElement).requestSubmit();
  }

  /** The user is in already. */
  close() {
    this.#show(false);
  }

  /** @param {Asking} way */
  #begin(way) {
    const name = this.#field.value.trim() || this.#chat.name;
    this.#past = this.#chat.connection;
    this.#missing = way === "login" && !name ? NAME_FIRST : "";
    if (this.#missing) return;
    this.#way = way;
    this.#name = name || NEWCOMER;
  }

  /** @param {string} answer */
  #answer(answer) {
    const name = this.#name;
    const isRemembered = this.#remember.checked;
    switch (this.#asking) {
      case "password":
        return this.#chat.unlock(answer);
      case "login":
        return this.#chat.start(name, { proof: { type: "login", name, password: answer }, isRemembered });
      case "code":
        return this.#chat.start(name, { proof: { type: "link", code: answer }, isRemembered });
      case "invitation":
        this.#invitation = invitationIn(answer);
        this.#way = "name";
        return this.update();
      default: {
        const invitation = this.#invitation;
        /** @type {import("../chat/admission.js").Proof | undefined} */
        const proof = invitation ? { type: "identify", invitation } : undefined;
        return this.#chat.start(answer.trim(), { proof, isRemembered });
      }
    }
  }

  /** Whether this screen is shown, and not the chat. */
  get isOpen() {
    return this.#screen.isConnected;
  }

  /** Draw what changed. */
  update() {
    const { connection, current } = this.#chat;
    const { phase, sentence, code } = connection;
    if (connection !== this.#known && code === "wrong_invitation") this.#invitation = "";
    this.#known = connection;
    const wasOpen = this.isOpen;
    const isAsking = ["out", "refused", "locked"].includes(phase);
    // This screen stays until the server lets the user in: a refusal must not flash the chat.
    // A name that is kept for somebody lets nobody in either: it is tried again by itself.
    const isTrying = phase === "waiting" && wasOpen && sentence !== "";
    const isEntering =
      phase === "connecting" ? wasOpen || !current : phase === "waiting" && (!current || isTrying);
    this.#show(isAsking || isEntering);
    if (!this.isOpen) {
      this.#asking = undefined;
      this.#way = "name";
      this.#invitation = this.#code = "";
      return;
    }
    const asking = phase === "locked" ? "password" : this.#way;
    if (asking !== this.#asking && !(isEntering && this.#asking)) this.#ask(asking);
    const trouble = phase === "waiting" ? tryingAgain(sentence) : "";
    const isLinking = isEntering && asking === "code";
    const isPast = connection === this.#past || (code === "wrong_invitation" && this.#invitation);
    const refusal = !isAsking ? "" : isPast ? this.#missing : sentence;
    setText(this.#refusal, isAsking ? refusal : isLinking ? AGREE : trouble);
    this.#field.ariaInvalid = `${refusal !== ""}`;
    this.#field.disabled = this.#enter.disabled = isEntering;
    this.#invited.hidden = asking !== "name" || !this.#invitation;
    this.#another.hidden = asking === "name" && !isTrying;
    this.#ways.hidden = !(asking === "name" && isAsking);
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

  /** The name that was typed before another way was tried, or that of the last time. */
  get #nameSoFar() {
    return this.#name && this.#name !== NEWCOMER ? this.#name : this.#chat.rememberedName;
  }

  /** @param {keyof typeof ASKING} asking */
  #ask(asking) {
    const { label, type, autocomplete } = ASKING[asking];
    this.#asking = asking;
    this.#label.textContent = asking === "login" ? `Password of ${this.#name}` : label;
    this.#field.type = type;
    this.#field.setAttribute("autocomplete", autocomplete);
    this.#field.value = asking === "name" ? this.#nameSoFar : asking === "code" ? this.#code : "";
    this.#field.select();
  }
}
