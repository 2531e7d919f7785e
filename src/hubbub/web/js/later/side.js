/**
 * A view beside the log, on phones above it: a message with its answers, what is pinned, or what a
 * message read before it was edited.
 */

import { el } from "../log/element.js";
import { part, setText } from "../views/page.js";
import { counted, refusal } from "../views/wording.js";
import { AnswerField } from "./answer-field.js";
import { SideList } from "./side-list.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {import("../views/threads.js").Hands} Hands
 * @typedef {() => unknown} Reopen
 */

const COVERS = "(max-width: 999px)"; // as in styles/side.css

export class Side {
  #chat;
  #hands;
  #title = el("h2", {});
  #count = el("p", { class: "count", role: "status" });
  #back = el(
    "button",
    { type: "button", class: "round", "aria-label": "Back" },
    el("i", { class: "icon back" }),
  );
  #rows = el("div", {});
  #note = el("p", { class: "count" });
  #more = el("button", { type: "button", class: "more" }, "Show more answers");
  #scrolled = el("div", { class: "scrolls", role: "group" }, this.#rows, this.#note, this.#more);
  #foot = el("footer", {});
  #element;
  #list;
  #field;
  /** @type {() => void} */
  #unsubscribe = () => {};
  /** @type {Reopen | null} opens once more what is open */
  #again = null;
  /** @type {Reopen | null} opens what was open before */
  #before = null;
  /** @type {() => void} */
  #further = () => {};

  /**
   * @param {Chat} chat
   * @param {Hands} hands
   */
  constructor(chat, hands) {
    this.#chat = chat;
    this.#hands = hands;
    const close = el(
      "button",
      { type: "button", class: "round", "aria-label": "Close" },
      el("i", { class: "icon close" }),
    );
    const header = el("header", {}, this.#back, this.#title, this.#count, close);
    this.#element = el("aside", { id: "side" }, header, this.#scrolled, this.#foot);
    this.#field = new AnswerField(chat, hands, () => this.#toEnd());
    this.#list = new SideList(this.#rows, this.#acts(hands.acts()), chat, (seq) => this.#jump(seq));
    close.addEventListener("click", () => this.close());
    this.#back.addEventListener("click", () => this.#goBack());
    this.#more.addEventListener("click", () => this.#further());
    this.#element.addEventListener("hubbub:leave-log", () => this.close());
    this.#element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.stopPropagation();
      this.close();
    });
  }

  /**
   * What can be done with messages here is what can be done in the log; where that is done elsewhere on the
   * page, a view that covers it closes first.
   * @param {import("./side-list.js").Acts} acts
   * @returns {import("./side-list.js").Acts}
   */
  #acts(acts) {
    /**
     * @template {unknown[]} Args
     * @param {(...args: Args) => void} act
     */
    const outside =
      (act) =>
      (/** @type {Args} */ ...args) => {
        this.#uncover();
        act(...args);
      };
    return {
      ...acts,
      reply: (message) => this.#field.isFor(message) || outside(acts.reply)(message),
      edit: outside(acts.edit),
      quote: outside(acts.quote),
      change: outside(acts.change),
      may: (deed, message) => this.#element.dataset.view !== "former" && acts.may(deed, message),
    };
  }

  /** Close what is open. */
  close() {
    if (!this.#element.isConnected) return;
    const hadFocus = this.#element.contains(document.activeElement);
    this.#unsubscribe();
    this.#element.remove();
    this.#again = null;
    if (hadFocus) part("message", HTMLElement).focus();
  }

  #goBack() {
    this.#again = null; // what is open now is left, and not to be gone back to
    void this.#before?.();
  }

  #uncover() {
    if (matchMedia(COVERS).matches) this.close();
  }

  /** @param {number} seq of a message in the room that is shown */
  #jump(seq) {
    this.#uncover();
    if (this.#chat.current) void this.#hands.jump({ room: this.#chat.current.name, seq });
  }

  #toEnd() {
    requestAnimationFrame(() => (this.#scrolled.scrollTop = this.#scrolled.scrollHeight));
  }

  /**
   * @param {string} title
   * @param {Reopen} again opens the same
   * @param {"thread" | "pins" | "former"} view
   */
  #open(title, again, view) {
    const isFromHere = this.#element.contains(document.activeElement);
    this.#before = isFromHere ? this.#again : null;
    this.#again = again;
    this.#element.dataset.view = view;
    this.#unsubscribe();
    setText(this.#title, title);
    this.#element.setAttribute("aria-label", title);
    this.#scrolled.setAttribute("aria-label", title);
    this.#back.hidden = !this.#before;
    this.#say("", "");
    this.#more.hidden = true;
    this.#foot.replaceChildren();
    this.#list.show({ messages: [] });
    // Before the composer, which stays the last text box of the page.
    if (!this.#element.isConnected) part("app", HTMLElement).prepend(this.#element);
    (this.#before ? this.#back : within(this.#element)).focus();
  }

  /** @param {string} count @param {string} note below the messages */
  #say(count, note) {
    setText(this.#count, count);
    setText(this.#note, note);
    this.#note.hidden = !note;
  }

  /** Draw whenever something in the chat changes, as long as the room is shown. @param {() => void} draw */
  #follow(draw) {
    const { current } = this.#chat;
    this.#unsubscribe = this.#chat.subscribe(() => {
      if (this.#chat.current === current) draw();
      else this.close();
    });
    draw();
  }

  // A message and its answers.

  /** @param {Message} message */
  async openThread(message) {
    const room = this.#chat.rooms.find(({ name }) => name === message.room);
    if (!room) return;
    /** @type {Map<number, Message>} */
    const answers = new Map();
    let [more, upto] = [false, 0];
    const bare = withoutCount();
    const draw = () => {
      const root = room.messages[room.indexOf(message.seq)] ?? message;
      for (const one of room.messages) if (one.reply_to === root.seq) answers.set(one.seq, one);
      for (const seq of answers.keys())
        answers.set(seq, nowOf(room, /** @type {Message} */ (answers.get(seq))));
      const all = [...answers.values()].filter(({ deleted }) => !deleted);
      all.sort((one, other) => one.seq - other.seq);
      const read = all.filter(({ seq }) => !more || seq <= upto);
      this.#say(counted(Math.max(root.replies ?? 0, all.length), "reply", "replies"), "");
      this.#more.hidden = !more;
      this.#list.show({
        messages: [bare(root), ...read],
        pending: room.pending.filter(({ replyTo }) => replyTo === root.seq),
        isBeside: true,
      });
    };
    const load = async () => {
      try {
        const page = await this.#chat.threads.replies(message, upto);
        for (const one of page.messages) answers.set(one.seq, one);
        more = page.more;
        upto = page.messages.at(-1)?.seq ?? upto;
        draw();
      } catch (error) {
        this.#hands.tell(refusal(error));
      }
    };
    this.#open("Thread", () => this.openThread(message), "thread");
    this.#further = () => void load();
    if (this.#chat.order.may("say", room)) this.#foot.append(this.#field.begin(room, message));
    this.#follow(draw);
    await load();
    this.#toEnd();
  }

  // What is pinned.

  /** @param {string} name of a room */
  async openPins(name) {
    const room = this.#chat.rooms.find((one) => one.name === name);
    if (!room) return;
    /** @type {Message[] | null} */
    let pinned = null;
    let seen = -1;
    const draw = () => {
      if (room.replica.repinned !== seen) void load();
      if (!pinned) return;
      const messages = pinned.map((one) => nowOf(room, one));
      this.#say(counted(messages.length, "message"), messages.length ? "" : "Nothing is pinned here.");
      this.#list.show({ messages, isBeside: true });
    };
    const load = async () => {
      seen = room.replica.repinned;
      try {
        ({ messages: pinned } = await this.#chat.threads.pins(name));
        draw();
      } catch (error) {
        this.#hands.tell(refusal(error));
      }
    };
    this.#open(`Pinned in ${room.title}`, () => this.openPins(name), "pins");
    this.#follow(draw);
  }

  // What a message read.

  /** @param {Message} message */
  async openRevisions(message) {
    const { texts, more } = await this.#chat.threads.revisions(message);
    this.#open("Before it was edited", () => this.openRevisions(message), "former");
    const { reactions: _, pinned: _is, replies: _has, edited: _when, ...rest } = message;
    const former = texts.map(({ at, text }, index) => ({ ...rest, seq: index - texts.length, at, text }));
    const now = { ...rest, at: message.edited ?? message.at };
    const lost = more ? "There are older texts, which are not told." : "";
    this.#say("", texts.length ? lost : "Nothing from before was kept.");
    this.#follow(() => {});
    this.#list.show({ messages: [...former, now] });
  }
}

/** @param {HTMLElement} element @returns {HTMLElement} the button that closes it */
const within = (element) => /** @type {HTMLElement} */ (element.querySelector("header button:last-child"));

/** @param {RoomState} room @param {Message} message @returns {Message} as it reads now, if it is here */
const nowOf = (room, message) => room.messages[room.indexOf(message.seq)] ?? message;

/** @returns {(message: Message) => Message} the message without the button that would open what is open */
function withoutCount() {
  /** @type {WeakMap<Message, Message>} the same one for the same one: what is equal is not drawn again */
  const known = new WeakMap();
  return (message) => {
    const { replies: _, ...rest } = message;
    const bare = known.get(message) ?? rest;
    known.set(message, bare);
    return bare;
  };
}
