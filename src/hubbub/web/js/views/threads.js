/** Answers, pins and former texts: opens what shows them, which is loaded then. */

import { lineOf } from "../log/row.js";
import { refusal } from "./wording.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {object} Hands what the list of messages needs beside
 * @property {(place: {room: string, seq: number}) => Promise<void>} jump
 * @property {(text: string) => void} tell
 * @property {(text: string) => Promise<string>} ready a text as it is sent
 * @property {() => import("../log/gestures.js").Acts & import("../log/row.js").People} acts what can be done in the log
 */

export class Threads {
  #chat;
  #hands;
  /** @type {Promise<import("../later/side.js").Side> | null} */
  #side = null;

  /**
   * @param {Chat} chat
   * @param {Hands} hands
   */
  constructor(chat, hands) {
    this.#chat = chat;
    this.#hands = hands;
  }

  /** @param {(side: import("../later/side.js").Side) => unknown} show */
  async #open(show) {
    try {
      this.#side ??= import("../later/side.js").then(({ Side }) => new Side(this.#chat, this.#hands));
      await show(await this.#side);
    } catch (error) {
      this.#side = null;
      this.#hands.tell(refusal(error));
    }
  }

  /**
   * Show a message with its answers, and a field to answer in.
   * @param {Message} message
   */
  open(message) {
    return this.#open((side) => side.openThread(message));
  }

  /**
   * Show what is pinned in a room.
   * @param {string} room
   */
  openPins(room) {
    return this.#open((side) => side.openPins(room));
  }

  /**
   * Show what a message read before it was edited.
   * @param {Message} message
   */
  openRevisions(message) {
    return this.#open((side) => side.openRevisions(message));
  }

  /**
   * @param {Message} message
   * @param {boolean} on
   */
  async pin(message, on) {
    try {
      await this.#chat.threads.pin(message, on);
      this.#hands.tell(`${on ? "Pinned" : "Not pinned any more"}: ${lineOf(message.text)}`);
    } catch (error) {
      this.#hands.tell(refusal(error));
    }
  }
}
