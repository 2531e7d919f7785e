/** Completes the letters before the cursor to a command, a #room or an @name. */

/** @typedef {import("./commands.js").Command} Command */

const NAME = /(?<![\p{L}\p{N}_@#/])@([^@\n]{1,32})$/u;
const ROOM = /(?<![\p{L}\p{N}_@#/])#(\S+)$/u;
const COMMAND = /^\/([a-z-]+)$/i;
const WORD = /(?<![^\s([{"'])([\p{L}\p{N}][^\s@#/]*)$/u;

/**
 * @param {string} before the text before the cursor
 * @param {readonly string[]} names
 * @param {readonly string[]} rooms
 * @param {readonly Command[]} commands
 * @returns {{start: number, options: string[]} | null} what can stand from `start` on, never none
 */
export function complete(before, names, rooms, commands) {
  const people = names.map((name) => `@${name}`);
  return (
    matching(
      COMMAND,
      before,
      commands.map(({ word }) => `/${word}`),
    ) ??
    matching(NAME, before, people) ??
    matching(
      ROOM,
      before,
      rooms.map((room) => `#${room}`),
    ) ??
    matching(WORD, before, people)
  );
}

/**
 * @param {RegExp} place
 * @param {string} before
 * @param {string[]} candidates each with a sign before it
 */
function matching(place, before, candidates) {
  const found = place.exec(before);
  if (!found) return null;
  const typed = (found[1] ?? "").toLowerCase();
  const options = candidates.filter((one) => one.slice(1).toLowerCase().startsWith(typed));
  return options.length ? { start: found.index, options: options.map((one) => `${one} `) } : null;
}
