/** Creates the chat, the log and the views, and connects them. */

import { Chat } from "./chat/chat.js";
import { nameKey, sameName } from "./chat/names.js";
import { LogView } from "./log/log-view.js";
import { excerpt } from "./markup/excerpt.js";
import { isMention } from "./markup/markup.js";
import { Attention } from "./views/attention.js";
import { openRooms, openSearch, openSwitcher, roomName } from "./views/choosing.js";
import { copy } from "./views/clipboard.js";
import { Composer } from "./views/composer.js";
import { askTopic, confirmDeletion, openHelp } from "./views/dialogs.js";
import { Drawers } from "./views/drawers.js";
import { Entrance } from "./views/entrance.js";
import { Header } from "./views/header.js";
import { Histories } from "./views/histories.js";
import { KEYS_SHOWN, leaveComposingAlone, listenToKeys } from "./views/keys.js";
import { nextFrame, onClick, part, setText, write } from "./views/page.js";
import { People } from "./views/people.js";
import { Sidebar } from "./views/sidebar.js";
import { counted, listed, refusal } from "./views/wording.js";

/**
 * @typedef {import("./chat/types.js").Message} Message
 * @typedef {import("./chat/types.js").RoomState} RoomState
 */

const EXCERPT_CHARS_MAX = 100;
const SPEAKERS_LOOKED_AT_MAX = 100;

leaveComposingAlone(); // before anything else listens to keys

const storage = storageOf("localStorage");
const tab = storageOf("sessionStorage");
const chat = new Chat({
  url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`,
  storage,
  tab,
  password: takePassword(),
  schedule: nextFrame,
  isMention,
});

// What the user can do.

/** @type {(text: string, names?: readonly string[]) => void} `names` as the text has them */
const tell = (text, names) => composer.tell(text, names);

/**
 * Show a notice if the server refuses something.
 * @type {(doing: Promise<unknown>) => Promise<unknown>}
 */
const attempt = (doing) => doing.catch((error) => tell(refusal(error)));

/** In the room that is shown, if there is one. @param {(room: RoomState) => unknown} act */
const here = (act) => chat.current && act(chat.current);

/** @param {RoomState} room */
function show(room) {
  chat.show(room.name);
  goBack();
}

/** Close what is open, and go back to the composer. */
function goBack() {
  drawers.close();
  write();
}

/** @param {Message} message */
async function jump({ room, seq }) {
  if (chat.rooms.some(({ name }) => name === room)) chat.show(room);
  else await chat.join(room);
  drawers.close();
  follow();
  await log.jumpTo(seq);
}

const desk = {
  /** @param {string} room */
  join: (room) => chat.join(roomName(room) || room),
  /** @param {string} name @param {string} text */
  direct: async (name, text) => {
    const room = await chat.direct(name);
    if (!text) return;
    chat.say(room.name, text);
    desk.said();
  },
  /** @param {string} text */
  topic: (text) => here((room) => (text ? chat.setTopic(room.name, text) : askForTopic(room))),
  leave: () => here((room) => chat.leave(room.name)),
  /** @param {string} words */
  search: (words) => openSearch(chat, jump, words, tell),
  who: () =>
    here(({ members, title }) =>
      tell(
        `${counted(members.length, "person", "people")} in ${title}: ${listed(members)}`,
        [title, ...members],
      ),
    ),
  help: () => openHelp(KEYS_SHOWN),
  /** Recent speakers first. */
  names: () => {
    const speakers =
      chat.current?.messages.slice(-SPEAKERS_LOOKED_AT_MAX).map(({ from }) => from) ?? [];
    const names = new Set([...speakers.reverse(), ...chat.rooms.flatMap(({ members }) => members)]);
    return [...names].filter((name) => !isOwn(name));
  },
  /** @param {Message} message */
  remove: async ({ room, seq, text }) => {
    if (await confirmDeletion(excerpt(text, EXCERPT_CHARS_MAX)))
      await attempt(chat.remove(room, seq));
  },
  isOwn,
  isName,
  /** Show what was sent, even if the user was reading further up. */
  said: () => {
    follow();
    log.toEnd();
  },
};

/** @param {RoomState} room */
async function askForTopic(room) {
  const topic = await askTopic(room.title, room.topic);
  if (topic === null) return;
  // A refused answer comes back as the command that says the same.
  const line = { text: `/topic ${topic}`.trim() };
  await composer.attempt(room, line, () => chat.setTopic(room.name, topic));
}

/** @param {string} name */
function isOwn(name) {
  return sameName(name, chat.name);
}

/** @type {Set<string> | null} what the people in the room are called; null when that has changed */
let present = null;

/** @param {string} name */
function isName(name) {
  present ??= new Set(chat.current?.members.map(nameKey));
  return present.has(nameKey(name));
}

listenToKeys({
  switchRoom: () => openSwitcher(chat, tell),
  search: () => desk.search(""),
  help: desk.help,
  write: goBack,
  selectAll: () => log.selectAll(),
  swapFocus: () =>
    logElement.contains(document.activeElement) ? composer.focus() : log.focusLast(),
  move: (steps, isUnread) => {
    const { rooms } = chat;
    const start = rooms.findIndex((room) => room === chat.current);
    for (let step = 1; step < rooms.length; step += 1) {
      const room = rooms[(start + step * steps + rooms.length * step) % rooms.length];
      if (room && (!isUnread || room.unread)) return show(room);
    }
  },
});

// What the user sees.

const app = part("app", HTMLElement);
const newest = part("newest", HTMLElement);
const logElement = part("log", HTMLElement);
const drawers = new Drawers();
const entrance = new Entrance(chat);
const composer = new Composer(chat, desk, tab);
const header = new Header(chat);
const sidebar = new Sidebar(chat, show);
const people = new People(chat, {
  direct: (name) => void attempt(desk.direct(name, "").then(goBack)),
  mention: (name) => {
    drawers.close();
    composer.mention(name);
  },
});
const histories = new Histories(chat, tell);
const attention = new Attention(chat, jump, storage);
const log = new LogView(logElement, {
  older: () => here((room) => void chat.loadOlder(room.name)),
  atEnd: look,
  reply: (message) => composer.reply(message),
  edit: (message) => composer.edit(message),
  remove: desk.remove,
  react: ({ room, seq }, emoji, on) => void attempt(chat.react(room, seq, emoji, on)),
  copy: (text) => void attempt(copy(text)),
  retry: (post) => chat.retry(post),
  change: (post) => {
    chat.discard(post);
    composer.change(post);
    composer.focus();
  },
  discard: (post) => chat.discard(post),
  name: () => chat.name,
  reach: async (seq) => (chat.current ? chat.reach(chat.current.name, seq) : false),
  own: isOwn,
  isName,
});

logElement.addEventListener("hubbub:leave-log", () => composer.focus());

/** @type {RoomState | null} */
let shown = null;

/** The log shows the room that the chat is in. */
function follow() {
  if (chat.current === shown) log.update();
  else if (chat.current) log.show(chat.current);
  shown = chat.current;
}

/** Note what the user has read, and offer the way to what is new. */
function look() {
  const room = chat.current;
  if (!room) return;
  const { unread, pending } = room;
  if (log.isAtEnd && chat.attentive && unread) chat.read(room.name);
  newest.hidden = log.isAtEnd;
  newest.classList.toggle("unread", unread > 0);
  const failed = pending.filter(({ failure }) => failure !== undefined).length;
  newest.classList.toggle("failed", failed > 0);
  if (failed) setText(newest, `${counted(failed, "message")} not sent ↓`);
  else setText(newest, unread ? `${counted(unread, "new message")} ↓` : "Newest ↓");
}

const REPLACED =
  "The chatroom's history was replaced, as by an older copy of it. You see what there is now.";

chat.subscribe((changes) => {
  if (changes.has("replaced")) tell(REPLACED);
  const wasHidden = app.hidden;
  if (changes.has("members") || changes.has("rooms")) present = null;
  entrance.update();
  app.hidden = entrance.isOpen;
  composer.update();
  histories.update();
  if (!entrance.isOpen) {
    header.update();
    if (changes.has("members") || changes.has("rooms")) people.update();
    follow();
    look();
    sidebar.update();
    if (wasHidden) composer.focus();
  }
  attention.update(); // after what was read at once
});

/** @type {[string, () => unknown][]} */
const buttons = [
  ["find-room", () => openRooms(chat, tell)],
  ["search", () => desk.search("")],
  ["help", desk.help],
  ["quit", () => chat.quit()],
  ["topic", () => desk.topic("")],
  ["leave", () => here((room) => attempt(chat.leave(room.name)))],
];
for (const [id, act] of buttons) {
  onClick(id, () => {
    drawers.close();
    act();
  });
}
onClick("newest", () => {
  log.toEnd();
  goBack();
});

function attend() {
  chat.attentive = document.hasFocus() && document.visibilityState === "visible";
  look();
}
window.addEventListener("focus", attend);
window.addEventListener("blur", attend);
window.addEventListener("online", () => chat.retryNow());
document.addEventListener("visibilitychange", () => {
  attend();
  if (document.visibilityState === "visible") chat.retryNow();
});

/**
 * Return the browser's storage, or if it allows none, one that lasts as long as the page.
 * @param {"localStorage" | "sessionStorage"} kind
 * @returns {import("./chat/types.js").KeyValues}
 */
function storageOf(kind) {
  try {
    return window[kind];
  } catch {
    /** @type {Map<string, string>} */
    const kept = new Map();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
  }
}

/** Take the password out of the address, where a scanned code puts it, and out of the history. */
function takePassword() {
  const password = new URLSearchParams(location.hash.slice(1)).get("password");
  if (password === null) return undefined;
  history.replaceState(null, "", location.pathname);
  return password;
}

part("loading", HTMLElement).hidden = true;
if (!chat.restore()) entrance.update();
attend();
