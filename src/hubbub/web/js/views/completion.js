/** What the letters before the cursor can become: a command, a #room, a @name, an :emoji:. */

/**
 * @typedef {import("./commands.js").Command} Command
 * @typedef {object} Option
 * @property {string} text what the field gets
 * @property {string} label what it is chosen by
 * @property {string} [aside]
 * @typedef {object} Completion
 * @property {number} start where what is typed of it begins
 * @property {Option[]} options never none
 * @typedef {object} Known
 * @property {() => string[]} names
 * @property {() => string[]} rooms
 * @property {() => Command[]} commands
 * @property {(typed: string) => [string, string][]} emoji with their names
 */

const NAME = /(?<![\p{L}\p{N}_@#/])@([^@\n]{0,32})$/u;
const ROOM = /(?<![\p{L}\p{N}_@#/])#(\S*)$/u;
const COMMAND = /^\/([a-z-]*)$/i;
const EMOJI = /(?<!\S):([\p{L}\p{N}_+-]{2,64})$/u;
const WORD = /(?<![^\s([{"'])([\p{L}\p{N}][^\s@#/]*)$/u;
const OFFERED_MAX = 50;

/** @param {string} before @returns {boolean} whether an emoji is being named */
export const namesEmoji = (before) => EMOJI.test(before);

/**
 * @param {string} before the text before the cursor
 * @param {Known} known
 * @returns {Completion | null} what is worth showing before the user asks
 */
export function offeredFor(before, known) {
  return (
    commandsIn(before, known) ?? roomsIn(before, known) ?? namesIn(before, known) ?? emojiIn(before, known)
  );
}

/**
 * @param {string} before the text before the cursor
 * @param {Known} known
 * @returns {Completion | null} the same, and names of people without a sign
 */
export function complete(before, known) {
  return offeredFor(before, known) ?? matching(WORD, before, signed("@", known.names()));
}

/** @param {string} before @param {Known} known */
function commandsIn(before, known) {
  const all = known.commands().map(({ word, usage, purpose }) => {
    return { text: `/${word} `, label: `/${word} ${usage}`.trim(), aside: purpose };
  });
  return matching(COMMAND, before, all);
}

/** @param {string} before @param {Known} known */
const roomsIn = (before, known) => matching(ROOM, before, signed("#", known.rooms()));

/** @param {string} before @param {Known} known */
const namesIn = (before, known) => matching(NAME, before, signed("@", known.names()));

/**
 * @param {string} before
 * @param {Known} known
 * @returns {Completion | null}
 */
function emojiIn(before, known) {
  const found = EMOJI.exec(before);
  const options = found ? known.emoji(found[1]) : [];
  if (!found || !options.length) return null;
  return {
    start: found.index,
    options: options.map(([emoji, name]) => ({ text: `${emoji} `, label: `${emoji} :${name}:` })),
  };
}

/**
 * @param {string} sign
 * @param {string[]} all
 * @returns {Option[]}
 */
const signed = (sign, all) => all.map((one) => ({ text: `${sign}${one} `, label: `${sign}${one}` }));

/**
 * @param {RegExp} place
 * @param {string} before
 * @param {Option[]} all whose texts have a sign before them
 * @returns {Completion | null}
 */
function matching(place, before, all) {
  const found = place.exec(before);
  if (!found) return null;
  const typed = (found[1] ?? "").toLowerCase();
  const options = all.filter(({ text }) => text.slice(1).trimEnd().toLowerCase().startsWith(typed));
  return options.length ? { start: found.index, options: options.slice(0, OFFERED_MAX) } : null;
}
