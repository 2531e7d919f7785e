/** Which names in a text mean something here: the people in the room that is shown, and the user's rooms. */

import { nameKey, sameName } from "../chat/names.js";

export class Known {
  #chat;
  /** @type {Set<string> | null} what the people in the room are called; null when that has changed */
  #present = null;

  /** @param {import("../chat/chat.js").Chat} chat */
  constructor(chat) {
    this.#chat = chat;
  }

  /** Somebody came or went, or another room is shown. */
  changed() {
    this.#present = null;
  }

  /** Whether this is the user's name. @param {string} name */
  isMe = (name) => sameName(name, this.#chat.name);

  /** Whether somebody in the room has this name. @param {string} name */
  isName = (name) => {
    this.#present ??= new Set(this.#chat.current?.members.map(nameKey));
    return this.#present.has(nameKey(name));
  };

  /** Whether the user has a room of this name. @param {string} name in lower case */
  isRoom = (name) =>
    this.#chat.rooms.some((room) => !room.isDirect && (room.name === name || room.title === `#${name}`));

  /** The names that one may want to write, those of recent speakers first. */
  names = () => {
    const { current, rooms } = this.#chat;
    const speakers = current?.messages.slice(-SPEAKERS_LOOKED_AT_MAX).map(({ from }) => from) ?? [];
    const names = new Set([...speakers.reverse(), ...rooms.flatMap(({ members }) => members)]);
    return [...names].filter((name) => !this.isMe(name));
  };
}

const SPEAKERS_LOOKED_AT_MAX = 100;
