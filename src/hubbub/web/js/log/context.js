/** What appears above an item: the day, the unread line, and the sender at the start of a run. */

import { dayOf, dayTitle } from "./times.js";

/**
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").Post} Post
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {Pick<RoomState, "unreadAfter" | "holeIndex" | "isHere"> & {readonly messages: readonly Message[],
 *   readonly pending: readonly Post[], readonly missing: readonly import("../chat/types.js").Stretch[]}} Listed items in order
 */

const RUN_MS = 300_000; // after so long a pause the same sender is named again

/**
 * @param {Pick<Listed, "messages" | "pending">} room
 * @param {number} index
 * @returns {Message | Post | undefined} what the log shows there: messages, then own ones on their way
 */
export function itemAt(room, index) {
  return room.messages[index] ?? room.pending[index - room.messages.length];
}

/**
 * @param {RoomState} room
 * @returns {number}
 */
export function itemCount(room) {
  return room.messages.length + room.pending.length;
}

/**
 * @param {Message | Post} item
 * @returns {number | string} what it is known by: a message's seq, a post's nonce
 */
export function keyOf(item) {
  return "seq" in item ? item.seq : item.nonce;
}

/**
 * @param {RoomState} room
 * @param {number | string} key
 * @returns {number} -1 if there is none
 */
export function indexOfKey(room, key) {
  if (typeof key === "number") return room.indexOf(key);
  const at = room.pending.findIndex((post) => post.nonce === key);
  return at < 0 ? -1 : room.messages.length + at;
}

/**
 * @param {Listed} room
 * @param {number} index
 * @param {string} me the user's name
 * @param {Date} now
 * @returns {{day: string, isNew: boolean, lost: string, isBelowHole: boolean, heads: boolean}} the day
 *   that begins with the item, whether the unread line stands above it, what is missing there, whether
 *   messages between are left out for now, and whether it tells who speaks
 */
export function contextOf(room, index, me, now) {
  const item = itemAt(room, index);
  const above = itemAt(room, index - 1);
  if (!item) return { day: "", isNew: false, lost: "", isBelowHole: false, heads: true };
  const isBelowHole = index === room.holeIndex;
  const startsDay = !above || dayOf(above.at) !== dayOf(item.at);
  const isNew = isFirstUnread(room, item, above);
  const lost = lostAbove(room, item, above);
  const goesOn =
    !startsDay &&
    !isNew &&
    !lost &&
    !isBelowHole &&
    !isAction(item) &&
    !isAction(above) &&
    senderOf(above, me) === senderOf(item, me) &&
    Math.abs(item.at - above.at) < RUN_MS;
  return { day: startsDay ? dayTitle(item.at, now) : "", isNew, lost, isBelowHole, heads: !goesOn };
}

/**
 * @param {Message | Post} item
 * @returns {boolean} whether it says what its sender does; it begins with their name
 */
export const isAction = (item) => item.me === true && !("deleted" in item && item.deleted);

/**
 * @param {Message | Post} item
 * @param {string} me
 */
export function senderOf(item, me) {
  if (!("from" in item)) return me;
  // Who said something elsewhere is nobody of this name here, so where it was is said.
  // In front, where a long name does not push it out, and where no name can have a bracket.
  return item.imported ? `[${item.imported}] ${item.from}` : item.from;
}

/**
 * @param {Listed} room
 * @param {Message | Post} item
 * @param {Message | Post | undefined} above
 * @returns {string} which seqs are missing between the two, because the server's log is damaged
 */
function lostAbove(room, item, above) {
  if (above && !("seq" in above)) return ""; // between two that wait, nothing was ever said
  const from = above?.seq ?? 0;
  const to = "seq" in item ? item.seq : Infinity;
  const parts = room.missing.filter(({ upto }) => from < upto && upto < to);
  return parts.map(({ after, upto }) => `${after + 1} to ${upto}`).join(", ");
}

/**
 * @param {Listed} room
 * @param {Message | Post} item
 * @param {Message | Post | undefined} above
 */
function isFirstUnread(room, item, above) {
  const line = room.unreadAfter;
  if (line === null || !("seq" in item) || item.seq <= line) return false;
  return above && "seq" in above ? above.seq <= line : room.isHere(line);
}
