/** Names keys together with what is held, and keeps those of an input method from the whole page. */

/**
 * Name a key together with the modifiers. Cmd counts as Ctrl.
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">} event
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
const isComposing = ({ isComposing, keyCode }) => isComposing || keyCode === COMPOSING_CODE;
