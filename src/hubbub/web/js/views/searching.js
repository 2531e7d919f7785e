/** The dialogs in which one looks for messages: by what they say, and those that call the user. */

import { el } from "../log/element.js";
import { contextOf } from "../markup/found.js";
import { openPicker } from "./picker.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/finding.js").Found} Found
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("./hits.js").Hits} Hits what walks through what is found
 * @typedef {import("./picker.js").Row} Row
 * @typedef {(text: string) => void} Fail
 * @typedef {object} Asked
 * @property {string} title what is walked through
 * @property {(before: number | undefined) => Promise<Found>} page the newest, or what comes before them
 * @property {(at: number) => void} again opens the dialog again, with one of them marked
 */

const SEARCH_PATIENCE_MS = 150;

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/**
 * @param {Chat} chat
 * @param {Hits} hits
 * @param {{typed: string, at?: number}} begin what is searched for at first, and which one is marked
 * @param {Fail} fail
 */
export function openSearch(chat, hits, { typed, at = 0 }, fail) {
  const here = chat.current;
  const only = el("input", { type: "checkbox" });
  only.checked = here?.isDirect ?? false;
  /** @param {string} query @returns {Promise<Row[]>} */
  const find = async (query) => {
    if (!query.trim()) return [];
    const room = only.checked ? here?.name : undefined;
    return listed(chat, hits, {
      title: query,
      page: (before) => chat.finding.search(query, { room, before }),
      again: (place) => openSearch(chat, hits, { typed: query, at: place }, fail),
    });
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

/**
 * @param {Chat} chat
 * @param {Hits} hits
 * @param {number} at which one is marked
 * @param {Fail} fail
 */
export function openMentions(chat, hits, at, fail) {
  const all = listed(chat, hits, {
    title: "what calls you",
    page: (before) => chat.finding.mentions(before),
    again: (place) => openMentions(chat, hits, place, fail),
  });
  openPicker(
    {
      title: "What calls you",
      hint: "Somebody, a room, or a word of these",
      nothing: "None of these has this.",
      empty: "Nobody has mentioned or answered you yet.",
      find: async (typed) => {
        const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
        return (await all).filter(({ text = "" }) => words.every((word) => text.includes(word)));
      },
      at,
    },
    fail,
  );
}

/**
 * @param {Chat} chat
 * @param {Hits} hits
 * @param {Asked} asked
 * @returns {Promise<(Row & {text?: string})[]>} a row for each message, the newest first, and one that brings more;
 *   `text` is all of it, in lower case
 */
async function listed(chat, hits, { title, page, again }) {
  const titles = new Map(chat.rooms.map((room) => [room.name, room.title]));
  /** @type {Message[]} */
  const messages = [];
  let before = /** @type {number | undefined} */ (undefined);
  let isMore = true;
  let isBrokenOff = false;
  const further = async () => {
    if (!isMore) return [];
    const found = await page(before);
    const newestFirst = [...found.messages].reverse();
    // A search that takes too long is broken off, and looked no further back than that.
    before = found.reached ?? newestFirst.at(-1)?.seq;
    isBrokenOff = found.reached !== undefined;
    isMore = found.more && before !== undefined;
    return newestFirst;
  };
  const found = { title, messages, further, again, isWhole: () => !isMore };
  const add = async () => {
    const first = messages.length;
    messages.push(...(await further()));
    const rows = messages.slice(first).map((message, index) => {
      const room = titles.get(message.room) ?? `#${message.room}`;
      return {
        title: message.from,
        aside: `${room} · ${time.format(message.at)}`,
        detail: foundNode(message),
        text: `${message.from} ${room} ${message.text}`.toLowerCase(),
        act: () => hits.begin(found, first + index),
      };
    });
    const label = isBrokenOff ? "Search further back" : "Show older ones";
    return isMore ? [...rows, { title: label, more }] : rows;
  };
  /** @type {(Row & {text?: string})[]} */
  const all = [];
  const more = async () => {
    const rows = await add();
    all.splice(-1, 1, ...rows); // in the place of what asked for them
    return rows;
  };
  all.push(...(await add()));
  return all;
}

/** @param {Message} message */
function foundNode({ text, found = [] }) {
  const pieces = contextOf(text, found).map((piece) =>
    piece.isFound ? el("mark", {}, piece.text) : piece.text,
  );
  return el("bdi", {}, ...pieces);
}
