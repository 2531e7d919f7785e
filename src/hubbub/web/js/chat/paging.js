/**
 * Messages, a page at a time: the newest when a room is entered, older ones as the user goes up, those
 * around one that is jumped to, and then those in between.
 */

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
 * @typedef {import("./replica.js").Where & {limit: number, count?: boolean}} Slice of a room's messages
 */

const PAGE_MESSAGES = 100;
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
  if (room.loading || !room.filled || room.beginning || room.replica.isFull) return false;
  return load(room, pager, { limit: PAGE_MESSAGES, before: room.replica.backTo + 1 });
}

/**
 * Get a page of what lies between the passage that was jumped to and the newest part.
 *
 * @param {RoomState} room
 * @param {boolean} isDown the next messages of it, for somebody who goes down; or else the last
 * @param {Pager} pager
 * @returns {Promise<boolean>} whether messages came
 */
export async function loadBetween(room, isDown, pager) {
  const { hole, isFull } = room.replica;
  if (room.loading || !hole || isFull) return false;
  const where = isDown ? { after: hole.after } : { before: hole.upto + 1 };
  return load(room, pager, { limit: PAGE_MESSAGES, ...where });
}

/**
 * Get a message, and what stands around it.
 *
 * @param {RoomState} room
 * @param {number} seq
 * @param {Pager} pager
 * @returns {Promise<boolean>} whether it is
 */
export async function reach(room, seq, pager) {
  while (room.page) await room.page;
  if (room.indexOf(seq) < 0) await load(room, pager, { limit: PAGE_MESSAGES, around: seq });
  return room.indexOf(seq) >= 0;
}

/**
 * Get what follows a seq, and some of what stands before.
 *
 * @param {RoomState} room
 * @param {number} seq
 * @param {Pager} pager
 * @returns {Promise<boolean>} whether it is here
 */
export async function openAfter(room, seq, pager) {
  while (room.page) await room.page;
  if (!room.isHere(seq)) await load(room, pager, { limit: PAGE_MESSAGES, around: seq, count: true });
  return room.isHere(seq);
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
      if (replica.addPage(answer, slice)) page = answer;
    }
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    if (replica !== room.replica) return false;
    isLost = error.code === "offline";
  }
  room.page = null;
  room.filled ||= !isLost; // what cannot be read shall not hide what is said from now on
  if (page?.count !== undefined && slice.around === room.seen) room.bookmark.count(page.count);
  // What is newer than the cursor is not shown yet, but comes as an event.
  pager.loaded(room, page?.messages.filter(({ seq }) => seq <= replica.cursor) ?? []);
  return page !== null && page.messages.length > 0;
}
