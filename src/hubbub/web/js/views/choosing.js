/** The dialogs in which one chooses a room or a person. */

import { oneLine } from "../markup/visible.js";
import { best } from "./fuzzy.js";
import { openPicker } from "./picker.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("./picker.js").Row} Row
 * @typedef {(text: string) => void} Fail
 */

/**
 * Return the name that a room would have, or "" if that is no name for a room.
 * @param {string} typed
 */
export function roomName(typed) {
  const name = typed.trim().replace(/^#/, "").replace(/\s+/g, "-").toLowerCase();
  return /^[\p{L}\p{N}._-]{1,64}$/u.test(name) ? name : "";
}

/**
 * @param {Chat} chat
 * @param {Fail} fail
 */
export function openSwitcher(chat, fail) {
  /** @param {typeof chat.rooms[number]} room what calls first, and where one is already last */
  const rank = (room) => (room === chat.current ? -1 : room.mentions * 1e6 + room.unread);
  const rooms = [...chat.rooms].sort((one, other) => rank(other) - rank(one));
  /** @type {Row[]} */
  const known = rooms.map((room) => ({
    title: room.title,
    aside: room === chat.current ? "you are here" : room.unread ? `${room.unread} new` : "",
    act: () => chat.show(room.name),
  }));
  const titles = new Set(chat.rooms.map(({ title }) => title));
  const people = new Set(chat.rooms.flatMap(({ members }) => members));
  people.delete(chat.name);
  for (const name of people) {
    if (!titles.has(`@${name}`))
      known.push({ title: `@${name}`, aside: "person", act: () => chat.direct(name) });
  }
  openPicker(
    {
      title: "Go to",
      hint: "A room or a person",
      nothing: "Nobody and no room has that name.",
      find: (typed) => {
        const name = roomName(typed);
        const found = best(typed, known, ({ title }) => title);
        const isNew = name && !titles.has(`#${name}`);
        return isNew ? [...found, { title: `Join #${name}`, act: () => chat.join(name) }] : found;
      },
    },
    fail,
  );
}

/**
 * @param {Chat} chat
 * @param {Fail} fail
 */
export function openRooms(chat, fail) {
  const listed = chat.finding
    .rooms()
    .then((rooms) => rooms.sort((one, other) => other.members - one.members));
  openPicker(
    {
      title: "Find a room",
      hint: "A name or a topic, or a new name",
      nothing: "That is no name for a room: use letters, digits, - _ and .",
      find: async (typed) => {
        const rooms = await listed;
        const found = best(typed, rooms, ({ room, title, topic }) => `${title ?? ""} ${room} ${topic}`);
        /** @type {Row[]} */
        const rows = found.map(({ room, title, topic, members, private: isPrivate }) => ({
          title: `#${title ?? room}`,
          aside: `${isPrivate ? "private · " : ""}${members} here`,
          detail: oneLine(topic),
          act: () => chat.join(room),
        }));
        const name = roomName(typed);
        const isNew = name && !rooms.some(({ room, title }) => room === name || title === name);
        return isNew ? [...rows, { title: `Create or enter #${name}`, act: () => chat.join(name) }] : rows;
      },
    },
    fail,
  );
}
