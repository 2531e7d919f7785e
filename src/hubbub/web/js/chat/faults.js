/**
 * Faults of this page: what nobody foresaw, as opposed to a `ChatError`.
 *
 * None is swallowed: the browser's console has it, and `main.js` tells the user. And none keeps others
 * from what is theirs.
 */

/** @param {unknown} fault */
export function report(fault) {
  if ("reportError" in globalThis) globalThis.reportError(fault);
  else console.error(fault); // as where the tests run
}

/**
 * Do one of several things, of which each is to be done whatever becomes of the others.
 *
 * @param {() => void} act
 */
export function contained(act) {
  try {
    act();
  } catch (fault) {
    report(fault);
  }
}
