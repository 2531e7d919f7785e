/** Finds the rooms that a message names, as `#lobby`; what is one is in tests/golden/tables/places.json. */

import { divided, proseOf } from "./divided.js";

/** @typedef {import("./runs.js").Run} Run */

const ROOMS_MAX = 500; // more is a flood, which nobody reads
const NAME_CHARS_MAX = 64;
const ROOM =
  /(?<![\p{L}\p{M}\p{N}_#&/@.\\-])#(?=[\p{L}\p{N}])([\p{L}\p{M}\p{N}_.-]+)(?![\p{L}\p{M}\p{N}_.#/@+=(-])/gu;
const LETTER = /\p{L}/u;
const COLOUR = /^(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/;

/**
 * @param {Run[]} runs
 * @param {(name: string) => boolean} isRoom whether the reader has a room of this name, in lower case
 * @returns {Run[]} the runs, divided so that rooms stand alone
 */
export function withRooms(runs, isRoom) {
  const prose = proseOf(runs);
  if (!prose.includes("#")) return runs;
  const places = [];
  for (const { index, 1: written } of prose.matchAll(ROOM)) {
    if (places.length === ROOMS_MAX) break;
    const name = withoutEnd(written);
    const room = name.toLowerCase();
    if (isNameOfRoom(room) && (isMeant(room) || isRoom(room)))
      places.push({ start: index, end: index + 1 + name.length, room });
  }
  return divided(runs, places, (run, { room }) => ({ ...run, room }));
}

/** @param {string} written @returns {string} it, without the end of a sentence */
function withoutEnd(written) {
  let end = written.length;
  while (".-".includes(written[end - 1])) end--;
  return written.slice(0, end);
}

/** @param {string} name */
const isNameOfRoom = (name) => name.length <= 2 * NAME_CHARS_MAX && [...name].length <= NAME_CHARS_MAX;

/** Whether it can hardly be a number or a colour. @param {string} name */
const isMeant = (name) => LETTER.test(name) && !COLOUR.test(name);
