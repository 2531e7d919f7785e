/** What a search found of a message, in its context. */

import { visible } from "./visible.js";

/** @typedef {{text: string, isFound: boolean}} Piece */

const BEFORE_CHARS = 40;
const CHARS_MAX = 240;

/**
 * Return the part of a text around the first place that was found, as one line in pieces.
 * @param {string} text
 * @param {readonly (readonly [number, number])[]} found places in code points, in order
 * @returns {Piece[]}
 */
export function contextOf(text, found) {
  const chars = [...text]; // the places count characters, not halves of them
  const first = found[0]?.[0] ?? 0;
  const begin = first > BEFORE_CHARS ? wordAfter(chars, first - BEFORE_CHARS, first) : 0;
  const end = Math.min(begin + CHARS_MAX, chars.length);
  /** @type {Piece[]} */
  const pieces = begin ? [{ text: "…", isFound: false }] : [];
  let at = begin;
  const add = (/** @type {number} */ upto, /** @type {boolean} */ isFound) => {
    const shown = visible(chars.slice(at, upto).join("")).replace(/\s+/g, " ");
    if (shown) pieces.push({ text: shown, isFound });
    at = Math.max(at, upto);
  };
  for (const [start, stop] of found) {
    if (start >= end) break;
    add(start, false);
    add(Math.min(stop, end), true);
  }
  add(end, false);
  if (end < chars.length) pieces.push({ text: "…", isFound: false });
  return pieces;
}

/**
 * Return where the next word begins, or the place itself if there are no spaces.
 * @param {string[]} chars
 * @param {number} from
 * @param {number} upto
 */
function wordAfter(chars, from, upto) {
  const space = chars.findIndex((char, at) => at >= from && /\s/.test(char));
  return space >= 0 && space < upto ? space + 1 : from;
}
