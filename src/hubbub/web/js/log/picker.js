/** A small dialog for choosing an emoji. It exists only while it is open. */

import { el } from "./element.js";

const COMMON = [..."👍👎😂😊😍🤔😢😮🎉🔥👀🙏👏💯✅❌🚀💡😅🙌🤷👋🎂"];
const COLUMNS = 6;
const MARGIN_PX = 8;

/**
 * @param {HTMLElement} button what opens it, and gets the focus back
 * @param {HTMLElement} log before which it stands
 * @param {(emoji: string) => void} choose
 */
export function pickEmoji(button, log, choose) {
  const buttons = ["❤️", ...COMMON].map((emoji) => el("button", { type: "button" }, emoji));
  const other = el("input", {
    "aria-label": "Another emoji",
    placeholder: "Another emoji",
    dir: "auto",
    autocomplete: "off",
  });
  const grid = el("div", {}, ...buttons);
  const form = el("form", { method: "dialog" }, other);
  const dialog = el("dialog", { class: "picker", "aria-label": "Choose a reaction" }, grid, form);

  /** @param {string} emoji */
  const done = (emoji) => {
    dialog.close();
    if (emoji) choose(emoji);
  };
  grid.addEventListener("click", ({ target }) => {
    if (target instanceof HTMLButtonElement) done(target.textContent ?? "");
  });
  grid.addEventListener("keydown", (event) => {
    /** @type {Record<string, number>} */
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS };
    const at = buttons.findIndex((one) => one === document.activeElement);
    if (!(event.key in steps)) return;
    event.preventDefault();
    (buttons[at + steps[event.key]] ?? (steps[event.key] > 0 ? other : buttons[at])).focus();
  });
  form.addEventListener("submit", () => done(other.value.trim()));
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) dialog.close(); // beside it
  });
  dialog.addEventListener("close", () => dialog.remove());

  log.before(dialog);
  dialog.showModal();
  const from = button.getBoundingClientRect();
  const size = dialog.getBoundingClientRect();
  const left = Math.min(from.right - size.width, innerWidth - size.width - MARGIN_PX);
  const above = from.top - size.height - MARGIN_PX;
  dialog.style.left = `${Math.max(left, MARGIN_PX)}px`;
  dialog.style.top = `${above > MARGIN_PX ? above : Math.min(from.bottom + MARGIN_PX, innerHeight - size.height - MARGIN_PX)}px`;
}
