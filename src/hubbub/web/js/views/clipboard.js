/** Copies text, even where the page has no secure address, as on a LAN. */

import { ChatError } from "../chat/errors.js";
import { el } from "../log/element.js";

const NOT_COPIED = "The browser allows no copying here. Select the text and press Ctrl+C.";

/**
 * @param {string} text
 * @throws {ChatError} if the browser does not allow it
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // The browser has no clipboard for insecure pages, or refuses it to this one.
    if (!copyBySelecting(text)) throw new ChatError("not_copied", NOT_COPIED);
  }
}

/** @param {string} text */
function copyBySelecting(text) {
  const before = document.activeElement;
  const field = el("textarea", { "aria-hidden": "true" });
  field.value = text;
  document.body.prepend(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  return isCopied;
}
