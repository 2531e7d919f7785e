/**
 * What each key does: the one table for the keyboard and for the help. The keys of what can be done with a
 * message stand with its buttons, in `log/tools.js`.
 */

/**
 * @template {string} Act
 * @typedef {object} Row
 * @property {Record<string, Act>} does what, by chords, which are as `chordOf` names them
 * @property {string} keys as the help names them, with those that the browser knows itself
 * @property {string} purpose
 * @property {boolean} [isText] in a field, they keep their meaning there
 */

/**
 * @typedef {"switchRoom" | "search" | "nextHit" | "previousHit" | "roomAbove" | "roomBelow" | "unreadAbove"
 *   | "unreadBelow" | "unread" | "newest" | "markRead" | "swapFocus" | "selectAll" | "settings" | "help"} PageAct
 * @typedef {"send" | "editLast" | "end" | "complete"} WritingAct
 * @typedef {"up" | "down" | "first" | "last" | "selectUp" | "selectDown" | "selectFirst" | "selectLast"
 *   | "left" | "right" | "enter" | "leave"} MessageAct
 */

/** @type {Row<PageAct>[]} */
const ON_THE_PAGE = [
  { does: { "Ctrl+k": "switchRoom" }, keys: "Ctrl+K", purpose: "go to a room or a person" },
  { does: { "Ctrl+Shift+f": "search" }, keys: "Ctrl+Shift+F", purpose: "find messages" },
  {
    does: { F3: "nextHit", "Shift+F3": "previousHit" },
    keys: "F3, Shift+F3",
    purpose: "the next message found, the one before",
  },
  {
    does: { "Alt+ArrowUp": "roomAbove", "Alt+ArrowDown": "roomBelow" },
    keys: "Alt+↑, Alt+↓",
    purpose: "the room above, below",
  },
  {
    does: { "Alt+Shift+ArrowUp": "unreadAbove", "Alt+Shift+ArrowDown": "unreadBelow" },
    keys: "Alt+Shift+↑, ↓",
    purpose: "the next unread room",
  },
  { does: { "Alt+u": "unread" }, keys: "Alt+U", purpose: "to the first unread message" },
  { does: { "Alt+n": "newest" }, keys: "Alt+N", purpose: "to the newest message" },
  { does: { "Alt+m": "markRead" }, keys: "Alt+M", purpose: "mark all of this room as read" },
  { does: { F6: "swapFocus" }, keys: "F6, Shift+Tab", purpose: "to the messages, and back" },
  { does: { "Ctrl+,": "settings" }, keys: "Ctrl+,", purpose: "settings" },
  { does: { F1: "help" }, keys: "F1", purpose: "this help" },
  { does: { "?": "help" }, keys: "?", purpose: "this help, in the messages", isText: true },
  {
    does: { "Ctrl+a": "selectAll" },
    keys: "Ctrl+A",
    purpose: "select all messages, in the messages",
    isText: true,
  },
];

/** @type {Row<WritingAct>[]} */
const IN_THE_FIELD = [
  { does: { Enter: "send" }, keys: "Enter", purpose: "send" },
  { does: {}, keys: "Shift+Enter", purpose: "a new line" },
  { does: { ArrowUp: "editLast" }, keys: "↑", purpose: "edit your last message, if nothing is written" },
  { does: { Escape: "end" }, keys: "Escape", purpose: "end an edit or a reply" },
  { does: { Tab: "complete" }, keys: "Tab", purpose: "complete a name, a #room, a /command or an :emoji:" },
];

/** @type {Row<MessageAct>[]} */
const ON_MESSAGES = [
  { does: { ArrowUp: "up", ArrowDown: "down" }, keys: "↑, ↓", purpose: "the message above, below" },
  {
    does: { Home: "first", End: "last" },
    keys: "Home, End",
    purpose: "the oldest message that is here, the newest",
  },
  {
    does: {
      "Shift+ArrowUp": "selectUp",
      "Shift+ArrowDown": "selectDown",
      "Shift+Home": "selectFirst",
      "Shift+End": "selectLast",
    },
    keys: "Shift+↑, ↓",
    purpose: "select messages; also with Home and End",
  },
  {
    does: { Enter: "enter" },
    keys: "Enter, Tab",
    purpose: "to what can be done with the message; to the names and links in it",
  },
  {
    does: { ArrowLeft: "left", ArrowRight: "right" },
    keys: "←, →",
    purpose: "from one of its buttons to the next",
  },
  { does: { Escape: "leave" }, keys: "Escape", purpose: "back to the message, then to where you write" },
];

/** What the help shows, with titles. @type {[string, Row<string>[]][]} */
export const KEYS_SHOWN = [
  ["Keys", [...IN_THE_FIELD, ...ON_THE_PAGE]],
  ["Keys in the messages", ON_MESSAGES],
];

/**
 * @template {string} Act
 * @param {Row<Act>[]} rows
 */
const actsOf = (rows) =>
  new Map(
    rows.flatMap(({ does, isText = false }) =>
      Object.entries(does).map(([chord, act]) => /** @type {const} */ ([chord, { act, isText }])),
    ),
  );

const onThePage = actsOf(ON_THE_PAGE);
const inTheField = actsOf(IN_THE_FIELD);
const onMessages = actsOf(ON_MESSAGES);

/** @param {string} chord */
export const pageActOf = (chord) => onThePage.get(chord);

/** @param {string} chord @returns {WritingAct | undefined} what it does in the composer's field */
export const writingActOf = (chord) => inTheField.get(chord)?.act;

/** @param {string} chord @returns {MessageAct | undefined} what it does on a message */
export const messageActOf = (chord) => onMessages.get(chord)?.act;
