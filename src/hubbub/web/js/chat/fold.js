/** How later events change a message; the same as chat/fold.py. */

import { sameName } from "./names.js";

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").WireEvent} WireEvent
 */

const CHANGES = new Set(["edited", "deleted", "reaction", "pinned"]);

/**
 * @param {WireEvent} event
 * @returns {number | undefined} the seq of the message that it changes, if it changes one
 */
export function targetOf(event) {
  return CHANGES.has(event.type) ? event.target : undefined;
}

/**
 * @param {WireEvent} event
 * @returns {number | undefined} the seq of the message that pages show otherwise after it, if any: an
 *   answer is counted where it answers
 */
export function touchedBy(event) {
  return event.type === "message" ? event.reply_to : targetOf(event);
}

/**
 * @param {Message} message
 * @param {WireEvent} event a later one that touches it: an answer counts, until it is deleted
 * @returns {Message} as it reads after the event
 */
export function fold(message, event) {
  if (event.type === "message")
    return event.deleted ? message : { ...message, replies: (message.replies ?? 0) + 1 };
  if (event.type === "deleted" && event.target !== message.seq) return unanswered(message);
  if (message.deleted) return message;
  switch (event.type) {
    case "edited": {
      const { edits: _, tags: _said, ...rest } = message;
      const often = event.edits > 1 ? { edits: event.edits } : {};
      return { ...rest, ...often, text: event.text, edited: event.at };
    }
    case "deleted": {
      const { reactions: _, pinned: _was, files: _had, tags: _said, ...rest } = message;
      return { ...rest, text: "", deleted: true };
    }
    case "reaction":
      return reacted(message, event);
    case "pinned": {
      const { pinned: _, ...rest } = message;
      return event.on ? { ...rest, pinned: true } : rest;
    }
    default:
      return message;
  }
}

/** @param {Message} message of whose answers one was deleted @returns {Message} */
function unanswered({ replies = 0, ...rest }) {
  return replies > 1 ? { ...rest, replies: replies - 1 } : rest;
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
