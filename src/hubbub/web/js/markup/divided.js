/** Divides runs where something begins and ends in the text that they make together. */

/** @typedef {import("./runs.js").Run} Run */

/**
 * @param {Run[]} runs
 * @returns {string} their prose; code and links are breaks in it
 */
export const proseOf = (runs) =>
  runs.map(({ kind, text }) => (kind === "text" ? text : "\0".repeat(text.length))).join("");

/**
 * @template {{start: number, end: number}} Place
 * @param {Run[]} runs
 * @param {Place[]} places in the joined text, in order; none overlap
 * @param {(run: Run, place: Place) => Run} marked what a run is that stands in a place
 * @returns {Run[]} the runs, divided so that those in places stand alone
 */
export function divided(runs, places, marked) {
  if (!places.length) return runs;
  /** @type {Run[]} */
  const pieces = [];
  let at = 0;
  let next = 0;
  for (const run of runs) {
    const end = at + run.text.length;
    for (let from = at; from < end;) {
      while (next < places.length && places[next].end <= from) next++;
      const place = places[next] ?? { start: Infinity, end: Infinity };
      const isInside = place.start <= from;
      const to = Math.min(isInside ? place.end : place.start, end);
      const piece = { ...run, text: run.text.slice(from - at, to - at) };
      pieces.push(isInside ? marked(piece, place) : piece);
      from = to;
    }
    at = end;
  }
  return pieces;
}
