/** A small dialog for choosing an emoji, by looking or by name. It exists only while it is open. */

import { el } from "../log/element.js";

/** @typedef {import("../views/emoji.js").EmojiTable} EmojiTable */

const COMMON = [..."👍👎😂😊😍🤔😢😮🎉🔥👀🙏👏💯✅🚀"];
const COLUMNS = 8;
const FOUND_MAX = 96;
const MARGIN_PX = 8;
const MISSING = "The list of emoji could not be loaded. These are there all the same.";

/**
 * @param {HTMLElement} button what opens it, and gets the focus back
 * @param {Element} place before which it stands
 * @param {EmojiTable} table
 * @param {string} title
 * @param {(emoji: string) => void} choose
 */
export async function pickEmoji(button, place, table, title, choose) {
  const field = el("input", {
    "aria-label": "Find an emoji",
    placeholder: "Find an emoji",
    dir: "auto",
    autocomplete: "off",
    spellcheck: "false",
  });
  const all = el("div", { class: "emoji-list scrolls", tabindex: "-1" });
  const note = el("p", { class: "aside", role: "status" });
  const form = el("form", { method: "dialog" }, field);
  const dialog = el("dialog", { class: "picker", "aria-label": title }, form, note, all);

  const show = () => {
    const typed = field.value.trim();
    const found = typed ? table.matching(typed, FOUND_MAX) : null;
    all.replaceChildren(...(found ? [grid("Found", found)] : everything(table)));
    note.textContent = found && !found.length ? `Nothing is called so. Enter takes “${typed}” itself.` : "";
    if (!table.groups.length) note.textContent = MISSING;
  };
  /** @param {string} emoji */
  const done = (emoji) => {
    dialog.close();
    if (!emoji) return;
    table.used(emoji);
    choose(emoji);
  };
  field.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = field.value.trim();
    done((typed && table.matching(typed, 1)[0]?.[0]) || typed);
  });
  all.addEventListener("click", ({ target }) => {
    if (target instanceof HTMLButtonElement) done(target.textContent ?? "");
  });
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (moved(event.key, field, all)) event.preventDefault();
  });
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) dialog.close(); // beside it
  });
  dialog.addEventListener("close", () => dialog.remove());

  place.before(dialog);
  dialog.showModal();
  show();
  stand(dialog, button);
  field.focus();
  await table.load();
  show();
}

/** @param {EmojiTable} table */
function everything(table) {
  const { recent, groups } = table;
  const known = new Map(groups.flatMap(({ all }) => all.map(({ emoji, names }) => [emoji, names[0]])));
  /** @type {(emoji: string) => [string, string]} */
  const named = (emoji) => [emoji, known.get(emoji) ?? emoji];
  const usual = recent.length ? recent : ["❤️", ...COMMON].slice(0, 2 * COLUMNS);
  return [
    grid(recent.length ? "Used lately" : "Often used", usual.map(named)),
    ...groups.map(({ title, all }) =>
      grid(
        title,
        all.map(({ emoji, names }) => [emoji, names[0]]),
      ),
    ),
  ];
}

/**
 * @param {string} title
 * @param {[string, string][]} all emoji with their names
 */
function grid(title, all) {
  const buttons = all.map(([emoji, name]) =>
    el(
      "button",
      { type: "button", tabindex: "-1", "aria-label": name.replaceAll("_", " "), title: `:${name}:` },
      emoji,
    ),
  );
  return el("section", { "aria-label": title }, el("h3", {}, title), el("div", {}, ...buttons));
}

/**
 * @param {string} key
 * @param {HTMLInputElement} field
 * @param {HTMLElement} all
 * @returns {boolean} whether it moved the focus
 */
function moved(key, field, all) {
  /** @type {Record<string, number>} */
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS };
  const isInField = document.activeElement === field;
  if (!(key in steps) || (isInField && key !== "ArrowDown")) return false;
  const buttons = [...all.querySelectorAll("button")];
  const at = buttons.findIndex((one) => one === document.activeElement);
  const next = isInField ? 0 : at + steps[key];
  (next < 0 ? field : (buttons[next] ?? buttons.at(-1) ?? field)).focus();
  return true;
}

/**
 * Put a dialog near what opened it, within the window.
 *
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement} button
 */
function stand(dialog, button) {
  const from = button.getBoundingClientRect();
  const size = dialog.getBoundingClientRect();
  const left = Math.min(from.right - size.width, innerWidth - size.width - MARGIN_PX);
  const above = from.top - size.height - MARGIN_PX;
  const below = Math.min(from.bottom + MARGIN_PX, innerHeight - size.height - MARGIN_PX);
  dialog.style.left = `${Math.max(left, MARGIN_PX)}px`;
  dialog.style.top = `${Math.max(above > MARGIN_PX ? above : below, MARGIN_PX)}px`;
}
