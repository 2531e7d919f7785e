/** Beginnings of texts, cut between the characters that a reader sees, never within one. */

const CHARACTERS = new Intl.Segmenter();
/** Longer characters are hostile, and cut all the same. */
const CHARACTER_UNITS_MAX = 64;

/**
 * @param {string} text
 * @param {number} unitsMax in UTF-16 code units
 * @returns {string} as many whole characters as fit
 */
export function beginningOf(text, unitsMax) {
  if (text.length <= unitsMax) return text;
  const around = CHARACTERS.segment(text.slice(0, unitsMax + CHARACTER_UNITS_MAX));
  const end = around.containing(unitsMax)?.index || unitsMax;
  return text.slice(0, end).toWellFormed();
}

/**
 * @param {string} text
 * @param {number} unitsMax
 * @returns {string} the text, or its beginning with dots that say so
 */
export function excerpt(text, unitsMax) {
  const shown = beginningOf(text, unitsMax);
  return shown.length < text.length ? `${shown} …` : shown;
}
