/** Sentences and labels that depend on the state. */

import { ChatError } from "../chat/errors.js";
import { el } from "../log/element.js";

/** @typedef {import("../chat/types.js").Connection} Connection */

/**
 * Return the sentence of a refusal; throw any other error, which is a fault of ours.
 * @param {unknown} error
 */
export function refusal(error) {
  if (error instanceof ChatError) return error.message;
  throw error;
}

/**
 * Count things.
 * @param {number} count
 * @param {string} thing
 * @param {string} [things]
 */
export const counted = (count, thing, things = `${thing}s`) =>
  `${count.toLocaleString("en")} ${count === 1 ? thing : things}`;

/**
 * Return a sentence that says by how much a text is too long, or "".
 * @param {string} text
 * @param {number} textBytesMax
 */
export function tooLong(text, textBytesMax) {
  if (text.length * 3 <= textBytesMax) return "";
  const over = new TextEncoder().encode(text).length - textBytesMax;
  if (over <= 0) return "";
  const most = textBytesMax.toLocaleString("en");
  const excess = counted(over, "byte");
  return `This message is ${excess} too long; ${most} fit. Shorten it, or send it in parts.`;
}

/**
 * The title of the window.
 * @param {number} unread
 * @param {string} [room]
 */
export const titleOf = (unread, room) => `${unread ? `(${unread}) ` : ""}${room ? `${room} – ` : ""}hubbub`;

/**
 * Say that the page tries by itself to get in.
 * @param {string} sentence of the server, if it said why not
 */
export const tryingAgain = (sentence) =>
  `${sentence || "The server does not answer."} This page tries again by itself.`;

/** @param {readonly string[]} names */
export function typingOf(names) {
  if (!names.length) return "";
  if (names.length > 3) return "Several people are typing …";
  return `${listed(names)} ${names.length === 1 ? "is" : "are"} typing …`;
}

/** @param {readonly string[]} names */
export const listed = (names) => new Intl.ListFormat("en").format(names);

/**
 * Isolate the names in a sentence, so that those of another script do not reorder it.
 * @param {string} sentence
 * @param {readonly string[]} names in the order in which the sentence has them
 * @returns {(string | Node)[]}
 */
export function withNames(sentence, names) {
  const parts = [];
  let rest = sentence;
  for (const name of names) {
    const at = rest.indexOf(name);
    if (at < 0) continue; // several people are not named
    parts.push(rest.slice(0, at), el("bdi", {}, name));
    rest = rest.slice(at + name.length);
  }
  return [...parts, rest];
}

/**
 * Describe the connection. `detail` changes often and is not read out.
 * @param {Connection} connection
 * @param {number} now in ms
 * @returns {{text: string, detail: string, remedy: "" | "Try now" | "Continue here"}}
 */
export function described({ phase, sentence, retryAt, latency }, now) {
  switch (phase) {
    case "online":
      return {
        text: sentence ? `Connected to ${sentence}; files wait.` : "Connected",
        detail: latency === null ? "" : `· ${Math.round(latency)} ms`,
        remedy: "",
      };
    case "waiting": {
      const seconds = Math.max(0, Math.ceil((retryAt - now) / 1000));
      return {
        text: "Offline — your messages wait.",
        detail: `Trying again in ${seconds} s`,
        remedy: "Try now",
      };
    }
    case "elsewhere":
      return { text: "Continued in another tab", detail: "", remedy: "Continue here" };
    default:
      return { text: "Connecting …", detail: "", remedy: "" };
  }
}
