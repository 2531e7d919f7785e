/** Marks of emphasis: Markdown's rules made stricter, in linear time. */

/**
 * @typedef {"em" | "strong" | "s"} Tag
 * @typedef {object} Marks equal marks that stand together
 * @property {string} mark
 * @property {number} length
 * @property {number} left how many are not used up
 * @property {boolean} opens
 * @property {boolean} closes
 * @property {number} place
 * @property {Tag[]} closed what ends here
 * @property {Tag[]} opened what begins here
 */

/** @type {Record<string, number[]>} */
const LENGTHS = { "*": [1, 2, 3], _: [1], "~": [2] };

// What ASCII characters, besides letters and digits, may stand on which side of marks: those that
// open stand after BEFORE and before FIRST, those that close after LAST and before AFTER.
const BEFORE = " \n\t([{\"',;:.!?";
const FIRST = "\"'`([{@#$&%+-<";
const LAST = "\"'`)]}.,;:!?%+#$";
const AFTER = " \n\t)]}\"',;:.!?";

const WORD = /[\p{L}\p{N}]/u;
const FOREIGN = /[^\0-\x7f\s]/u;
const SPACELESS = /[\u2e80-\ud7ff]/; // scripts that put no spaces between words
const WORD_PART = /[\p{L}\p{N}\p{M}]/u;

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {(string | Marks)[]} what stands between two places: text, and the marks in it
 */
export function marksIn(text, start, end) {
  const found = [];
  let done = start;
  for (const cluster of text.slice(start, end).matchAll(/[*_~]+/g)) {
    const from = start + cluster.index;
    const to = from + cluster[0].length;
    const before = [...text.slice(Math.max(from - 2, 0), from)].at(-1) ?? " ";
    const after = [...text.slice(to, to + 2)][0] ?? " ";
    if (before === after && !WORD.test(after)) continue; // '*' speaks of a star
    if (from > done) found.push(text.slice(done, from));
    for (const [run] of cluster[0].matchAll(/(.)\1*/g)) found.push(marksOf(run, before, after));
    done = to;
  }
  if (done < end) found.push(text.slice(done, end));
  return found;
}

/**
 * @param {string} run
 * @param {string} before
 * @param {string} after
 * @returns {string | Marks}
 */
function marksOf(run, before, after) {
  const mark = run[0];
  const length = run.length;
  const starts = WORD.test(after) || (FIRST.includes(after) && /\s/.test(before));
  const ends = WORD.test(before) || LAST.includes(before);
  const opens = (starts || FOREIGN.test(after)) && isEdge(before, mark, BEFORE);
  const closes = (ends || FOREIGN.test(before)) && isEdge(after, mark, AFTER);
  if (!LENGTHS[mark].includes(length) || !(opens || closes)) return run;
  return { mark, length, left: length, opens, closes, place: 0, closed: [], opened: [] };
}

/**
 * @param {string} char
 * @param {string} mark
 * @param {string} allowed
 * @returns {boolean} whether a word may end beside `char`
 */
function isEdge(char, mark, allowed) {
  if (char <= "\x7f") return allowed.includes(char);
  return (mark !== "_" && SPACELESS.test(char)) || !WORD_PART.test(char);
}

/**
 * Note at each mark which emphasis begins and ends there.
 *
 * @param {Marks[]} all
 */
export function pair(all) {
  /** @type {Record<string, Marks[]>} */
  const open = { "*": [], _: [], "~": [] };
  for (const [place, closer] of all.entries()) {
    closer.place = place;
    while (closer.closes && closer.left) {
      const opener = open[closer.mark].at(-1);
      if (!opener || isOdd(opener, closer)) break;
      // Marks that were opened in between find no end.
      for (const stack of Object.values(open)) {
        while ((stack.at(-1)?.place ?? -1) > opener.place) stack.pop();
      }
      const used = Math.min(opener.left, closer.left, 2);
      const tag = closer.mark === "~" ? "s" : used === 2 ? "strong" : "em";
      opener.opened.push(tag);
      closer.closed.push(tag);
      closer.left -= used;
      opener.left -= used;
      if (!opener.left) open[closer.mark].pop();
    }
    if (closer.opens && closer.left) open[closer.mark].push(closer);
  }
}

/**
 * @param {Marks} opener
 * @param {Marks} closer
 * @returns {boolean} whether two marks, of which one could be either, do not belong together
 */
function isOdd(opener, closer) {
  const isEither = opener.closes || closer.opens;
  return isEither && opener.length !== closer.length && (opener.length + closer.length) % 3 === 0;
}
