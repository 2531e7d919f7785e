/** How later events change a message; the same as chat/fold.py. */

import { sameName } from "./names.js";

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").WireEvent} WireEvent
 */

const CHANGES = new Set(["edited", "deleted", "reaction"]);

/**
 * @param {WireEvent} event
 * @returns {number | undefined} the seq of the message that it changes, if it changes one
 */
export function targetOf(event) {
  return CHANGES.has(event.type) ? event.target : undefined;
}

/**
 * @param {Message} message
 * @param {WireEvent} event a later one that targets it
 * @returns {Message} as it reads after the event
 */
export function fold(message, event) {
  if (message.deleted) return message;
  switch (event.type) {
    case "edited": {
      const { edits: _, ...rest } = message;
      const often = event.edits > 1 ? { edits: event.edits } : {};
      return { ...rest, ...often, text: event.text, edited: event.at };
    }
    case "deleted": {
      const { reactions: _, ...rest } = message;
      return { ...rest, text: "", deleted: true };
    }
    case "reaction":
      return reacted(message, event);
    default:
      return message;
  }
}

/**
 * @param {Message} message
 * @param {WireEvent} event
 * @returns {Message}
 */
function reacted(message, { emoji, on, from }) {
  const { reactions = {}, ...rest } = message;
  const given = Object.hasOwn(reactions, emoji) ? reactions[emoji] : [];
  const names = given.filter((name) => !sameName(name, from));
  if (on) names.push(from);
  const all = new Map(Object.entries(reactions));
  if (names.length) all.set(emoji, names);
  else all.delete(emoji);
  return all.size ? { ...rest, reactions: Object.fromEntries(all) } : rest;
}
