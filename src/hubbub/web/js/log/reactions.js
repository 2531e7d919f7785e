/** The reactions to a message. */

import { oneLine } from "../markup/visible.js";
import { el } from "./element.js";

const KINDS_MAX = 20;
const NAMES_MAX = 20;

/**
 * @param {Record<string, string[]>} reactions
 * @param {(name: string) => boolean} own
 * @returns {HTMLElement[]} nothing, or a line of chips
 */
export function reactionChips(reactions, own) {
  const kinds = Object.entries(reactions).filter(([, names]) => names.length);
  if (!kinds.length) return [];
  const chips = el("div", { class: "chips" });
  chips.append(...kinds.slice(0, KINDS_MAX).map(([emoji, names]) => chip(emoji, names, own)));
  if (kinds.length > KINDS_MAX) chips.append(el("span", {}, `+${kinds.length - KINDS_MAX}`));
  const add = { type: "button", "data-act": "react", "aria-label": "Add a reaction" };
  chips.append(el("button", add, "+"));
  return [chips];
}

/**
 * @param {string} emoji
 * @param {string[]} names
 * @param {(name: string) => boolean} own
 */
function chip(emoji, names, own) {
  const shown = names.slice(0, NAMES_MAX).map(oneLine);
  if (names.length > NAMES_MAX) shown.push(`${names.length - NAMES_MAX} more`);
  const who = shown.join(", ");
  return el(
    "button",
    {
      type: "button",
      "data-act": "toggle",
      "data-emoji": emoji,
      "aria-pressed": `${names.some(own)}`,
      "aria-label": `${oneLine(emoji)} ${names.length}: ${who}`,
      title: who,
    },
    el("bdi", {}, oneLine(emoji)),
    ` ${names.length}`,
  );
}
