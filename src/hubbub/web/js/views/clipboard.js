/** Copying text, also where the page has no secure address, as on a LAN. */

import { el } from "../log/element.js";

/** @param {string} text */
export async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const before = document.activeElement;
  const field = el("textarea", { "aria-hidden": "true" });
  field.value = text;
  document.body.prepend(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
}
