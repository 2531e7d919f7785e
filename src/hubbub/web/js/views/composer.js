/** Where one writes: messages, answers, edits and commands. Keeps a draft for each room. */

import { read } from "./commands.js";
import { complete } from "./completion.js";
import { part, setText, within } from "./page.js";
import { tooLong, typingOf } from "./wording.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("./commands.js").Desk} Desk
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {{message: Message, isEdit: boolean, text: string}} Mode `text`: of an edit set aside
 */

const QUOTED_CHARS_MAX = 120;

export class Composer {
  #chat;
  #desk;
  #field = part("message", HTMLTextAreaElement);
  #bar = part("mode", HTMLElement);
  #notice = part("notice", HTMLElement);
  #typing = part("typing", HTMLElement);
  /** @type {RoomState | null} */
  #room = null;
  /** @type {Map<string, Mode>} what the next text of a room edits or answers */
  #modes = new Map();
  /** @type {{start: number, options: string[], at: number, text: string} | null} */
  #completion = null;

  /**
   * @param {Chat} chat
   * @param {Desk & {remove(message: Message): void, isOwn(name: string): boolean}} desk
   */
  constructor(chat, desk) {
    this.#chat = chat;
    this.#desk = desk;
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#field.addEventListener("input", () => this.#written());
    within(this.#bar, "button", HTMLElement).addEventListener("click", () => this.#cancel());
    // A button that took the focus would close a phone's keyboard.
    part("send", HTMLElement).addEventListener("pointerdown", (event) => event.preventDefault());
    part("composer", HTMLElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  focus() {
    this.#field.focus();
  }

  /**
   * Say something to the user, above the field, until they write on.
   * @param {string} text
   */
  tell(text) {
    this.#notice.textContent = text;
  }

  /** Draw what changed. */
  update() {
    const room = this.#chat.current;
    if (room !== this.#room) this.#enter(room);
    const mode = this.#modes.get(room?.name ?? "");
    // What was deleted meanwhile cannot be edited any more.
    if (mode?.isEdit && room?.messages[room.indexOf(mode.message.seq)]?.deleted) this.#cancel();
    setText(this.#typing, typingOf(room?.typing ?? []));
    this.#field.disabled = !room || this.#chat.connection.phase === "elsewhere";
  }

  /** @param {Message} message */
  reply(message) {
    this.#begin({ message, isEdit: false, text: "" });
  }

  /** @param {Message} message */
  edit(message) {
    this.#begin({ message, isEdit: true, text: message.text });
  }

  /**
   * Put a mention where the cursor is.
   * @param {string} name
   */
  mention(name) {
    this.#field.focus();
    const before = this.#field.value.slice(0, this.#field.selectionStart);
    this.#insert(`${/(^|\s)$/.test(before) ? "" : " "}@${name} `, before.length);
  }

  /** @param {RoomState | null} room */
  #enter(room) {
    const mode = this.#modes.get(this.#room?.name ?? "");
    if (mode?.isEdit) mode.text = this.#field.value;
    this.#room = room;
    if (!room) this.#modes.clear(); // who comes back may be somebody else
    this.#field.ariaLabel = room ? `Message to ${room.title}` : "Find a room to write in";
    this.#field.placeholder = this.#field.ariaLabel;
    this.tell("");
    this.#restore();
  }

  /** Show the room's mode, and the text that goes with it. */
  #restore() {
    const mode = this.#modes.get(this.#room?.name ?? "");
    this.#bar.hidden = !mode;
    if (mode) {
      const { isEdit, message } = mode;
      const what = isEdit ? "Editing" : `Replying to ${message.from}:`;
      within(this.#bar, "p", HTMLElement).textContent =
        `${what} ${message.text.slice(0, QUOTED_CHARS_MAX)}`;
    }
    this.#put(mode?.isEdit ? mode.text : (this.#room?.draft ?? ""));
  }

  /** @param {Mode} mode */
  #begin(mode) {
    if (!this.#room) return;
    this.#modes.set(this.#room.name, mode);
    this.#restore();
    this.#field.focus();
  }

  #cancel() {
    this.#modes.delete(this.#room?.name ?? "");
    this.#restore();
    this.#field.focus();
  }

  /** @param {string} text */
  #put(text) {
    this.#field.value = text;
    this.#grow();
  }

  #grow() {
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight}px`;
  }

  /**
   * @param {string} text
   * @param {number} start of what it replaces, up to the cursor
   */
  #insert(text, start) {
    this.#field.setRangeText(text, start, this.#field.selectionStart, "end");
    this.#written();
  }

  #written() {
    const { value } = this.#field;
    this.#grow();
    this.tell(tooLong(value, this.#chat.limits.text_bytes_max));
    if (!this.#room) return;
    if (!this.#modes.get(this.#room.name)?.isEdit) this.#room.setDraft(value);
    if (value.trim() && !value.startsWith("/")) this.#chat.typing(this.#room.name);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // Enter and Tab also end the composition of a character, which is not sending.
    if (
      event.isComposing ||
      event.keyCode === 229 ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey
    )
      return;
    if (this.#did(event)) event.preventDefault();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key is done with
   */
  #did({ key, shiftKey }) {
    if (shiftKey) return false;
    switch (key) {
      case "Enter":
        void this.#send();
        return true;
      case "Tab":
        return this.#complete();
      case "Escape":
        if (this.#bar.hidden) return false;
        this.#cancel();
        return true;
      case "ArrowUp":
        return this.#field.value === "" && this.#editLast();
      default:
        return false;
    }
  }

  #editLast() {
    const last = this.#room?.messages.findLast(
      ({ from, deleted }) => !deleted && this.#desk.isOwn(from),
    );
    if (last) this.edit(last);
    return last !== undefined;
  }

  /** Complete what stands before the cursor, or go on to the next that it can become. */
  #complete() {
    const { value, selectionStart } = this.#field;
    const before = value.slice(0, selectionStart);
    const last = this.#completion;
    if (last?.text === before) {
      if (last.options.length === 1) return false;
      last.at = (last.at + 1) % last.options.length;
    } else {
      const rooms = this.#chat.rooms.filter(({ isDirect }) => !isDirect);
      const found = complete(
        before,
        this.#desk.names(),
        rooms.map(({ name }) => name),
      );
      if (!found) return false;
      this.#completion = { ...found, at: 0, text: "" };
    }
    const { start, options, at } = /** @type {NonNullable<typeof last>} */ (this.#completion);
    this.#insert(options[at] ?? "", start);
    if (this.#completion)
      this.#completion.text = this.#field.value.slice(0, this.#field.selectionStart);
    return true;
  }

  async #send() {
    const room = this.#room;
    const text = this.#field.value.replace(/^(\s*\n)+|\s+$/g, "");
    const mode = this.#modes.get(room?.name ?? "");
    if (!room || (!text && !mode?.isEdit)) return;
    const wrong = tooLong(text, this.#chat.limits.text_bytes_max);
    if (wrong) this.tell(wrong);
    else if (mode?.isEdit) await this.#change(room, mode, text);
    else this.#act(room, mode, text);
  }

  /**
   * @param {RoomState} room
   * @param {Mode | undefined} mode
   * @param {string} text
   */
  #act(room, mode, text) {
    const what = read(text);
    if ("mistake" in what) {
      this.tell(what.mistake);
      return;
    }
    room.setDraft("");
    this.#put("");
    this.tell("");
    if ("run" in what) {
      what.run(this.#desk);
      return;
    }
    this.#chat.say(room.name, what.say, mode?.message.seq);
    this.#modes.delete(room.name);
    this.#restore();
  }

  /**
   * Give a message its new text. The text stays in the field until the server took it.
   * @param {RoomState} room
   * @param {Mode} mode
   * @param {string} text
   */
  async #change(room, mode, text) {
    if (!text) {
      this.#desk.remove(mode.message);
      return;
    }
    try {
      if (text !== mode.message.text) await this.#chat.edit(room.name, mode.message.seq, text);
    } catch (error) {
      this.tell(/** @type {Error} */ (error).message);
      return;
    }
    if (this.#modes.get(room.name) !== mode) return;
    this.#modes.delete(room.name);
    if (room === this.#room) this.#restore();
  }
}
