/** The direction of a text that is still being written. */

import { linksIn } from "./links.js";
import { namesIn } from "./people.js";

const COMMAND = /^\/\w+\s*/;
const PRIVATE = /^\/msg\s+@?/i;
const ROOM = /(?<=^|\s)#\S+/g;
const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const LOOKED_AT_CHARS_MAX = 1000;

/**
 * @param {string} text
 * @param {(name: string) => boolean} isName whether somebody has this name
 * @returns {"auto" | "ltr" | "rtl"} auto, unless it begins with something that says nothing about
 *   the rest: a command, a name, a room or an address
 */
export function directionOf(text, isName) {
  const start = text.trimStart().slice(0, LOOKED_AT_CHARS_MAX);
  const isNameFirst = namesIn(start, isName)[0]?.[0] === 0;
  if (!isNameFirst && !/^(?:[#/]|https?:)/i.test(start)) return "auto";
  const said = start.replace(PRIVATE, "@").replace(COMMAND, "").replace(ROOM, "");
  const letter = LETTER.exec(withoutNames(withoutLinks(said), isName))?.[0];
  if (!letter) return "auto";
  return RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr";
}

/** @param {string} text */
function withoutLinks(text) {
  return without(
    text,
    linksIn(text).map(({ start, end }) => [start, end]),
  );
}

/**
 * @param {string} text
 * @param {(name: string) => boolean} isName
 */
function withoutNames(text, isName) {
  return without(text, namesIn(text, isName));
}

/**
 * @param {string} text
 * @param {[number, number][]} spans
 */
function without(text, spans) {
  return spans.reduceRight((left, [start, end]) => left.slice(0, start) + left.slice(end), text);
}
