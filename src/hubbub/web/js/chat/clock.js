/** The clock of the machine, which tests replace. */

/** @type {import("./types.js").Clock} */
export const SYSTEM_CLOCK = {
  now: () => Date.now(),
  setTimeout: (run, ms) => Number(setTimeout(run, ms)),
  clearTimeout: (timer) => clearTimeout(timer),
};
