/** Finds the people whom a message calls. */

import { visible } from "./visible.js";

/** @typedef {import("./runs.js").Run} Run */

const EVERYBODY = "@(?:everyone|here|all)";

/** @type {[string, RegExp]} */
let latest = ["", called("")];

/**
 * @param {string} name
 * @returns {RegExp}
 */
function called(name) {
  const literal = visible(name)
    .trim()
    .replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const names = literal ? `@?${literal}|${EVERYBODY}` : EVERYBODY;
  return new RegExp(`(?<![\\p{L}\\p{N}_@])(?:${names})(?![\\p{L}\\p{N}\\p{M}_])`, "giu");
}

/**
 * @param {Run[]} runs
 * @param {string} name the reader's
 * @returns {Run[]} the runs, split so that those that call the reader or everybody stand alone
 */
export function withMentions(runs, name) {
  if (latest[0] !== name) latest = [name, called(name)];
  const hidden = runs.map((run) => (run.kind === "text" ? run.text : "\0".repeat(run.text.length)));
  const calls = [...hidden.join("").matchAll(latest[1])];
  if (!calls.length) return runs;
  const edges = calls.flatMap((call) => [call.index, call.index + call[0].length]);
  /** @type {Run[]} */
  const split = [];
  let at = 0;
  let passed = 0; // an odd number of edges: within a mention
  for (const run of runs) {
    const end = at + run.text.length;
    let from = at;
    while (from < end) {
      while (edges[passed] <= from) passed++;
      const to = Math.min(edges[passed] ?? end, end);
      const text = run.text.slice(from - at, to - at);
      split.push({ ...run, text, mention: passed % 2 === 1 });
      from = to;
    }
    at = end;
  }
  return split;
}
