/**
 * A view beside the log, on phones above it: a message with its answers, what is pinned, or what a
 * message read before it was edited.
 */

import { el } from "../log/element.js";
import { filesOf } from "../log/files.js";
import { colourOf } from "../log/person.js";
import { dayAndClock } from "../log/times.js";
import { nodesOf } from "../markup/dom.js";
import { blocksOf } from "../markup/markup.js";
import { oneLine } from "../markup/visible.js";
import { copy } from "../views/clipboard.js";
import { part } from "../views/page.js";
import { counted, refusal, tooLong } from "../views/wording.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").Post} Post
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {import("../views/threads.js").Hands} Hands
 */

export class Side {
  #chat;
  #hands;
  /** @type {HTMLElement | null} */
  #element = null;
  /** @type {() => void} */
  #unsubscribe = () => {};

  /**
   * @param {Chat} chat
   * @param {Hands} hands
   */
  constructor(chat, hands) {
    this.#chat = chat;
    this.#hands = hands;
  }

  /** Close what is open. */
  close() {
    if (!this.#element) return;
    const hadFocus = this.#element.contains(document.activeElement);
    this.#unsubscribe();
    this.#element.remove();
    this.#element = null;
    if (hadFocus) part("message", HTMLElement).focus();
  }

  /**
   * @param {string} title
   * @param {() => void} update called when anything in the chat changed
   * @returns {{list: HTMLElement, foot: HTMLElement}} where messages go, and what stands below them
   */
  #open(title, update) {
    this.close();
    const close = el(
      "button",
      { type: "button", class: "round", "aria-label": "Close" },
      el("i", { class: "icon close" }),
    );
    const list = el("div", { class: "scrolls", role: "group", "aria-label": title, tabindex: "0" });
    const foot = el("footer", {});
    const header = el("header", {}, el("h2", {}, title), close);
    this.#element = el("aside", { id: "side", "aria-label": title }, header, list, foot);
    close.addEventListener("click", () => this.close());
    this.#element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    const { current } = this.#chat;
    this.#unsubscribe = this.#chat.subscribe(() => {
      if (this.#chat.current === current) update();
      else this.close();
    });
    // Before the composer, which stays the last text box of the page.
    part("app", HTMLElement).prepend(this.#element);
    close.focus();
    return { list, foot };
  }

  // A message and its answers.

  /** @param {Message} message */
  async openThread(message) {
    const room = this.#chat.rooms.find(({ name }) => name === message.room);
    if (!room) return;
    /** @type {Map<number, Message>} */
    const answers = new Map();
    let [root, more, upto] = [message, false, 0];
    const next = el("button", { type: "button" }, "Show more answers");
    const draw = () => {
      root = room.messages[room.indexOf(root.seq)] ?? root;
      for (const one of room.messages) if (one.reply_to === root.seq) answers.set(one.seq, one);
      for (const seq of answers.keys()) {
        const now = room.messages[room.indexOf(seq)];
        if (now) answers.set(seq, now);
      }
      const all = [...answers.values()].sort((one, other) => one.seq - other.seq);
      const pending = room.pending.filter(({ replyTo }) => replyTo === root.seq);
      const read = all.filter(({ seq }) => !more || seq <= upto);
      const count = counted(Math.max(root.replies ?? 0, all.length), "reply", "replies");
      list.replaceChildren(
        this.#shown(root),
        el("p", { class: "count", role: "status" }, count),
        ...read.map((one) => this.#shown(one)),
        ...(more ? [next] : []),
        ...all.slice(read.length).map((one) => this.#shown(one)),
        ...pending.map((post) => this.#pending(post)),
      );
    };
    const load = async () => {
      try {
        const page = await this.#chat.threads.replies(root, upto);
        for (const one of page.messages) answers.set(one.seq, one);
        upto = page.messages.at(-1)?.seq ?? upto;
        more = page.more;
        draw();
      } catch (error) {
        this.#hands.tell(refusal(error));
      }
    };
    const { list, foot } = this.#open("Replies", draw);
    next.addEventListener("click", () => void load());
    if (this.#chat.order.may("say", room)) foot.append(this.#field(room, message, list));
    draw();
    foot.querySelector("textarea")?.focus();
    await load();
    list.scrollTop = list.scrollHeight;
  }

  /**
   * @param {RoomState} room
   * @param {Message} message which is answered
   * @param {HTMLElement} list
   */
  #field(room, message, list) {
    const text = el("textarea", {
      rows: "1",
      dir: "auto",
      "aria-label": `Reply to ${oneLine(message.from)}`,
      placeholder: "Reply",
    });
    const send = el(
      "button",
      { type: "submit", class: "round main", "aria-label": "Send the reply" },
      el("i", { class: "icon send" }),
    );
    const form = el("form", { class: "writing" }, text, send);
    const grow = () => {
      text.style.height = "auto";
      text.style.height = `${text.scrollHeight}px`;
    };
    text.addEventListener("input", grow);
    text.addEventListener("keydown", (event) => {
      if (
        event.key !== "Enter" ||
        event.shiftKey ||
        matchMedia("(pointer: coarse) and (hover: none)").matches
      )
        return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const typed = text.value;
      const said = (await this.#hands.ready(typed)).trim();
      const refused = this.#chat.order.silence(room) || tooLong(said, this.#chat.limits.text_bytes_max);
      if (refused) return this.#hands.tell(refused);
      if (!said || text.value !== typed) return;
      this.#chat.say(room.name, said, { replyTo: message.seq });
      text.value = "";
      grow();
      requestAnimationFrame(() => (list.scrollTop = list.scrollHeight));
    });
    return form;
  }

  // What is pinned.

  /** @param {RoomState} room */
  async openPins(room) {
    let seen = room.replica.repinned;
    const { list } = this.#open(`Pinned in ${room.title}`, () => {
      if (room.replica.repinned !== seen) void load();
    });
    const load = async () => {
      seen = room.replica.repinned;
      try {
        const { messages } = await this.#chat.threads.pins(room.name);
        const rows = messages.map((one) => this.#shown(one));
        list.replaceChildren(
          ...(rows.length ? rows : [el("p", { class: "count" }, "Nothing is pinned here.")]),
        );
      } catch (error) {
        this.#hands.tell(refusal(error));
      }
    };
    await load();
  }

  // What a message read.

  /** @param {Message} message */
  async openRevisions(message) {
    const { texts, more } = await this.#chat.threads.revisions(message);
    const { list } = this.#open("Before it was edited", () => {});
    const rows = [...texts, { at: message.edited ?? message.at, text: message.text }].map(({ at, text }) =>
      this.#row(message.from, at, text),
    );
    list.replaceChildren(
      ...(more ? [el("p", { class: "count" }, "There are older texts, which are not told.")] : []),
      ...(texts.length ? [] : [el("p", { class: "count" }, "Nothing from before was kept.")]),
      ...rows,
    );
  }

  // Messages.

  /** @param {Message} message */
  #shown(message) {
    const row = this.#row(message.from, message.at, message.deleted ? "" : message.text);
    row.append(...filesOf(message.files));
    if (message.deleted) row.append(el("p", { class: "aside" }, "message deleted"));
    const go = el("button", { type: "button" }, "Show in the room");
    go.addEventListener("click", () => {
      if (matchMedia("(max-width: 899px)").matches) this.close();
      void this.#hands.jump(message);
    });
    row.append(el("p", { class: "acts" }, go));
    return row;
  }

  /** @param {Post} post */
  #pending({ text, failure }) {
    const row = this.#row(this.#chat.name, Date.now(), text);
    row.append(el("p", { class: "aside" }, failure ?? "Sending …"));
    return row;
  }

  /**
   * @param {string} from
   * @param {number} at
   * @param {string} text
   */
  #row(from, at, text) {
    const { isName } = this.#hands;
    const name = el("b", { class: "name", dir: "auto" }, oneLine(from));
    const body = el("div", { class: "text" }, ...nodesOf(blocksOf(text, this.#chat.name, isName)));
    const who = el("p", { class: "who" }, name, el("time", {}, dayAndClock(at)));
    const row = el("article", { "aria-label": `${oneLine(from)}, ${dayAndClock(at)}` }, who, body);
    row.style.setProperty("--person", colourOf(from));
    body.addEventListener("click", ({ target }) => {
      const code = target instanceof HTMLElement && target.closest("[data-act=code]")?.parentElement;
      if (!code) return;
      const text = code.querySelector("pre")?.textContent ?? "";
      void Promise.resolve(copy(text)).catch((error) => this.#hands.tell(refusal(error)));
    });
    return row;
  }
}
