/**
 * Where the user stopped: a room with more unread messages than fit on the screen opens at the first
 * of them, below a bar that leads on.
 */

import { clock, dayAndClock, dayOf } from "../log/times.js";
import { onClick, part, setText, within } from "./page.js";
import { counted } from "./wording.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {import("../log/log-view.js").LogView} LogView
 */

const COUNTED_MAX = 1000; // the server counts no further

export class Stopped {
  #chat;
  #log;
  #bar = part("stopped", HTMLElement);
  #text = within(this.#bar, "p", HTMLElement);
  #first = part("to-unread", HTMLElement);
  #newest = part("to-newest", HTMLElement);
  /** @type {RoomState | null} */
  #room = null;
  /** @type {"due" | "under way" | "done"} whether the room has been opened where the user stopped */
  #opening = "due";
  /** Whether the user has seen the first of what is unread. */
  #isVisited = false;

  /** @param {Chat} chat @param {LogView} log */
  constructor(chat, log) {
    this.#chat = chat;
    this.#log = log;
    onClick("to-unread", () => this.toFirst());
    onClick("to-newest", () => this.toNewest());
    onClick("mark-read", () => this.markRead());
  }

  /** Whether what is on the screen is not yet what the user shall read. */
  get isOpening() {
    return this.#opening !== "done" || this.#room !== this.#chat.current;
  }

  /** The user comes back to the page. */
  comeBack() {
    if (this.#room?.unread && this.#log.unreadSide !== "there") this.#opening = "due";
    this.update();
  }

  /** Follow the chat: the log shows its room already. */
  update() {
    const room = this.#chat.current;
    if (room !== this.#room) {
      this.#room = room;
      this.#opening = "due";
      this.#isVisited = false;
    }
    if (this.#opening === "due" && room?.filled) this.#open(room);
    this.draw();
  }

  /** @param {RoomState} room */
  #open(room) {
    const line = room.unread ? room.unreadAfter : null;
    if (line === null || room.isHere(line)) {
      if (line !== null) this.#log.toUnread();
      this.#opening = "done"; // and not before: until then the end of the log is seen
    } else if (this.#chat.connection.phase === "online") void this.toFirst();
  }

  /** Go to the first unread message. */
  async toFirst() {
    const room = this.#room;
    if (!room || room.unreadAfter === null) return;
    this.#opening = "under way";
    await this.#chat.reading.openAfter(room.name, room.unreadAfter);
    if (room !== this.#room) return;
    this.#log.toUnread();
    this.#opening = "done";
    this.draw();
  }

  toNewest() {
    this.#log.toEnd();
  }

  markRead() {
    const room = this.#room;
    if (!room) return;
    this.#chat.reading.markRead(room.name);
    this.#log.toEnd();
  }

  /** Say what is unread, unless it is all on the screen, or below. */
  draw() {
    const room = this.#room;
    const side = room ? this.#log.unreadSide : "";
    if (side === "there" && this.#chat.attentive) this.#isVisited = true;
    const isPassed = side === "above" && !this.#isVisited && room?.unreadAfter !== null;
    const isAhead = room !== null && room.unread > 0 && !this.#log.isAtEnd && side !== "below";
    this.#bar.hidden = !isPassed && !isAhead;
    if (!room || this.#bar.hidden) return;
    setText(this.#text, told(room));
    this.#first.hidden = side === "there";
    this.#newest.hidden = this.#log.isAtEnd;
  }
}

/** @param {RoomState} room @returns {string} how much is unread in it, since when */
function told(room) {
  const { unread, messages, firstUnread } = room;
  const seen = room.seen ?? 0;
  const from = !unread || !room.isHere(seen) ? firstUnread : messages[room.placeAfter(seen)];
  const count = unread || messages.length - room.placeAfter((firstUnread?.seq ?? 0) - 1);
  if (!from) return counted(count, "unread message");
  const more = count >= COUNTED_MAX ? "+" : "";
  const isToday = dayOf(from.at) === dayOf(Date.now());
  const since = isToday ? clock(from.at) : dayAndClock(from.at);
  return `${count.toLocaleString("en")}${more} ${unread ? "unread" : "new"} since ${since}`;
}
