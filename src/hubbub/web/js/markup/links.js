/** Links in a message: bare addresses, and `[names](of them)`. */

import { marksIn } from "./marks.js";

const URL_CHARS_MAX = 2000;
const LINKS_MAX = 500; // more is a flood, which nobody reads

const BEGINNING = /(?<![A-Za-z0-9])(?:https?|hubbubs?):\/\/(?=[^\s`<>"])/giu;
const SEPARATED = /[,;](?:https?|hubbubs?):\/\//iy; // another address follows
const BEYOND_ASCII = /[\s`<>"]/;
// Other scripts put no space after an address: their punctuation ends it, and so does what is
// invisible. The signs that are excepted occur in words.
const BEYOND_OTHERS = /[\s\u061c\u200b\u200e\u200f\u2060]|(?![’·・‐-–־׳״་])\p{P}|(?=[\uff00-\uffef])\p{S}/u;
const NOT_LAST = /\*|(?![/)\]}&#%@_-])\p{P}/u;
const MARK_LAST = /_$|~~$/;
const LABEL = /\[([^[\]\n]{1,200})\]\($/;
const LABEL_REACH = 203;
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
 * @property {string} [label] what somebody calls the address; the host is told then
 */

/**
 * @param {string} text
 * @returns {Link[]}
 */
export function linksIn(text) {
  const links = [];
  const open = new OpenMarks(text);
  BEGINNING.lastIndex = 0;
  for (let found, tried = 0; tried < LINKS_MAX && (found = BEGINNING.exec(text)); tried++) {
    const start = found.index;
    open.readTo(start);
    const written = trimmed(text.slice(start, endOf(text, BEGINNING.lastIndex)), open);
    const target = written.length <= URL_CHARS_MAX && targetOf(written);
    if (target) {
      const end = start + written.length;
      const named = namedLink(text, start, end, links.at(-1)?.end ?? 0);
      if (named) links.push({ ...named, to: target.to, host: new URL(target.to).hostname });
      else links.push({ start, end, ...target });
      open.skipTo(end);
      BEGINNING.lastIndex = end; // another address may follow within the same word
    }
  }
  return links;
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end of an address
 * @param {number} from where the link before ends
 * @returns {{start: number, end: number, label: string} | null} the link, if it is given a name
 */
function namedLink(text, start, end, from) {
  if (!text.startsWith("](", start - 2) || text[end] !== ")") return null;
  const [found, label] = LABEL.exec(text.slice(Math.max(from, start - LABEL_REACH), start)) ?? [];
  return label?.trim() ? { start: start - (found?.length ?? 0), end: end + 1, label } : null;
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
      if (piece.closes && this.close(mark)) continue;
      if (piece.opens) this.#counts.set(mark, (this.#counts.get(mark) ?? 0) + 1);
    }
    this.skipTo(end);
  }

  /** @param {number} end of an address, whose signs are no marks */
  skipTo(end) {
    this.#read = end;
  }

  /**
   * @param {string} mark
   * @returns {boolean} whether it was open, and is closed now
   */
  close(mark) {
    const count = this.#counts.get(mark) ?? 0;
    if (count) this.#counts.set(mark, count - 1);
    return count > 0;
  }
}

/**
 * @param {string} text
 * @param {number} start of an address, behind its scheme
 * @returns {number} where nothing of it can stand any more; beyond what is too long, any place
 */
function endOf(text, start) {
  /** @type {Record<string, number>} */
  const open = {};
  const limit = Math.min(start + URL_CHARS_MAX, text.length);
  for (let at = start; at < limit; at++) {
    const char = text[at];
    const opening = CLOSING.get(char);
    if (opening && !open[opening]) return at; // a bracket that was opened before the address
    if (opening) open[opening]--;
    else open[char] = (open[char] ?? 0) + 1;
    if ((char <= "\x7f" ? BEYOND_ASCII : BEYOND_OTHERS).test(char)) return at;
    SEPARATED.lastIndex = at;
    if ((char === "," || char === ";") && SEPARATED.test(text)) return at;
  }
  return limit;
}

/**
 * @param {string} url
 * @param {OpenMarks} open
 * @returns {string} the URL without what belongs to the sentence around it
 */
function trimmed(url, open) {
  let end = url.length;
  for (;;) {
    while (NOT_LAST.test(url[end - 1])) end--;
    // A final _ belongs to the address, unless it ends emphasis that began before it.
    const mark = MARK_LAST.exec(url.slice(0, end))?.[0];
    if (!mark || !open.close(mark)) return url.slice(0, end);
    end -= mark.length;
  }
}

/**
 * @param {string} written
 * @returns {{to: string, host: string} | null} null if it is no address, or one that misleads
 */
function targetOf(written) {
  if (!URL.canParse(written)) return null;
  const url = new URL(written);
  // A name before the host looks like a host: https://bank.example@evil.example
  if (!url.hostname || url.username || url.password || url.href.length > URL_CHARS_MAX) return null;
  const shown = /\/\/([^/?#\\]*?)(:\d*)?(?=[/?#\\]|$)/.exec(written);
  const isPlain = shown?.[1].toLowerCase() === url.hostname.toLowerCase();
  return { to: url.href, host: isPlain ? "" : url.hostname };
}
