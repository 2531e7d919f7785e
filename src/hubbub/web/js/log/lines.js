/** Messages as lines of text, to be pasted elsewhere. */

import { oneLine } from "../markup/visible.js";
import { isAction, senderOf } from "./context.js";
import { clock, dayAndClock, dayOf } from "./times.js";

/**
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").Post} Post
 */

/**
 * @param {readonly (Message | Post)[]} items
 * @param {string} me the user's name
 * @returns {string} `[time] name: text` for each, with the day where they are of several days
 */
export function linesOf(items, me) {
  const days = new Set(items.map(({ at }) => dayOf(at)));
  const time = days.size > 1 ? dayAndClock : clock;
  return items
    .map(
      (item) => `[${time(item.at)}] ${oneLine(senderOf(item, me))}${isAction(item) ? "" : ":"} ${said(item)}`,
    )
    .join("\n");
}

/** @param {Message | Post} item */
function said(item) {
  return "deleted" in item && item.deleted ? "(message deleted)" : item.text;
}
