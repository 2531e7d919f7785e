/** Creates the chat, the log and the views, and connects them. */

import { Calling } from "./chat/calling.js";
import { Chat } from "./chat/chat.js";
import { ChatError } from "./chat/errors.js";
import { nameKey, sameName } from "./chat/names.js";
import { openShelf } from "./chat/shelf.js";
import { LogView } from "./log/log-view.js";
import { excerpt } from "./markup/excerpt.js";
import { isMention } from "./markup/markup.js";
import { deleteRoom, makeHook, openHooks, openRoom } from "./views/about-room.js";
import {
  askCode,
  askForgetting,
  askLogin,
  askPassword,
  askRecovery,
  askRegistration,
  askRename,
  openAccount,
  openDevices,
  openLinking,
  signOut,
} from "./views/account.js";
import { takeFragment } from "./views/address.js";
import { Acquaintances } from "./views/acquaintances.js";
import { Appearance } from "./views/appearance.js";
import { Attaching } from "./views/attaching.js";
import { Attention } from "./views/attention.js";
import { askInRoom, callingSection } from "./views/calling.js";
import { askAccess } from "./views/chatroom.js";
import { openRooms, openSearch, openSwitcher, roomName } from "./views/choosing.js";
import { copy } from "./views/clipboard.js";
import { offered } from "./views/commands.js";
import { Composer } from "./views/composer.js";
import { deviceLabel } from "./views/device.js";
import { closeDialog, askTopic, confirmDeletion, openHelp } from "./views/dialogs.js";
import { Drawers } from "./views/drawers.js";
import { EmojiTable } from "./views/emoji.js";
import { Entrance } from "./views/entrance.js";
import { Header } from "./views/header.js";
import { Histories } from "./views/histories.js";
import { Hits } from "./views/hits.js";
import { addressOf, Places } from "./views/places.js";
import { storageOf } from "./views/storage.js";
import { KEYS_SHOWN, leaveComposingAlone, listenToKeys } from "./views/keys.js";
import { Ordering, askReport } from "./views/ordering.js";
import { nextFrame, onClick, part, setText, write } from "./views/page.js";
import { People } from "./views/people.js";
import { Preferences } from "./views/preferences.js";
import { openSettings } from "./views/settings.js";
import { listenToPrinting, openSaving } from "./views/record.js";
import { Returning } from "./views/returning.js";
import { Sidebar } from "./views/sidebar.js";
import { Stopped } from "./views/stopped.js";
import { Threads } from "./views/threads.js";
import { openViewer, picturesOf } from "./views/viewer.js";
import { counted, listed, refusal } from "./views/wording.js";

/**
 * @typedef {import("./chat/types.js").Message} Message
 * @typedef {import("./chat/types.js").RoomState} RoomState
 */

const EXCERPT_CHARS_MAX = 100;
const NOT_THERE = "This message cannot be shown: it is not in the room any more, or is hidden.";
const SPEAKERS_LOOKED_AT_MAX = 100;

leaveComposingAlone(); // before anything else listens to keys

const storage = storageOf("localStorage");
const tab = storageOf("sessionStorage");
const preferences = new Preferences(storage);
const calling = new Calling(storage);
const brought = takeFragment();
const chat = new Chat({
  url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`,
  storage,
  tab,
  password: brought.password,
  label: deviceLabel(navigator.userAgent),
  schedule: nextFrame,
  shelf: openShelf(),
  isMention: (text, name) => isMention(text, name) || calling.words.some((word) => isMention(text, word)),
  isLoud: calling.isLoud,
});

const emoji = new EmojiTable(storage);

// What the user can do.

/** @type {(text: string, names?: readonly string[], act?: import("./views/notices.js").Act) => void} `names` as the text has them */
const tell = (text, names, act) => composer.tell(text, names, act);

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

/** @param {{room: string, seq?: number}} place a message, or a room */
async function goTo({ room, seq }) {
  if (chat.rooms.some(({ name }) => name === room)) chat.show(room);
  else await chat.join(room);
  drawers.close();
  follow();
  if (seq === undefined) return;
  await log.jumpTo(seq, { isFocused: true });
  if (chat.current && chat.current.indexOf(seq) < 0) tell(NOT_THERE);
}

/** @param {Message} message */
async function jump({ room, seq }) {
  await goTo({ room, seq });
  places.went({ room, seq });
}

const desk = {
  /** @param {string} room */
  join: (room) => chat.join(roomName(room) || room),
  /** @param {string} name @param {string} text */
  direct: async (name, text) => {
    const room = await chat.direct(name);
    if (!text) return;
    chat.say(room.name, emoji.inText(text));
    desk.said();
  },
  /** @param {string} text */
  topic: (text) => here((room) => (text ? chat.setTopic(room.name, text) : askForTopic(room))),
  leave: () => here((room) => chat.leave(room.name)),
  notify: () => here((room) => void askInRoom(calling, room)),
  keepOnTop: () => here((room) => chat.keepOnTop(room, !room.isTop)),
  /** @param {string} words */
  search: (words) => openSearch(chat, hits, { typed: words }, tell),
  mentions: () => {
    const typed = `"${chat.name.replaceAll('"', "")}"`;
    openSearch(chat, hits, { typed, isEverywhere: true }, tell);
  },
  address: () => here(({ name }) => copyAddress({ room: name })),
  who: () =>
    here(({ members, title }) =>
      tell(`${counted(members.length, "person", "people")} in ${title}: ${listed(members)}`, [
        title,
        ...members,
      ]),
    ),
  settings: () => openSettings(settings()),
  /** @param {RoomState | null} [room] */
  save: (room = chat.current) => room && openSaving(chat, room, isName, tell),
  help: () => openHelp(KEYS_SHOWN, offered(chat.order, chat.current)),
  /** @param {string} typed */
  register: (typed) => void askRegistration(chat, tell, typed),
  /** @param {string} name */
  login: (name) => void askLogin(chat, name),
  password: () => void askPassword(chat, tell),
  /** @param {string} text what the user does */
  act: (text) =>
    here((room) => {
      const silence = chat.order.silence(room);
      if (silence && silence !== room.muted) throw new ChatError("forbidden", silence);
      chat.say(room.name, emoji.inText(text), { me: true });
      desk.said();
    }),
  people: new Acquaintances(chat, tell),
  /** @param {string} name */
  rename: (name) => (name ? chat.account.rename(name) : void askRename(chat, tell)),
  access: () => askAccess(chat, tell),
  hooks: {
    /** @param {string} name */
    make: (name) => here((room) => makeHook(chat, room, name, tell)),
    show: () => here((room) => openHooks(chat, room, tell)),
  },
  pins: () => here((room) => threads.openPins(room)),
  deleteRoom: () => here((room) => deleteRoom(chat, room)),
  forget: () => void askForgetting(chat),
  devices: () => openDevices(chat),
  link: () => openLinking(chat),
  signOut: () => void signOut(chat),
  /** @param {string} code */
  linkWith: (code) => void askCode(chat, code),
  /** @param {string} name */
  recover: (name) => void askRecovery(chat, name),
  ordering: new Ordering(chat, tell),
  /** Recent speakers first. */
  names: () => {
    const speakers = chat.current?.messages.slice(-SPEAKERS_LOOKED_AT_MAX).map(({ from }) => from) ?? [];
    const names = new Set([...speakers.reverse(), ...chat.rooms.flatMap(({ members }) => members)]);
    return [...names].filter((name) => !isMe(name));
  },
  /** @param {Message} message */
  remove: async (message) => {
    const of = chat.isOwn(message) ? "" : message.from;
    if (await confirmDeletion(excerpt(message.text, EXCERPT_CHARS_MAX), of))
      await attempt(chat.remove(message));
  },
  emoji,
  pickEmoji,
  mayEdit: (/** @type {Message} */ message) => mayDo("edit", message),
  isName,
  attach: (/** @type {File} */ file) => attaching.add([file]),
  hasFiles: (/** @type {RoomState} */ { name }) => chat.parcels.open(name) !== undefined,
  /** @type {(room: RoomState, text: string, replyTo?: number) => boolean} */
  sendFiles: (room, text, replyTo) => attaching.send(room, text, replyTo),
  /** Show what was sent, even if the user was reading further up. */
  said: () => {
    follow();
    log.toEnd();
  },
};

/** @type {(button: HTMLElement, place: Element, title: string, choose: (emoji: string) => void) => unknown} */
function pickEmoji(button, place, title, choose) {
  return attempt(
    import("./later/emoji-picker.js").then((later) => later.pickEmoji(button, place, emoji, title, choose)),
  );
}

/** Whether the user may say something in the room that is shown. */
const mayWrite = () => chat.current !== null && !chat.order.silence(chat.current);

/** @param {RoomState} room */
async function askForTopic(room) {
  const topic = await askTopic(room.title, room.topic);
  if (topic === null) return;
  // A refused answer comes back as the command that says the same.
  const line = { text: `/topic ${topic}`.trim() };
  await composer.attempt(room, line, () => chat.setTopic(room.name, topic));
}

/** @type {(deed: import("./chat/rights.js").Deed, message: Message) => boolean} in the room that is shown */
const mayDo = (deed, message) => chat.order.mayDo(deed, message, chat.current);

/** @param {string} name */
function isMe(name) {
  return sameName(name, chat.name);
}

/** @type {Set<string> | null} what the people in the room are called; null when that has changed */
let present = null;

/** @param {string} name */
function isName(name) {
  present ??= new Set(chat.current?.members.map(nameKey));
  return present.has(nameKey(name));
}

/** @param {string} name */
function openProfile(name) {
  if (isMe(name)) return openAccount(chat, tell, desk);
  return desk.people.openProfile(name, desk.ordering, [
    ["Write to them alone", () => desk.direct(name, "").then(goBack)],
    ["Mention them", () => mention(name)],
  ]);
}

/** @param {{room: string, seq?: number}} place */
const copyAddress = (place) =>
  void attempt(copy(addressOf(place)).then(() => tell(`The address is copied: ${addressOf(place)}`)));

/** @param {string} name */
function mention(name) {
  drawers.close();
  composer.mention(name);
}

listenToPrinting(chat, isName);
listenToKeys({
  switchRoom: () => openSwitcher(chat, tell),
  search: () => desk.search(""),
  step: (steps) => (hits.isOpen ? hits.step(steps) : desk.search("")),
  unread: () => void stopped.toFirst(),
  newest: () => stopped.toNewest(),
  markRead: () => stopped.markRead(),
  help: desk.help,
  settings: desk.settings,
  write: goBack,
  selectAll: () => log.selectAll(),
  swapFocus: () => (logElement.contains(document.activeElement) ? composer.focus() : log.focusLast()),
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
const hits = new Hits(jump, attempt, (typed, at) => openSearch(chat, hits, { typed, at }, tell));
const newest = part("newest", HTMLElement);
const logElement = part("log", HTMLElement);
const drawers = new Drawers();
const places = new Places(
  (place) => attempt(goTo(place)),
  () => closeDialog() || drawers.close(),
);
const entrance = new Entrance(chat, brought);
const composer = new Composer(chat, desk, tab);
const attaching = new Attaching(chat.parcels, () => (mayWrite() ? chat.current : null), tell);
const header = new Header(chat);
const sidebar = new Sidebar(chat, show);
const people = new People(chat, {
  direct: (name) => void attempt(desk.direct(name, "").then(goBack)),
  mention,
  profile: openProfile,
});
const threads = new Threads(chat, { jump, tell, ready: (text) => emoji.ready(text), isName, isMe });
const histories = new Histories(chat, tell);
const attention = new Attention(chat, calling, jump, storage);
const log = new LogView(logElement, {
  older: () => here((room) => void chat.reading.loadOlder(room.name)),
  between: (isDown) => here((room) => void chat.reading.loadBetween(room.name, isDown)),
  atEnd: look,
  drawn: () => {
    see();
    stopped.draw();
  },
  unread: (message) => chat.reading.markUnread(message),
  reply: (message) => composer.reply(message),
  quote: ({ text }, selected) => composer.quote(selected || text),
  threads,
  edit: (message) => composer.edit(message),
  remove: desk.remove,
  profile: openProfile,
  report: (message) => void askReport(chat, message, tell),
  view: (id) => here(({ messages }) => openViewer(picturesOf(messages), id)),
  react: (message, emoji, on) => void attempt(chat.react(message, emoji, on)),
  pickEmoji,
  copy: (text) => void attempt(copy(text)),
  link: ({ room, seq }) => copyAddress({ room, seq }),
  retry: (post) => chat.retry(post),
  change: (post) => {
    chat.discard(post);
    composer.change(post);
    composer.focus();
  },
  discard: (post) => chat.discard(post),
  isWaiting: (post) => chat.isHeld(post),
  name: () => chat.name,
  reach: async (seq) => (chat.current ? chat.reading.reach(chat.current.name, seq) : false),
  may: mayDo,
  isMe,
  isName,
});

const stopped = new Stopped(chat, log);
const returning = new Returning(chat, log);
const appearance = new Appearance(preferences, () => log.renew());

const order = preferences.choice("rooms", "Rooms in the list", [
  ["name", "By name"],
  ["activity", "By activity: where something was said last comes first"],
]);
const sortRooms = () => chat.sortBy(/** @type {"name" | "activity"} */ (order.value()));
preferences.subscribe(sortRooms);
sortRooms();

/** What the settings show. @type {() => import("./views/settings.js").Section[]} */
const settings = () => [
  appearance.section,
  { title: "Rooms", settings: [order] },
  callingSection(calling, { allow: () => attention.allow(), openIgnored: () => desk.people.openIgnored() }),
];

window.addEventListener("storage", ({ key }) => preferences.changedElsewhere(key));
logElement.addEventListener("hubbub:leave-log", () => composer.focus());

/** @type {RoomState | null} */
let shown = null;
let hidden = chat.people.ignored; // whose messages the log does not show

/** The log shows the room that the chat is in. */
function follow() {
  if (chat.people.ignored !== hidden) log.renew();
  hidden = chat.people.ignored;
  if (chat.current === shown) log.update();
  else if (chat.current) log.show(chat.current);
  shown = chat.current;
  if (shown) places.follow(shown.name, wasOnline && shown.filled);
}

/** Note what the user has read. */
function see() {
  const room = chat.current;
  if (!room?.unread || room !== log.room || room.bookmark.isHeld) return;
  if (!chat.attentive || stopped.isOpening) return;
  if (log.isAtEnd) chat.reading.read(room.name);
  else chat.reading.readTo(room.name, log.seen);
}

/** Note what the user has read, and offer the way to what is new. */
function look() {
  const room = chat.current;
  if (!room) return;
  see();
  stopped.draw();
  const { unread, pending } = room;
  logElement.classList.toggle("reactless", !chat.order.may("react", room));
  newest.hidden = log.isAtEnd;
  newest.classList.toggle("unread", unread > 0);
  const failed = pending.filter(({ failure }) => failure !== undefined).length;
  newest.classList.toggle("failed", failed > 0);
  if (failed) setText(newest, `${counted(failed, "message")} not sent ↓`);
  else setText(newest, unread ? `${counted(unread, "new message")} ↓` : "Newest ↓");
}

const REPLACED = "The chatroom's history was replaced, as by an older copy of it. You see what there is now.";

const DELAYED =
  "The chatroom cannot store messages just now. Yours wait here, and are sent in order when it can.";

const UNANSWERED = "The chatroom cannot read its messages just now. What you wait for comes when it can.";

const CHANGED_LATER = "There is no connection. What you changed is changed when it is back.";

let wasOnline = false;

chat.subscribe((changes) => {
  const isOnline = chat.connection.phase === "online";
  if (isOnline && !wasOnline) chat.recall();
  wasOnline = isOnline;
  if (changes.has("replaced")) tell(REPLACED);
  composer.tellWhile(DELAYED, chat.isDelayed);
  composer.tellWhile(UNANSWERED, chat.isUnanswered);
  composer.tellWhile(CHANGED_LATER, chat.isWaitingToChange);
  const silence = chat.current ? chat.order.silence(chat.current) : ""; // which stands there already
  for (const { text, names, room } of chat.takeSentences().filter((one) => one.text !== silence))
    tell(text, names, room ? ["Go there", () => attempt(chat.join(room).then(goBack))] : undefined);
  const wasHidden = app.hidden;
  if (changes.has("members") || changes.has("rooms")) present = null;
  entrance.update();
  app.hidden = entrance.isOpen;
  composer.update();
  attaching.update();
  histories.update();
  if (!entrance.isOpen) {
    header.update();
    if (changes.has("members") || changes.has("rooms")) people.update();
    follow();
    returning.update();
    stopped.update(); // if there is much to be read, that comes first
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
  ["settings", desk.settings],
  ["me", () => openAccount(chat, tell, desk)],
  ["quit", () => chat.quit()],
  ["topic", () => desk.topic("")],
  ["title", () => here((room) => openRoom(chat, room, desk, tell))],
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
  if (document.visibilityState === "visible") stopped.comeBack();
  attend();
  if (document.visibilityState === "visible") chat.retryNow();
});

window.addEventListener("hashchange", () => location.hash && location.reload()); // as if it came with the address

void chat.parcels.restore();
const { invite: invitation, link } = brought;
const isBack = chat.restore(invitation ? { type: "identify", invitation } : undefined);
document.documentElement.dataset.ready = ""; // from here on, js/loading.js has nothing to bear with
if (!isBack) entrance.open();
else {
  entrance.close();
  if (link) void askCode(chat, link);
}
attend();
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/worker.js").catch(() => {}); // a browser that keeps nothing
