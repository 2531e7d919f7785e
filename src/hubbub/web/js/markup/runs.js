/** Prose as runs of characters that look alike: emphasis, code within a line, links. */

import { linksIn } from "./links.js";
import { marksIn, pair } from "./marks.js";

/**
 * @typedef {import("./marks.js").Tag} Tag
 * @typedef {import("./marks.js").Marks} Marks
 * @typedef {object} Run
 * @property {string} text
 * @property {"text" | "code" | "link"} kind
 * @property {Tag[]} tags
 * @property {string} [to] where a link leads
 * @property {string} [host] its true host, if it is written otherwise
 * @property {boolean} [mention] whether it calls the reader
 * @property {boolean} [isName] whether it names somebody
 * @property {string} [person] somebody here whom it calls, and to whom it leads
 * @property {string} [room] that it names, and to which it leads
 */

/** More, of emphasis and code, are shown as they were written: to pair them takes too long. */
const MARKS_MAX = 2000;

/**
 * @param {string} text visible text without blocks of code
 * @param {boolean} isQuote a quote is shown as it was written, but for its links
 * @returns {Run[]}
 */
export function runsOf(text, isQuote) {
  if (!isQuote && isFlood(text)) return [plain(text)];
  /** @type {(Run | Marks)[]} */
  const found = [];
  /** @type {(from: number, to: number) => void} */
  const addText = (from, to) => {
    const pieces = isQuote ? [text.slice(from, to)] : marksIn(text, from, to);
    for (const one of pieces) found.push(typeof one === "string" ? plain(one) : one);
  };
  let done = 0;
  for (const { start, end, run } of islands(text, isQuote)) {
    if (start < done) continue; // a link within code
    if (start > done) addText(done, start);
    found.push(run);
    done = end;
  }
  if (done < text.length) addText(done, text.length);
  pair(found.filter((one) => "mark" in one));
  return tagged(found);
}

/** @param {string} text */
function isFlood(text) {
  let marks = 0;
  for (const _ of text.matchAll(/[`*_~]+/g)) if (++marks > MARKS_MAX) return true;
  return false;
}

/**
 * @param {string} text
 * @returns {Run}
 */
function plain(text) {
  return { text, kind: "text", tags: [] };
}

/** @typedef {{start: number, end: number, run: Run}} Island */

/**
 * @param {string} text
 * @param {boolean} isQuote
 * @returns {Island[]} code and links, in order
 */
function islands(text, isQuote) {
  /** @type {Island[]} */
  const links = linksIn(text).map(({ start, end, to, host, label }) => {
    const shown = label ?? text.slice(start, end);
    return { start, end, run: { ...plain(shown), kind: "link", to, host } };
  });
  return isQuote ? links : [...codeIn(text), ...links].sort((a, b) => a.start - b.start);
}

/**
 * @param {string} text
 * @returns {Island[]}
 */
function codeIn(text) {
  const runs = [...text.matchAll(/`+/g)];
  /** @type {Map<number, number>} */
  const nextOfLength = new Map();
  const partner = runs.map(() => -1);
  for (let at = runs.length - 1; at >= 0; at--) {
    partner[at] = nextOfLength.get(runs[at][0].length) ?? -1;
    nextOfLength.set(runs[at][0].length, at);
  }
  /** @type {Island[]} */
  const code = [];
  for (let at = 0; at < runs.length; at++) {
    if (partner[at] < 0) continue;
    const start = runs[at].index;
    const { length } = runs[at][0];
    at = partner[at];
    const end = runs[at].index;
    const run = { ...plain(text.slice(start + length, end)), kind: /** @type {const} */ ("code") };
    code.push({ start, end: end + length, run });
  }
  return code;
}

/**
 * @param {(Run | Marks)[]} found
 * @returns {Run[]} the runs with what emphasis they stand in
 */
function tagged(found) {
  const depth = { em: 0, strong: 0, s: 0 };
  /** @type {Run[]} */
  const runs = [];
  for (const one of found) {
    if ("mark" in one) {
      for (const tag of one.closed) depth[tag]--;
      add(plain(one.mark.repeat(one.left)));
      for (const tag of one.opened) depth[tag]++;
    } else add(one);
  }
  return runs;

  /** @param {Run} run */
  function add(run) {
    if (!run.text) return;
    const tags = /** @type {Tag[]} */ (Object.keys(depth)).filter((tag) => depth[tag] > 0);
    const last = runs.at(-1);
    const isSame = run.kind === "text" && last?.kind === "text" && `${last.tags}` === `${tags}`;
    if (isSame) last.text += run.text;
    else runs.push({ ...run, tags });
  }
}
