/** The keys of the whole page. One table for the keyboard and the help. */

/**
 * @typedef {object} Moves What keys can ask for.
 * @property {() => void} switchRoom
 * @property {(steps: number, isUnread: boolean) => void} move to a room above or below
 * @property {() => void} unread to the first unread message
 * @property {() => void} newest to the newest message
 * @property {() => void} markRead
 * @property {() => void} search
 * @property {(steps: number) => void} step through what was found
 * @property {() => void} help
 * @property {() => void} settings
 * @property {() => void} swapFocus
 * @property {() => void} selectAll
 * @property {() => void} write
 *
 * @typedef {(moves: Moves, chord: string) => void} Run
 */

/**
 * `chords` are as `chordOf` names them, `keys` as the help does. In a field, a chord with `isText`
 * keeps its meaning there.
 * @type {{chords: string[], keys: string, purpose: string, isText?: boolean, run: Run}[]}
 */
const KEYS = [
  {
    chords: ["Ctrl+k"],
    keys: "Ctrl+K",
    purpose: "go to a room or a person",
    run: (moves) => moves.switchRoom(),
  },
  {
    chords: ["Ctrl+Shift+f"],
    keys: "Ctrl+Shift+F",
    purpose: "find messages",
    run: (moves) => moves.search(),
  },
  {
    chords: ["F3", "Shift+F3"],
    keys: "F3, Shift+F3",
    purpose: "the next message found, the one before",
    run: (moves, chord) => moves.step(chord === "F3" ? 1 : -1),
  },
  {
    chords: ["Alt+ArrowUp", "Alt+ArrowDown"],
    keys: "Alt+↑, Alt+↓",
    purpose: "the room above, below",
    run: (moves, chord) => moves.move(chord.endsWith("Up") ? -1 : 1, false),
  },
  {
    chords: ["Alt+Shift+ArrowUp", "Alt+Shift+ArrowDown"],
    keys: "Alt+Shift+↑, ↓",
    purpose: "the next unread room",
    run: (moves, chord) => moves.move(chord.endsWith("Up") ? -1 : 1, true),
  },
  {
    chords: ["Alt+u"],
    keys: "Alt+U",
    purpose: "to the first unread message",
    run: (moves) => moves.unread(),
  },
  {
    chords: ["Alt+n"],
    keys: "Alt+N",
    purpose: "to the newest message",
    run: (moves) => moves.newest(),
  },
  {
    chords: ["Alt+m"],
    keys: "Alt+M",
    purpose: "mark all of this room as read",
    run: (moves) => moves.markRead(),
  },
  {
    chords: ["F6"],
    keys: "F6, Shift+Tab",
    purpose: "to the messages, and back",
    run: (moves) => moves.swapFocus(),
  },
  {
    chords: ["Ctrl+a"],
    keys: "Ctrl+A",
    purpose: "select all messages, in the messages",
    isText: true,
    run: (moves) => moves.selectAll(),
  },
  {
    chords: ["Ctrl+,"],
    keys: "Ctrl+,",
    purpose: "settings",
    run: (moves) => moves.settings(),
  },
  { chords: ["F1"], keys: "F1", purpose: "this help", run: (moves) => moves.help() },
  {
    chords: ["?"],
    keys: "?",
    purpose: "this help, in the messages",
    isText: true,
    run: (moves) => moves.help(),
  },
];

/**
 * The keys of the composer's field; without an `act` they are the browser's.
 * @typedef {"send" | "editLast" | "end" | "complete"} WritingAct
 * @type {{chord: string, keys: string, purpose: string, act?: WritingAct}[]}
 */
const WRITING = [
  { chord: "Enter", keys: "Enter", purpose: "send", act: "send" },
  { chord: "Shift+Enter", keys: "Shift+Enter", purpose: "a new line" },
  {
    chord: "ArrowUp",
    keys: "↑",
    purpose: "edit your last message, if nothing is written",
    act: "editLast",
  },
  { chord: "Escape", keys: "Escape", purpose: "end an edit or a reply", act: "end" },
  {
    chord: "Tab",
    keys: "Tab",
    purpose: "complete a name, a #room, a /command or an :emoji:",
    act: "complete",
  },
];

/** @param {KeyboardEvent} event @returns {WritingAct | undefined} what a key does in the composer's field */
export function writingAct(event) {
  const pressed = chordOf(event);
  return WRITING.find(({ chord }) => chord === pressed)?.act;
}

/** What the help shows. */
export const KEYS_SHOWN = [...WRITING, ...KEYS];

/**
 * Name a key together with the modifiers. Cmd counts as Ctrl.
 * @param {KeyboardEvent} event
 */
export function chordOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const held = [(ctrlKey || metaKey) && "Ctrl", altKey && "Alt", shiftKey && key.length > 1 && "Shift"];
  // Caps Lock must not matter for letters, nor the keyboard's layout for signs.
  const isLetter = /^[a-z]$/i.test(key);
  if (isLetter && shiftKey) held[2] = "Shift";
  return [...held.filter(Boolean), isLetter ? key.toLowerCase() : key].join("+");
}

/**
 * Keep the keys of an input method from the whole page.
 *
 * While a character is composed, Enter accepts a candidate and Escape drops it. They must not send,
 * choose, close or complete anything. Safari ends the composition before it reports the key, but
 * gives that key the code 229.
 */
export function leaveComposingAlone() {
  // The window's capturing listeners run first, so no other listener ever sees such a key.
  const listen = (/** @type {KeyboardEvent} */ event) => {
    if (!isComposing(event)) return;
    event.stopImmediatePropagation();
    // The browser itself would submit a form or close a dialog.
    if (["Enter", "Escape"].includes(event.key)) event.preventDefault();
  };
  window.addEventListener("keydown", listen, { capture: true });
}

const COMPOSING_CODE = 229;

/** @param {KeyboardEvent} event */
export const isComposing = ({ isComposing, keyCode }) => isComposing || keyCode === COMPOSING_CODE;

/**
 * Return whether Space presses this element.
 * @param {EventTarget | null} target
 */
const isControl = (target) => target instanceof Element && target.matches("button, a");

/** @param {Moves} moves */
export function listenToKeys(moves) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const chord = chordOf(event);
    const { target } = event;
    const isWriting = target instanceof Element && target.matches("input, textarea");
    const found = KEYS.find(({ chords }) => chords.includes(chord));
    if (found && !(found.isText && isWriting)) {
      event.preventDefault();
      found.run(moves, chord);
    } else if (!isWriting && chord.length === 1 && !(chord === " " && isControl(target))) {
      moves.write(); // the letter itself goes where the focus is now
    }
  });
}
