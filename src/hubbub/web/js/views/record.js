/** A room's messages as one document: printed, or saved as text or as a page of its own. */

import { el } from "../log/element.js";
import { linesOf } from "../log/lines.js";
import { fill } from "../log/row.js";
import { lookOf } from "../log/looks.js";
import { fullTime } from "../log/times.js";
import { openDeeds } from "./lists.js";
import { counted } from "./wording.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {import("../markup/markup.js").Known} Known
 */

const PRINTED_MAX = 1000; // a browser lays all of them out at once
const SAVED_MAX = 5000;

/** What a saved page looks like, wherever it is opened. */
const STYLE = `
body { max-width: 50em; margin: 2em auto; padding: 0 1em; font: 1em/1.5 system-ui, sans-serif; }
.message { margin: 0.5em 0; } .who { display: flex; gap: 0.5em; align-items: baseline; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; } p { margin: 0; } .monogram { display: none; }
time, .day, .aside { color: #666; font-size: 0.85em; } blockquote, .reply { color: #666; margin: 0; }
.reply { border: 0; background: none; padding: 0; font: inherit; } pre { overflow-x: auto; }
`;

/**
 * How much of a room there is in a record, as a sentence.
 *
 * @param {RoomState} room
 * @param {number} most
 */
export function extent({ messages, beginning }, most) {
  const shown = messages.slice(-most);
  const [first, last] = [shown[0], shown.at(-1)];
  if (!first || !last) return "Nothing was said here yet.";
  const isAll = beginning && shown.length === messages.length;
  const what = isAll ? "All messages" : `The newest ${counted(shown.length, "message")}`;
  const older = isAll ? "" : " Older ones are not in it.";
  return `${what}, from ${fullTime(first.at)} to ${fullTime(last.at)}.${older}`;
}

/**
 * @param {RoomState} room
 * @param {string} me
 * @param {Known} known
 * @param {number} most how many messages, the newest
 * @returns {HTMLElement} them, each whole, without what can be done with them
 */
function recordOf(room, me, known, most) {
  const count = room.messages.length;
  const now = new Date();
  const people = { ...known, isMe: () => false, may: () => false };
  const asked = { me, isWhole: true, isMarked: false, isWaiting: false };
  const rows = [];
  for (let index = Math.max(0, count - most); index < count; index += 1) {
    const row = el("div", { class: "row" });
    fill(row, { ...lookOf(room, index, asked, now), isNew: false }, people);
    for (const button of row.querySelectorAll("button")) retire(button);
    for (const name of row.querySelectorAll("[data-person]")) name.replaceWith(...name.childNodes);
    rows.push(row);
  }
  const topic = room.topic ? [el("p", {}, room.topic)] : [];
  const about = el("p", { class: "aside" }, extent(room, most));
  return el("section", { id: "record" }, el("h1", {}, room.title), ...topic, about, ...rows);
}

/** Leave of a button what it tells, if it tells anything. @param {HTMLButtonElement} button */
function retire(button) {
  const isTelling = button.matches(".reply, .edited, [data-act=toggle], [data-act=thread]");
  if (isTelling) button.replaceWith(el("span", { class: button.className }, ...button.childNodes));
  else button.remove();
}

/**
 * Print the room that is shown, and not the window that shows a part of it.
 *
 * @param {Chat} chat
 * @param {Known} known
 */
export function listenToPrinting(chat, known) {
  window.addEventListener("beforeprint", () => {
    document.getElementById("record")?.remove();
    if (chat.current) document.body.append(recordOf(chat.current, chat.name, known, PRINTED_MAX));
  });
  window.addEventListener("afterprint", () => document.getElementById("record")?.remove());
}

/**
 * Ask how a room is to be saved, and save it.
 *
 * @param {Chat} chat
 * @param {RoomState} room
 * @param {Known} known
 * @param {(sentence: string) => void} tell
 */
export function openSaving(chat, room, known, tell) {
  const about = `At most the newest ${SAVED_MAX.toLocaleString("en")} messages, as they read now.`;
  /** @param {"txt" | "html"} kind */
  const save = async (kind) => {
    while (!room.beginning && room.messages.length < SAVED_MAX)
      if (!(await chat.reading.loadOlder(room.name))) break;
    const text = kind === "txt" ? asText(room, chat.name) : asPage(room, chat.name, known);
    download(text, `${room.title.replace(/[^\p{L}\p{N}_-]/gu, "")}.${kind}`, kind);
    tell(`Saved. ${extent(room, SAVED_MAX)}`);
  };
  openDeeds(
    `Save ${room.title}`,
    [about],
    [
      ["As text", () => save("txt")],
      ["As a page", () => save("html")],
    ],
    tell,
  );
}

/** @param {RoomState} room @param {string} me */
function asText(room, me) {
  const head = [room.title, room.topic, extent(room, SAVED_MAX)].filter(Boolean);
  return `${[...head, "", linesOf(room.messages.slice(-SAVED_MAX), me)].join("\n")}\n`;
}

/** @param {RoomState} room @param {string} me @param {Known} known */
function asPage(room, me, known) {
  const written = (/** @type {Node} */ node) => new XMLSerializer().serializeToString(node);
  const head = `<meta charset="utf-8">${written(el("title", {}, room.title))}<style>${STYLE}</style>`;
  const body = written(recordOf(room, me, known, SAVED_MAX));
  return `<!doctype html>\n<html lang="en"><head>${head}</head><body>${body}</body></html>\n`;
}

/** @param {string} text @param {string} name @param {"txt" | "html"} kind */
function download(text, name, kind) {
  const type = kind === "txt" ? "text/plain" : "text/html";
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address)); // the browser has begun
}
