/** Divides a text that is too long for one message. */

import { beginningOf } from "../markup/excerpt.js";

/** At which ends a text is divided, the best first. */
const ENDS = ["\n\n", "\n", ". ", " "];
/** Of a piece, an end is looked for in its second half: pieces shall be few. */
const LEAST = 0.5;

/**
 * @param {string} text
 * @param {number} bytesMax of each piece
 * @returns {string[]} pieces that together have every visible character of it
 */
export function piecesOf(text, bytesMax) {
  const pieces = [];
  let rest = text;
  while (rest) {
    const piece = firstOf(rest, bytesMax);
    pieces.push(piece.trim());
    rest = rest.slice(piece.length);
  }
  return pieces.filter(Boolean);
}

/**
 * @param {string} text
 * @param {number} bytesMax
 */
function firstOf(text, bytesMax) {
  const room = new Uint8Array(bytesMax);
  const { read } = new TextEncoder().encodeInto(text, room);
  if (read === text.length) return text;
  const whole = beginningOf(text, read) || text.slice(0, read);
  for (const end of ENDS) {
    const at = whole.lastIndexOf(end);
    if (at >= whole.length * LEAST) return whole.slice(0, at + end.length);
  }
  return whole;
}
