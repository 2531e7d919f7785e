/** Older messages, a page at a time: the newest when a room is entered, then as the user goes up. */

import { ChatError } from "./errors.js";

/**
 * @typedef {import("./room.js").RoomState} RoomState
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Page} Page
 * @typedef {object} Pager
 * @property {(command: Command, about?: import("./questions.js").About) => Promise<any>} ask
 * @property {(room: RoomState, messages: readonly Message[]) => void} loaded called when messages have come, or are on their way
 * @property {() => void} settled called when a room was entered, or cannot be
 *
 * @typedef {{limit: number, before?: number}} Slice of a room's messages
 */

const PAGE_MESSAGES = 100;
const FAR_PAGE_MESSAGES = 200;
const ATTEMPTS_MAX = 3;

/**
 * Get the newest page of a room that was just entered.
 *
 * @param {RoomState} room
 * @param {Pager} pager
 */
export async function fill(room, pager) {
  await load(room, pager, { limit: PAGE_MESSAGES });
}

/**
 * @param {RoomState} room
 * @param {Pager} pager
 * @returns {Promise<boolean>} whether older messages came; not at the beginning, or without a server
 */
export async function loadOlder(room, pager) {
  return !room.loading && older(room, pager, PAGE_MESSAGES);
}

/**
 * @param {RoomState} room
 * @param {Pager} pager
 * @param {number} limit
 */
async function older(room, pager, limit) {
  if (!room.filled || room.beginning || room.replica.isFull) return false;
  return load(room, pager, { limit, before: room.replica.start + 1 });
}

/**
 * Get pages until a message is here.
 *
 * @param {RoomState} room
 * @param {number} seq
 * @param {Pager} pager
 * @returns {Promise<boolean>} whether it is
 */
export async function reach(room, seq, pager) {
  while (room.indexOf(seq) < 0 && room.replica.start >= seq) {
    if (!(await (room.page ?? older(room, pager, FAR_PAGE_MESSAGES)))) break;
  }
  return room.indexOf(seq) >= 0;
}

/**
 * @param {RoomState} room
 * @param {Pager} pager
 * @param {Slice} slice
 * @returns {Promise<boolean>} whether messages came
 */
function load(room, pager, slice) {
  room.page = take(room, pager, slice);
  pager.loaded(room, []);
  return room.page;
}

/**
 * @param {RoomState} room
 * @param {Pager} pager
 * @param {Slice} slice
 */
async function take(room, pager, slice) {
  const { replica } = room;
  let page = null;
  let isLost = false;
  try {
    // A page that was read before the newest change of what it holds is asked for again.
    for (let attempt = 0; attempt < ATTEMPTS_MAX && !page; attempt += 1) {
      const answer = /** @type {Page} */ (await pager.ask({ type: "history", room: room.name, ...slice }));
      if (replica !== room.replica) return false; // the room was entered anew meanwhile
      if (replica.addPage(answer, slice.before)) page = answer;
    }
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    if (replica !== room.replica) return false;
    isLost = error.code === "offline";
  }
  room.page = null;
  room.filled ||= !isLost; // what cannot be read shall not hide what is said from now on
  // What is newer than the cursor is not shown yet, but comes as an event.
  pager.loaded(room, page?.messages.filter(({ seq }) => seq <= replica.cursor) ?? []);
  return page !== null && page.messages.length > 0;
}
