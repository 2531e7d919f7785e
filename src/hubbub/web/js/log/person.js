/** How a person looks: a colour and a letter. */

import { oneLine } from "../markup/visible.js";

const COLOURS = 12;
const GRAPHEMES = new Intl.Segmenter();

/**
 * @param {string} name
 * @returns {string} the CSS colour of somebody, always the same
 */
export function colourOf(name) {
  let hash = 0;
  for (const char of name.toLowerCase()) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return `var(--name-${hash % COLOURS})`;
}

/**
 * @param {string} name
 * @returns {string} the letter for somebody's monogram
 */
export function monogramOf(name) {
  const [first] = GRAPHEMES.segment(oneLine(name));
  return first ? first.segment.toUpperCase() : "?";
}
