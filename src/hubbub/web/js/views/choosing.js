/** The dialogs in which one chooses a room, a person or a message. */

import { el } from "../log/element.js";
import { contextOf } from "../markup/found.js";
import { oneLine } from "../markup/visible.js";
import { best } from "./fuzzy.js";
import { openPicker } from "./picker.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("./picker.js").Row} Row
 * @typedef {(text: string) => void} Fail
 */

const SEARCH_PATIENCE_MS = 150;

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

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
  const listed = chat.listRooms().then((rooms) => rooms.sort((one, other) => other.members - one.members));
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

/**
 * @param {Chat} chat
 * @param {import("./hits.js").Hits} hits what walks through what is found
 * @param {{typed: string, at?: number, isEverywhere?: boolean}} begin what is searched for at first, which
 *   one is marked, and whether in all rooms, wherever the user is
 * @param {Fail} fail
 */
export function openSearch(chat, hits, { typed, at = 0, isEverywhere = false }, fail) {
  const here = chat.current;
  const only = el("input", { type: "checkbox" });
  // A search across rooms leaves talks of two out.
  only.checked = !isEverywhere && (here?.isDirect ?? false);
  const titles = new Map(chat.rooms.map(({ name, title }) => [name, title]));
  /** @type {(query: string) => Promise<Row[]>} */
  const find = async (query) => {
    if (!query.trim()) return [];
    const room = only.checked ? here?.name : undefined;
    /** @type {Message[]} */
    const messages = [];
    let before = /** @type {number | undefined} */ (undefined);
    let isBrokenOff = false;
    const further = async () => {
      const page = await chat.search(query, { room, before });
      const newestFirst = [...page.messages].reverse();
      // A search that takes too long is broken off, and looked no further back than that.
      before = page.reached ?? newestFirst.at(-1)?.seq;
      isBrokenOff = page.reached !== undefined;
      isMore = page.more && before !== undefined;
      return newestFirst;
    };
    let isMore = true;
    const next = async () => (isMore ? further() : []);
    const found = { query, messages, further: next };
    const add = async () => {
      const first = messages.length;
      messages.push(...(await next()));
      const rows = messages.slice(first).map((message, index) => ({
        title: message.from,
        aside: `${titles.get(message.room) ?? `#${message.room}`} · ${time.format(message.at)}`,
        detail: foundNode(message),
        act: () => hits.begin(found, first + index),
      }));
      const title = isBrokenOff ? "Search further back" : "Show older ones";
      return isMore ? [...rows, { title, more: add }] : rows;
    };
    return add();
  };
  openPicker(
    {
      title: "Search",
      hint: 'Words, "a phrase", from:ben, in:lobby, after:7d, has:link',
      nothing: "No message has all of this.",
      find,
      typed,
      at,
      scope: el("label", {}, only, `Only in ${here?.title ?? "this room"}`),
      patienceMs: SEARCH_PATIENCE_MS,
    },
    fail,
  );
}

/** @param {Message} message */
function foundNode({ text, found = [] }) {
  const pieces = contextOf(text, found).map((piece) =>
    piece.isFound ? el("mark", {}, piece.text) : piece.text,
  );
  return el("bdi", {}, ...pieces);
}
