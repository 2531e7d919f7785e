/** Finds texts by a few letters. */

const RUN = 3;
const WORD_START = 2;
const WHOLE = 20;

/**
 * Return how well a text fits, or null if it does not hold the letters in this order.
 * @param {string} typed
 * @param {string} text
 * @returns {number | null}
 */
export function fit(typed, text) {
  const wanted = typed.toLowerCase().replace(/\s+/g, "");
  const given = text.toLowerCase();
  const piece = typed.trim().toLowerCase();
  const whole = given.indexOf(piece);
  let score = whole < 0 ? 0 : WHOLE - Math.min(whole, RUN);
  if (whole >= 0 && !/[\p{L}\p{N}]/u.test(given[whole + piece.length] ?? "")) score += RUN;
  let last = -1;
  for (const letter of wanted) {
    const at = given.indexOf(letter, last + 1);
    if (at < 0) return null;
    if (at === last + 1) score += RUN;
    else if (/[^\p{L}\p{N}]/u.test(given[at - 1] ?? "")) score += WORD_START;
    last = at + letter.length - 1;
  }
  return score - given.length / 100;
}

/**
 * Return what fits, the best first; if nothing is typed, everything in its order.
 * @template Item
 * @param {string} typed
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} textOf
 */
export function best(typed, items, textOf) {
  if (!typed.trim()) return [...items];
  /** @type {{item: Item, score: number}[]} */
  const found = [];
  for (const item of items) {
    const score = fit(typed, textOf(item));
    if (score !== null) found.push({ item, score });
  }
  return found.sort((one, other) => other.score - one.score).map(({ item }) => item);
}
