/**
 * Finds the names of people in a message, to isolate them, and to lead to those who are here.
 *
 * The first letter of a line decides whether the line runs from left to right or from right to
 * left. A name in another script says nothing about its sentence, so it must not decide.
 */

/** @typedef {import("./runs.js").Run} Run */

const NAME_CHARS_MAX = 32;
const CALLS_MAX = 500; // more is a flood, which nobody reads
const CALL = /(?<![\p{L}\p{N}_])@(?=[\p{L}\p{N}])/gu;
const WORD = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_])?/u;
const ADDRESSED = /^[^\n:,،]{1,32}(?=[:,،])/gmu; // "bob: look"

/**
 * @param {Run[]} runs
 * @param {(name: string) => boolean} isName whether somebody has this name
 * @returns {Run[]} the runs, split so that names stand alone
 */
export function withNames(runs, isName) {
  return runs.flatMap((run) => {
    if (run.kind !== "text" || run.room) return [run];
    return run.mention ? [called(run, isName)] : split(run, isName);
  });
}

/**
 * @param {Run} run
 * @param {(name: string) => boolean} isName
 * @returns {Run} with the person to whom it leads, if it is the `@name` of one
 */
function called(run, isName) {
  const name = run.text[0] === "@" ? run.text.slice(1) : "";
  return name && isName(name) ? { ...run, person: name } : run;
}

/**
 * @param {Run} run
 * @param {(name: string) => boolean} isName
 * @returns {Run[]}
 */
function split(run, isName) {
  const { text } = run;
  const names = namesIn(text, isName);
  if (!names.length) return [run];
  const pieces = [];
  let done = 0;
  for (const [start, end] of names) {
    if (start > done) pieces.push({ ...run, text: text.slice(done, start) });
    pieces.push(called({ ...run, text: text.slice(start, end), isName: true }, isName));
    done = end;
  }
  if (done < text.length) pieces.push({ ...run, text: text.slice(done) });
  return pieces;
}

/**
 * @param {string} text
 * @param {(name: string) => boolean} isName
 * @returns {[number, number][]} where names begin and end, in order; none overlap
 */
export function namesIn(text, isName) {
  /** @type {[number, number][]} */
  const calls = [...text.matchAll(CALL)]
    .slice(0, CALLS_MAX)
    .map(({ index }) => [
      index,
      index + 1 + nameLength(text.slice(index + 1, index + 1 + 2 * NAME_CHARS_MAX), isName),
    ]);
  /** @type {[number, number][]} */
  const addressed = [...text.matchAll(ADDRESSED)]
    .filter(([name]) => isName(name))
    .map(({ index, 0: name }) => [index, index + name.length]);
  const found = [...calls, ...addressed].sort(([one], [other]) => one - other);
  return found.filter(([start], at) => at === 0 || start >= found[at - 1][1]);
}

/**
 * Names may hold spaces, so the longest known one wins; an unknown one ends with its word.
 *
 * @param {string} text which begins with a name
 * @param {(name: string) => boolean} isName
 */
function nameLength(text, isName) {
  const word = WORD.exec(text)?.[0].length ?? 0;
  const ends = [...text.matchAll(/(?=[^\p{L}\p{M}\p{N}_]|$)/gu)].map(({ index }) => index);
  return ends.findLast((end) => end > word && isName(text.slice(0, end))) ?? word;
}
