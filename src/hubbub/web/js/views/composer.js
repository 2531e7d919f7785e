/**
 * Takes messages, answers, edits and commands from the user. Each room has a draft of its own.
 *
 * Enter takes the text out of the field at once, and the user writes on while the server decides.
 * A text that it refuses comes back when the field is free, and not earlier: merged with what the
 * user is writing, a private text could go where the new one was meant to go.
 */

import { chordOf } from "../keys/chords.js";
import { writingActOf } from "../keys/table.js";
import { saidIn } from "../log/files.js";
import { lineNode } from "../markup/dom.js";
import { excerpt } from "../markup/excerpt.js";
import { oneLine } from "../markup/visible.js";
import { offered, read, typedAs } from "./commands.js";
import { Field } from "./field.js";
import { Notices } from "./notices.js";
import { piecesOf } from "./pieces.js";
import { part, setText, within } from "./page.js";
import { Returned } from "./returned.js";
import { refusal, typingOf, withNames } from "./wording.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("./commands.js").Desk} Desk
 * @typedef {import("./returned.js").Line} Line
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").Post} Post
 * @typedef {{message: Message, isEdit: boolean, text: string}} Mode `text`: of an edit set aside
 * @typedef {object} OwnDesk
 * @property {(message: Message) => void} remove
 * @property {(message: Message) => boolean} mayEdit
 * @property {(name: string) => boolean} isName whether somebody in the room has this name
 * @property {() => void} said called when something was sent
 * @property {import("./emoji.js").EmojiTable} emoji
 * @property {(button: HTMLElement, place: Element, title: string, choose: (emoji: string) => void) => void} pickEmoji
 * @property {(file: File) => void} attach lets it go with the next message
 * @property {(room: RoomState) => boolean} hasFiles whether files are to go with the next message
 * @property {(room: RoomState, text: string, replyTo?: number) => boolean} sendFiles whether there were any
 */

const QUOTED_CHARS_MAX = 120;
const TEXT_NAME = "text.txt";
const WAITING_CHARS_MAX = 200;
/** On phones Enter breaks the line, as people are used to there; the button sends. */
const BREAKS_LINES = matchMedia("(pointer: coarse) and (hover: none)");

export class Composer {
  #chat;
  #desk;
  #returned;
  #notices = new Notices();
  #field;
  #bar = part("mode", HTMLElement);
  #silence = part("silence", HTMLElement);
  #typing = part("typing", HTMLElement);
  /** @type {RoomState | null} */
  #room = null;
  /** @type {Map<string, Mode>} what the next text of a room edits or answers */
  #modes = new Map();

  /**
   * @param {Chat} chat
   * @param {Desk & OwnDesk} desk
   * @param {import("../chat/types.js").KeyValues} tab keeps what was refused
   */
  constructor(chat, desk, tab) {
    this.#chat = chat;
    this.#desk = desk;
    this.#returned = new Returned(tab);
    const known = {
      textBytesMax: () => chat.limits.text_bytes_max,
      loadEmoji: () => desk.emoji.load(),
      emoji: (/** @type {string} */ typed) => desk.emoji.matching(typed),
      isName: desk.isName,
      names: desk.names,
      commands: () => offered(chat.order, chat.current),
      rooms: () => chat.rooms.filter(({ isDirect }) => !isDirect).map(({ name }) => name),
    };
    this.#field = new Field(known, () => this.#written());
    this.#field.listen((event) => this.#did(event));
    this.#field.onTooLong(
      () => this.#sendInParts(),
      () => this.#attachText(),
    );
    within(this.#bar, "button", HTMLElement).addEventListener("click", () => this.#cancel());
    within(this.#silence, "button", HTMLElement).addEventListener("click", () => this.#enterAgain());
    // A button that took the focus would close a phone's keyboard.
    part("send", HTMLElement).addEventListener("pointerdown", (event) => event.preventDefault());
    const emoji = part("emoji", HTMLElement);
    emoji.addEventListener("click", () =>
      desk.pickEmoji(emoji, this.#bar, "Choose an emoji", (one) => this.#field.insert(one)),
    );
    part("composer", HTMLElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  focus() {
    this.#field.focus();
  }

  /**
   * Show a notice above the field until the user has seen it.
   * @param {string} text
   * @param {readonly string[]} [names] in it, in order
   * @param {import("./notices.js").Act} [act] what the user can do then
   */
  tell(text, names, act) {
    this.#notices.tell(text, names, act);
  }

  /**
   * Show a notice for as long as something holds.
   * @param {string} text
   * @param {boolean} holds
   */
  tellWhile(text, holds) {
    this.#notices.tellWhile(text, holds);
  }

  /**
   * Carry out a line. If it is refused, say why, and give the line back.
   * @param {RoomState} room in which it was written
   * @param {Line} line
   * @param {() => unknown} act
   */
  async attempt(room, line, act) {
    try {
      await act();
    } catch (error) {
      const sentence = refusal(error);
      const isBack = this.#giveBack(room, line);
      const written = oneLine(excerpt(line.text, WAITING_CHARS_MAX));
      const later = `“${written}” comes back after what you write now.`;
      this.tell(isBack ? sentence : `${sentence} ${later}`);
    }
  }

  /**
   * Give back the text of a message that was not sent, so that the user can change it.
   * @param {Post} post
   */
  change({ room, text, replyTo, me }) {
    const home = this.#chat.rooms.find(({ name }) => name === room);
    if (home) this.#giveBack(home, { text: me ? `/me ${text}` : typedAs(text), replyTo });
  }

  /** Draw what changed. */
  update() {
    const room = this.#chat.current;
    if (room !== this.#room) this.#enter(room);
    const mode = this.#modes.get(room?.name ?? "");
    if (mode?.isEdit && room?.messages[room.indexOf(mode.message.seq)]?.deleted) this.#lose(room, mode);
    const typing = room?.typing ?? [];
    const sentence = typingOf(typing);
    if (this.#typing.textContent !== sentence) this.#typing.replaceChildren(...withNames(sentence, typing));
    this.#field.label(room ? `Message to ${room.title}` : "Find a room to write in");
    const silence = room ? this.#chat.order.silence(room) : "";
    setText(within(this.#silence, "p", HTMLElement), silence);
    this.#silence.hidden = !silence;
    within(this.#silence, "button", HTMLElement).hidden = !room?.barred;
    this.#field.isEnabled = room !== null && this.#chat.connection.phase !== "elsewhere";
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
   * Put lines that somebody wrote before the text, as a quote.
   * @param {string} text
   */
  quote(text) {
    const lines = text.split("\n").map((line) => `> ${line}`);
    const rest = this.#field.text;
    this.#field.put(`${lines.join("\n")}\n${rest && `\n${rest}`}`);
    this.#field.focus();
    this.#written();
  }

  /**
   * Put a mention where the cursor is.
   * @param {string} name
   */
  mention(name) {
    this.#field.insert(`@${name} `);
  }

  // What the field is for.

  /** @param {RoomState | null} room */
  #enter(room) {
    this.#setAside();
    this.#room = room;
    if (!room) {
      this.#modes.clear(); // the next user of this tab may be somebody else
      this.#returned.clear();
    }
    this.#restore();
  }

  #setAside() {
    const mode = this.#modes.get(this.#room?.name ?? "");
    if (mode?.isEdit) mode.text = this.#field.text;
  }

  /** Show the room's mode, and the text that goes with it. */
  #restore() {
    const mode = this.#modes.get(this.#room?.name ?? "");
    this.#bar.hidden = !mode;
    if (mode) {
      const { from } = mode.message;
      const said = lineNode(oneLine(excerpt(saidIn(mode.message), QUOTED_CHARS_MAX)));
      const what = mode.isEdit ? ["Editing "] : withNames(`Replying to ${from}: `, [from]);
      within(this.#bar, "p", HTMLElement).replaceChildren(...what, said);
    }
    this.#field.put(mode?.isEdit ? mode.text : (this.#room?.draft ?? ""));
    this.#refill();
  }

  /** @param {Mode} mode */
  #begin(mode) {
    if (!this.#room) return;
    this.#modes.set(this.#room.name, mode);
    this.#restore();
    this.#field.focus();
  }

  #cancel() {
    this.#end(this.#room);
    this.#field.focus();
  }

  /** @param {RoomState | null} room in which nothing is edited or answered any more */
  #end(room) {
    this.#modes.delete(room?.name ?? "");
    if (room === this.#room) this.#restore();
  }

  /**
   * End the edit of a message that was deleted meanwhile, and keep the new text.
   * @param {RoomState} room
   * @param {Mode} mode
   */
  #lose(room, mode) {
    const text = this.#field.text;
    this.#end(room);
    if (!text.trim() || text === mode.message.text) return;
    this.tell("The message you were editing was deleted. What you wrote is a new message now.");
    this.#giveBack(room, { text });
  }

  #enterAgain() {
    const room = this.#room;
    if (room) this.#chat.join(room.name).catch((error) => this.tell(refusal(error)));
  }

  // What comes back.

  /**
   * @param {RoomState} room
   * @param {Line} line
   * @returns {boolean} whether it is in the field already
   */
  #giveBack(room, line) {
    const home = this.#chat.rooms.includes(room) ? room : (this.#chat.current ?? room);
    this.#returned.add(home.name, line);
    return home !== this.#room || this.#refill() === line;
  }

  /**
   * Put the oldest refused line back, unless the user is writing something else.
   * @returns {Line | undefined} what was put back
   */
  #refill() {
    const room = this.#room;
    if (!room || this.#field.text || this.#modes.has(room.name)) return undefined;
    const line = this.#returned.take(room.name);
    if (!line) return undefined;
    const message = room.messages[room.indexOf(line.edits ?? line.replyTo ?? -1)];
    const isEdit = line.edits !== undefined;
    if (!isEdit || !message || message.deleted) room.setDraft(line.text);
    if (message && !message.deleted) {
      this.#modes.set(room.name, { message, isEdit, text: line.text });
      this.#restore();
    } else this.#field.put(line.text);
    return line;
  }

  // What is written.

  #written() {
    const { text } = this.#field;
    this.#notices.goOn();
    if (!this.#room) return;
    if (!this.#modes.get(this.#room.name)?.isEdit) this.#room.setDraft(text);
    if (text.trim() && !text.startsWith("/")) this.#chat.typing(this.#room.name);
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key is done with
   */
  #did(event) {
    switch (writingActOf(chordOf(event))) {
      case "send":
        if (BREAKS_LINES.matches) return false;
        this.#send();
        return true;
      case "complete":
        return this.#field.complete();
      case "end":
        if (this.#bar.hidden) return this.#notices.dismiss();
        this.#cancel();
        return true;
      case "editLast":
        return this.#field.text === "" && this.#editLast();
      default:
        return false;
    }
  }

  #editLast() {
    const last = this.#room?.messages.findLast((message) => !message.deleted && this.#desk.mayEdit(message));
    if (last) this.edit(last);
    return last !== undefined;
  }

  // Sending.

  #send() {
    const room = this.#room;
    const text = this.#field.text.replace(/^(\s*\n)+|\s+$/g, "");
    const mode = this.#modes.get(room?.name ?? "");
    if (!room || this.#field.isTooLong) return;
    if (this.#desk.emoji.isWantedFor(text)) return void this.#sendWithEmoji();
    if (mode?.isEdit) this.#change(room, mode, text);
    else if (text || this.#desk.hasFiles(room)) this.#act(room, mode, text);
    else this.#refill();
  }

  /** Send the text once the table of emoji is here, or cannot be loaded, if it is still the same. */
  async #sendWithEmoji() {
    const [room, { text }] = [this.#room, this.#field];
    await this.#desk.emoji.load();
    if (room === this.#room && text === this.#field.text) this.#send();
  }

  /** Let the next message bring the text as a file. */
  #attachText() {
    const { text } = this.#field;
    this.#room?.setDraft("");
    this.#field.put("");
    this.#desk.attach(new File([text], TEXT_NAME, { type: "text/plain" }));
  }

  /** Send a text that is too long for one message as several. */
  #sendInParts() {
    const room = this.#room;
    const mode = this.#modes.get(room?.name ?? "");
    if (!room || mode?.isEdit) return this.tell("An edit must fit into one message. Shorten it.");
    const silence = this.#chat.order.silence(room);
    if (silence) return this.tell(silence);
    const pieces = piecesOf(this.#field.text, this.#chat.limits.text_bytes_max);
    room.setDraft("");
    this.#field.put("");
    for (const [at, piece] of pieces.entries())
      this.#chat.say(room.name, piece, { replyTo: at ? undefined : mode?.message.seq });
    this.#desk.said();
    this.#end(room);
    this.#field.focus();
  }

  /**
   * @param {RoomState} room
   * @param {Mode | undefined} mode
   * @param {string} text
   */
  #act(room, mode, text) {
    const what = text ? read(text) : { say: "" };
    if ("mistake" in what) {
      this.tell(what.mistake);
      return;
    }
    const said = "say" in what ? this.#desk.emoji.inText(what.say) : "";
    const silence = "say" in what && this.#chat.order.silence(room);
    if (silence && silence !== room.muted) return this.tell(silence); // and what was typed stays
    let isSent = false;
    try {
      isSent = "say" in what && this.#desk.sendFiles(room, said, mode?.message.seq);
    } catch (error) {
      return this.tell(refusal(error));
    }
    room.setDraft("");
    this.#field.put("");
    this.#notices.goOn();
    if ("run" in what) {
      void this.attempt(room, { text }, () => what.run(this.#desk));
      return;
    }
    if (!isSent) this.#chat.say(room.name, said, { replyTo: mode?.message.seq });
    this.#desk.said();
    this.#end(room);
  }

  /**
   * Give a message its new text.
   * @param {RoomState} room
   * @param {Mode} mode
   * @param {string} text
   */
  #change(room, { message }, text) {
    if (!text) {
      this.#desk.remove(message);
      return;
    }
    this.#end(room);
    const now = this.#desk.emoji.inText(text);
    if (now === message.text) return;
    const line = { text, edits: message.seq };
    void this.attempt(room, line, () => this.#chat.changing.edit(message, now));
  }
}
