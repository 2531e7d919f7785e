/** What each item looks like, from what the room knows. */

import { contextOf, itemAt } from "./context.js";

/**
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").Post} Post
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {object} Look what an item's looks depend on
 * @property {Message | Post} item
 * @property {Message | null | undefined} quoted what it answers; null if that is not here
 * @property {string} day the day that begins with it
 * @property {boolean} isNew whether the unread line stands above it
 * @property {string} lost which seqs are missing above it
 * @property {boolean} isBelowHole whether messages above it are not here yet
 * @property {boolean} heads whether it tells who speaks
 * @property {boolean} isWhole whether it is shown whole though it is long
 * @property {boolean} isMarked whether it is what was jumped to
 * @property {boolean} isSlow whether it has been on its way for long
 * @property {boolean} isWaiting whether it is on its way and was not sent yet, so it can be taken back
 * @property {string} me the user's name
 * @property {boolean} [isBeside] whether it is shown beside the log, from where it leads there
 */

export const SLOW_MS = 3000;

/**
 * @param {RoomState} room
 * @param {number} index
 * @param {{me: string, isWhole: boolean, isMarked: boolean, isWaiting: boolean}} asked
 * @param {Date} now
 * @returns {Look}
 */
export function lookOf(room, index, asked, now) {
  const item = /** @type {Message | Post} */ (itemAt(room, index));
  const target = "seq" in item ? item.reply_to : item.replyTo;
  const quoted = target === undefined ? undefined : (room.messages[room.indexOf(target)] ?? null);
  const isSlow = isOnItsWay(item) && now.getTime() - item.at > SLOW_MS;
  return { item, quoted, isSlow, ...asked, ...contextOf(room, index, asked.me, now) };
}

/** @param {Message | Post} item */
export function isOnItsWay(item) {
  return !("seq" in item) && !item.failure;
}
