/** How a person looks: a colour and a letter. */

import { oneLine } from "../markup/visible.js";

const COLOURS = 12;
const STEP = 5; // to a colour that looks different, and by and by to all
const NAMES_MAX = 1000;
const GRAPHEMES = new Intl.Segmenter();

/** @type {Map<string, number>} the colours that were given away, by name */
const given = new Map();
/** How many have each. */
const bearers = new Array(COLOURS).fill(0);

/**
 * A name has its own colour as long as nobody else has it already: so a few people all look
 * different, and many share the colours evenly.
 *
 * @param {string} name
 * @returns {string} the CSS colour of somebody, the same as long as the page is open
 */
export function colourOf(name) {
  const key = name.toLowerCase();
  let colour = given.get(key) ?? ownColour(key);
  if (!given.has(key) && given.size < NAMES_MAX) {
    const least = Math.min(...bearers);
    while (bearers[colour] > least) colour = (colour + STEP) % COLOURS;
    bearers[colour] += 1;
    given.set(key, colour);
  }
  return `var(--name-${colour})`;
}

/** @param {string} key */
function ownColour(key) {
  let hash = 0;
  for (const char of key) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash % COLOURS;
}

/**
 * @param {string} name
 * @returns {string} the letter for somebody's monogram
 */
export function monogramOf(name) {
  const [first] = GRAPHEMES.segment(oneLine(name));
  return first ? first.segment.toUpperCase() : "?";
}
