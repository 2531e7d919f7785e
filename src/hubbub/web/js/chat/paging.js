/** Older messages, a page at a time: the newest when a room is entered, then as the user goes up. */

/**
 * @typedef {import("./room.js").RoomState} RoomState
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Page} Page
 * @typedef {object} Pager
 * @property {(command: Command) => Promise<any>} ask
 * @property {(room: RoomState, messages: readonly Message[]) => void} loaded called when messages have come, or are on their way
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
  await load(room, pager, undefined);
}

/**
 * @param {RoomState} room
 * @param {Pager} pager
 * @returns {Promise<boolean>} whether older messages came; not at the beginning, or without a server
 */
export async function loadOlder(room, pager) {
  if (!room.filled || room.loading || room.beginning || room.replica.isFull) return false;
  return load(room, pager, room.replica.start + 1);
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
    if (!(await loadOlder(room, pager))) break;
  }
  return room.indexOf(seq) >= 0;
}

/**
 * @param {RoomState} room
 * @param {Pager} pager
 * @param {number | undefined} before
 * @returns {Promise<boolean>}
 */
async function load(room, pager, before) {
  const { replica } = room;
  room.loading = true;
  pager.loaded(room, []);
  let page = null;
  try {
    // A page that was read before the newest change of what it holds is asked for again.
    for (let attempt = 0; attempt < ATTEMPTS_MAX && !page; attempt += 1) {
      const command = { type: "history", room: room.name, limit: PAGE_MESSAGES, before };
      const answer = /** @type {Page} */ (await pager.ask(command));
      if (replica !== room.replica) break; // the room was entered anew meanwhile
      if (replica.addPage(answer, before)) page = answer;
    }
  } catch {
    // The connection is lost, or the room is not ours to see: what there is stays.
  }
  if (replica === room.replica) {
    room.loading = false;
    room.filled ||= page !== null;
  }
  pager.loaded(room, page?.messages ?? []);
  return page !== null && page.messages.length > 0;
}
