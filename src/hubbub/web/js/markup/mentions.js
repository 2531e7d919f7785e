/** Finds the people whom a message calls. */

import { divided, proseOf } from "./divided.js";
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
  const places = [...proseOf(runs).matchAll(latest[1])].map(({ index, 0: call }) => ({
    start: index,
    end: index + call.length,
  }));
  return divided(runs, places, (run) => ({ ...run, mention: true }));
}
