/**
 * How a message's text is shown: code, lists, headings, quotes, emphasis, links and mentions.
 *
 * Nothing disappears except the marks, and only what is clearly meant as a mark is one: `2*3*4`,
 * `snake_case` and `*.py` stay as they are.
 */

import { partsOf } from "./blocks.js";
import { beginningOf } from "./excerpt.js";
import { withMentions } from "./mentions.js";
import { withNames } from "./people.js";
import { withRooms } from "./rooms.js";
import { runsOf } from "./runs.js";
import { visible } from "./visible.js";

/**
 * @typedef {import("./runs.js").Run} Run
 * @typedef {{kind: "code", text: string, language?: string}} Code
 * @typedef {{kind: "quote" | "heading" | "item" | "prose", runs: Run[], level?: number, depth?: number, lead?: string}} Prose
 * @typedef {Code | Prose} Block
 * @typedef {object} Known
 * @property {(name: string) => boolean} isName whether somebody here has this name
 * @property {(name: string) => boolean} isRoom whether the reader has a room of this name
 */

const RUNS_MAX = 1000; // more would stop the page for seconds
const LARGE_CHARS_MAX = 100;
const EMOJI =
  /^(?:(?:\p{Extended_Pictographic}|\p{RI}{2}|[\d#*]\ufe0f?\u20e3)(?:\p{EMod}|\ufe0f|\u200d|[\u{e0020}-\u{e007f}])*\s*){1,8}$/u;

/** @type {Known} */
const NOTHING_KNOWN = { isName: () => false, isRoom: () => false };

/**
 * @param {string} text
 * @param {string} name the reader's
 * @param {Known} [known]
 * @returns {Block[]}
 */
export function blocksOf(text, name, { isName, isRoom } = NOTHING_KNOWN) {
  let count = 0;
  return partsOf(visible(text)).map(({ kind, text: part, language, ...rest }) => {
    if (kind === "code") return { kind, text: part, language };
    const mentioning = withMentions(runsOf(part, kind === "quote"), name);
    const runs = withNames(withRooms(mentioning, isRoom), isName);
    const isFlood = (count += runs.length) > RUNS_MAX;
    return { ...rest, kind, runs: isFlood ? [{ text: part, kind: "text", tags: [] }] : runs };
  });
}

/**
 * @param {string} text
 * @param {string} name
 * @returns {boolean} whether it calls the person of this name
 */
export function isMention(text, name) {
  // Parsing every message of a flood would be slow, so a cheap test comes first.
  if (!text.includes("@") && !text.toLowerCase().includes(name.toLowerCase())) return false;
  const prose = blocksOf(text, name).flatMap((block) => ("runs" in block ? block.runs : []));
  return prose.some((run) => run.mention);
}

/**
 * @param {string} text
 * @returns {boolean} whether it is a few emoji and nothing else, to be shown larger
 */
export function isEmoji(text) {
  return text.length <= LARGE_CHARS_MAX && EMOJI.test(text);
}

/**
 * @param {Block[]} blocks
 * @param {number} charsMax
 * @param {number} linesMax
 * @returns {Block[] | null} the beginning of a long message; null if it is not that long
 */
export function beginning(blocks, charsMax, linesMax) {
  let chars = charsMax;
  let lines = linesMax;
  /** @type {(text: string) => string} */
  const fitting = (text) => {
    let end = Math.min(text.length, chars);
    let at = -1;
    while (lines > 0 && (at = text.indexOf("\n", at + 1)) >= 0 && at < end) {
      if (--lines === 0) end = at;
    }
    chars -= end;
    return beginningOf(text, end);
  };
  /** @type {Block[]} */
  const shown = [];
  for (const block of blocks) {
    if (block.kind === "code") {
      const text = fitting(block.text);
      shown.push({ ...block, text });
      if (text !== block.text) return shown;
    } else {
      /** @type {Run[]} */
      const runs = [];
      shown.push({ ...block, runs });
      for (const run of block.runs) {
        const text = fitting(run.text);
        if (text === run.text) runs.push(run);
        else {
          // A link that is cut would lead elsewhere.
          if (run.kind !== "link" && !run.room) runs.push({ ...run, text });
          return shown;
        }
      }
    }
    lines--;
  }
  return null;
}
