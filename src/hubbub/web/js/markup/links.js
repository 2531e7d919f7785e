/** Addresses in a message that can be opened. */

import { marksIn } from "./marks.js";

const URL_CHARS_MAX = 2000;

// Bounded: otherwise each of many addresses in one long word would read all of that word.
const CANDIDATE = /(?<![A-Za-z0-9])https?:\/\/[^\s`<>"]{1,2000}/giu;
// An address ends before an invisible character, before punctuation of other scripts, which put no
// space after an address, and before another address. The signs that are excepted occur in words.
const BEYOND =
  /[\u061c\u200b\u200e\u200f\u2060]|(?![\0-\x7f’·・‐-–־׳״་])\p{P}|(?=[\uff00-\uffef])\p{S}|[,;](?=https?:\/\/)/iu;
const NOT_LAST = /\*|(?![/)\]}&#%@_-])\p{P}/u;
const MARK_LAST = /_$|~~$/;
const CLOSING = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);

/**
 * @typedef {object} Link
 * @property {number} start
 * @property {number} end
 * @property {string} to where it leads
 * @property {string} host the host, where it is written otherwise than it is; else empty
 */

/**
 * @param {string} text
 * @returns {Link[]}
 */
export function linksIn(text) {
  const links = [];
  const open = new OpenMarks(text);
  CANDIDATE.lastIndex = 0;
  for (let found; (found = CANDIDATE.exec(text)); ) {
    const start = found.index;
    open.readTo(start);
    const written = trimmed(found[0], open);
    const target = written.length <= URL_CHARS_MAX && targetOf(written);
    if (target) {
      const end = start + written.length;
      links.push({ start, end, ...target });
      open.skipTo(end);
      CANDIDATE.lastIndex = end; // another address may follow within the same word
    }
  }
  return links;
}

/** Counts the marks of emphasis that are open at some place in a text. */
class OpenMarks {
  #text;
  #read = 0;
  /** @type {Map<string, number>} */
  #counts = new Map();

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  /** @param {number} end */
  readTo(end) {
    for (const piece of marksIn(this.#text, this.#read, end)) {
      if (typeof piece === "string") continue;
      const mark = piece.mark.repeat(piece.length);
      const count = this.#counts.get(mark) ?? 0;
      if (piece.closes && count) this.#counts.set(mark, count - 1);
      else if (piece.opens) this.#counts.set(mark, count + 1);
    }
    this.skipTo(end);
  }

  /** @param {number} end of an address, whose signs are no marks */
  skipTo(end) {
    this.#read = end;
  }

  /** @param {string} mark */
  has(mark) {
    return (this.#counts.get(mark) ?? 0) > 0;
  }
}

/**
 * @param {string} url
 * @param {OpenMarks} open
 * @returns {string} the URL without what belongs to the sentence around it
 */
function trimmed(url, open) {
  const beyond = url.search(BEYOND);
  let end = bracketsEnd(beyond < 0 ? url : url.slice(0, beyond));
  for (;;) {
    while (NOT_LAST.test(url[end - 1])) end--;
    // A final _ belongs to the address, unless it ends emphasis that began before it.
    const mark = MARK_LAST.exec(url.slice(0, end))?.[0];
    if (!mark || !open.has(mark)) return url.slice(0, end);
    end -= mark.length;
  }
}

/**
 * @param {string} url
 * @returns {number} where a bracket closes that was not opened within
 */
function bracketsEnd(url) {
  /** @type {Record<string, number>} */
  const open = {};
  for (let at = 0; at < url.length; at++) {
    const opening = CLOSING.get(url[at]);
    if (!opening) open[url[at]] = (open[url[at]] ?? 0) + 1;
    else if (open[opening]) open[opening]--;
    else return at;
  }
  return url.length;
}

/**
 * @param {string} written
 * @returns {{to: string, host: string} | null} null if it is no address, or one that misleads
 */
function targetOf(written) {
  if (!URL.canParse(written)) return null;
  const url = new URL(written);
  // A name before the host looks like a host: https://bank.example@evil.example
  if (url.username || url.password || url.href.length > URL_CHARS_MAX) return null;
  const shown = /\/\/([^/?#\\]*?)(:\d*)?(?=[/?#\\]|$)/.exec(written);
  const isPlain = shown?.[1].toLowerCase() === url.hostname;
  return { to: url.href, host: isPlain ? "" : url.hostname };
}
