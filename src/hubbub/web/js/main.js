/** Creates the chat, the log and the views, and connects them. */

import { isAtHome } from "./addresses/home.js";
import { addressOf } from "./addresses/places.js";
import { Calling } from "./chat/calling.js";
import { Chat } from "./chat/chat.js";
import { ChatError } from "./chat/errors.js";
import { openShelf } from "./chat/shelf.js";
import { socketsOf } from "./chat/turns.js";
import { leaveComposingAlone } from "./keys/chords.js";
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
import { openRooms, openSwitcher, roomName } from "./views/choosing.js";
import { copy } from "./views/clipboard.js";
import { offered } from "./views/commands.js";
import { Composer } from "./views/composer.js";
import { deviceLabel } from "./views/device.js";
import { closeDialog, askTopic, confirmDeletion, openHelp } from "./views/dialogs.js";
import { Drawers } from "./views/drawers.js";
import { EmojiTable } from "./views/emoji.js";
import { Entrance } from "./views/entrance.js";
import { Going } from "./views/going.js";
import { Header } from "./views/header.js";
import { Histories } from "./views/histories.js";
import { Hits } from "./views/hits.js";
import { Places } from "./views/places.js";
import { storageOf } from "./views/storage.js";
import { listenToKeys } from "./views/keys.js";
import { Known } from "./views/known.js";
import { Ordering, askReport } from "./views/ordering.js";
import { nextFrame, onClick, part } from "./views/page.js";
import { People } from "./views/people.js";
import { Preferences } from "./views/preferences.js";
import { openMentions, openSearch } from "./views/searching.js";
import { openSettings } from "./views/settings.js";
import { Shown } from "./views/shown.js";
import { listenToPrinting, openSaving } from "./views/record.js";
import { listenToRenewal } from "./views/renewal.js";
import { Returning } from "./views/returning.js";
import { Sidebar } from "./views/sidebar.js";
import { Stopped } from "./views/stopped.js";
import { Threads } from "./views/threads.js";
import { openViewer, picturesOf } from "./views/viewer.js";
import { counted, listed, refusal } from "./views/wording.js";

/**
 * @typedef {import("./chat/types.js").Message} Message
 * @typedef {import("./chat/types.js").Post} Post
 * @typedef {import("./chat/types.js").RoomState} RoomState
 */

const EXCERPT_CHARS_MAX = 100;

leaveComposingAlone(); // before anything else listens to keys

const storage = storageOf("localStorage");
const tab = storageOf("sessionStorage");
const preferences = new Preferences(storage);
const calling = new Calling(storage);
const brought = takeFragment();
const chat = new Chat({
  url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`,
  // A side-car has one server, and goes on by itself.
  socketsOf: (told) => (isAtHome() ? socketsOf(told, location) : []),
  isReady: async () => (await fetch("/readyz")).ok,
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
const known = new Known(chat);
const { isMe, isName } = known;

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

const going = new Going(() => ({ chat, log, drawers, known, follow, tell, attempt }));

/** @param {{room: string, seq: number}} place */
async function jump({ room, seq }) {
  await going.to({ room, seq });
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
  mentions: () => openMentions(chat, hits, 0, tell),
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
  save: (room = chat.current) => room && openSaving(chat, room, known, tell),
  help: () => openHelp(offered(chat.order, chat.current)),
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
  pins: () => here((room) => threads.openPins(room.name)),
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
  names: known.names,
  /** @param {Message} message */
  remove: async (message) => {
    const of = chat.isOwn(message) ? "" : message.from;
    if (await confirmDeletion(excerpt(message.text, EXCERPT_CHARS_MAX), of))
      await attempt(chat.changing.remove(message));
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
function openProfile(name) {
  if (isMe(name)) return openAccount(chat, tell, desk);
  return desk.people.openProfile(name, desk.ordering, [
    ["Write to them alone", () => desk.direct(name, "").then(going.back)],
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

listenToPrinting(chat, known);
listenToKeys({
  switchRoom: () => openSwitcher(chat, tell),
  search: () => desk.search(""),
  nextHit: () => hits.step(1) || desk.search(""),
  previousHit: () => hits.step(-1) || desk.search(""),
  unread: () => void stopped.toFirst(),
  newest: () => stopped.toNewest(),
  markRead: () => stopped.markRead(),
  help: desk.help,
  settings: desk.settings,
  write: going.back,
  selectAll: () => log.selectAll(),
  swapFocus: () => (logElement.contains(document.activeElement) ? composer.focus() : log.focusLast()),
  roomAbove: () => going.step(-1, false),
  roomBelow: () => going.step(1, false),
  unreadAbove: () => going.step(-1, true),
  unreadBelow: () => going.step(1, true),
});

// What the user sees.

const app = part("app", HTMLElement);
const hits = new Hits(jump, attempt);
const logElement = part("log", HTMLElement);
const drawers = new Drawers();
const places = new Places({
  go: (place) => attempt(going.to(place)),
  may: going.mayFollow,
  elsewhere: (address) =>
    tell(
      `${address} is in another chatroom. Copy the address for a terminal: hubbub join ADDRESS.`,
      [address],
      ["Copy", () => attempt(copy(address))],
    ),
  uncover: () => closeDialog() || drawers.close(),
});
const entrance = new Entrance(chat, brought);
const composer = new Composer(chat, desk, tab);
const attaching = new Attaching(chat.parcels, () => (mayWrite() ? chat.current : null), tell);
const header = new Header(chat);
const sidebar = new Sidebar(chat, going.show);
const people = new People(chat, {
  direct: (name) => void attempt(desk.direct(name, "").then(going.back)),
  mention,
  profile: openProfile,
});
const threads = new Threads(chat, { jump, tell, ready: (text) => emoji.ready(text), acts: () => acts });
const histories = new Histories(chat, tell);
const attention = new Attention(chat, calling, jump, storage);
/**
 * What can be done with messages, in the log and beside it.
 * @type {import("./log/gestures.js").Acts & import("./log/row.js").People}
 */
const acts = {
  reply: (message) => composer.reply(message),
  quote: ({ text }, selected) => composer.quote(selected || text),
  threads,
  edit: (message) => composer.edit(message),
  remove: desk.remove,
  profile: openProfile,
  report: (message) => void askReport(chat, message, tell),
  unread: (message) => chat.reading.markUnread(message),
  view: (id) => here(({ messages }) => openViewer(picturesOf(messages), id)),
  react: (message, emoji, on) => void attempt(chat.changing.react(message, emoji, on)),
  pickEmoji,
  copy: (text) => void attempt(copy(text)),
  link: ({ room, seq }) => copyAddress({ room, seq }),
  retry: (post) => chat.waiting.retry(post),
  change: (post) => {
    chat.waiting.discard(post);
    composer.change(post);
    composer.focus();
  },
  discard: (post) => chat.waiting.discard(post),
  may: mayDo,
  ...{ isMe, isName, isRoom: known.isRoom },
};

const log = new LogView(
  logElement,
  {
    older: () => here((room) => void chat.reading.loadOlder(room.name)),
    between: (isDown) => here((room) => void chat.reading.loadBetween(room.name, isDown)),
    atEnd: () => shown.look(),
    drawn: () => {
      shown.see();
      stopped.draw();
    },
    isWaiting: (post) => chat.waiting.isHeld(post),
    name: () => chat.name,
    reach: async (seq) => (chat.current ? chat.reading.reach(chat.current.name, seq) : false),
  },
  acts,
);

const shown = new Shown(chat, log, () => stopped);
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

/** The log shows the room that the chat is in. */
function follow() {
  const room = shown.follow();
  if (room) places.follow(room.name, wasOnline && room.filled);
}

const REPLACED = "The chatroom's history was replaced, as by an older copy of it. You see what there is now.";

const DELAYED =
  "The chatroom cannot store messages just now. Yours wait here, and are sent in order when it can.";

const UNANSWERED = "The chatroom cannot read its messages just now. What you wait for comes when it can.";

const NEWER = "There is a newer version of this page.";

const FAULTY =
  "Something went wrong in this page. It goes on; if it does not look right, load it again. " +
  "Please tell those who make hubbub what the browser's console says.";

const CHANGED_LATER = "There is no connection. What you changed is changed when it is back.";

let wasOnline = false;

chat.subscribe((changes) => {
  const isOnline = chat.connection.phase === "online";
  if (isOnline && !wasOnline) chat.recall();
  wasOnline = isOnline;
  if (changes.has("replaced")) tell(REPLACED);
  composer.tellWhile(DELAYED, chat.waiting.isDelayed);
  composer.tellWhile(UNANSWERED, chat.waiting.isUnanswered);
  composer.tellWhile(CHANGED_LATER, chat.waiting.isToChange);
  const silence = chat.current ? chat.order.silence(chat.current) : ""; // which stands there already
  for (const { text, names, room } of chat.takeSentences().filter((one) => one.text !== silence))
    tell(text, names, room ? ["Go there", () => attempt(chat.join(room).then(going.back))] : undefined);
  const wasHidden = app.hidden;
  if (changes.has("members") || changes.has("rooms")) known.changed();
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
    shown.look();
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
  going.back();
});

function attend() {
  chat.attentive = document.hasFocus() && document.visibilityState === "visible";
  shown.look();
}
for (const type of ["error", "unhandledrejection"])
  window.addEventListener(type, (event) => {
    const { error, reason } = /** @type {{error?: unknown, reason?: unknown}} */ (event);
    const fault = error ?? reason;
    // Browsers have complaints of their own, and a refusal is no fault.
    if (fault instanceof Error && !(fault instanceof ChatError)) tell(FAULTY);
  });
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
listenToRenewal(() => tell(NEWER, [], ["Load it", () => location.reload()]));
