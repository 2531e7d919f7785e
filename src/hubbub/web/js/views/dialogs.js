/** Dialogs. Each is created when it opens; when it closes, the browser returns the focus. */

import { KEYS_SHOWN } from "../keys/table.js";
import { el } from "../log/element.js";
import { TOOL_KEYS } from "../log/tools.js";
import { lineNode } from "../markup/dom.js";
import { oneLine } from "../markup/visible.js";
import { reach } from "./address.js";
import { usageOf } from "./commands.js";
import { part } from "./page.js";
import { cover } from "./places.js";
import { qrCode } from "./qr-code.js";

/**
 * @param {string} title
 * @param {...Node} content
 */
export function openDialog(title, ...content) {
  const close = el(
    "button",
    { type: "button", class: "round", "aria-label": "Close" },
    el("i", { class: "icon close" }),
  );
  const dialog = el(
    "dialog",
    { "aria-label": title },
    el("header", {}, el("h2", {}, title), close),
    ...content,
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    // The row that had the focus may be gone: the log keeps only visible rows.
    if (document.activeElement === document.body) part("message", HTMLElement).focus();
  });
  document.body.prepend(dialog); // the composer stays the last textbox of the page
  dialog.showModal();
  cover();
  return dialog;
}

/** Close the dialog on top, if there is one; tells whether there was. */
export function closeDialog() {
  const dialog = document.querySelector("dialog[open]");
  if (dialog instanceof HTMLDialogElement) dialog.close();
  return dialog !== null;
}

/**
 * Show an address that lets somebody in, as text and to be scanned.
 * @param {string} title
 * @param {string} about what it is for
 * @param {string} address
 * @param {(text: string) => void} copy
 */
export function openSecret(title, about, address, copy) {
  const button = el("button", { type: "button" }, "Copy");
  button.addEventListener("click", () => copy(address));
  const shown = el("output", { class: "address" }, address);
  const paragraphs = [about, reach()].filter(Boolean).map((text) => el("p", {}, text));
  const code = qrCode(address, "The same address, to be scanned");
  openDialog(
    title,
    el("div", { class: "secret scrolls" }, ...paragraphs, shown, ...code, el("div", {}, button)),
  );
  button.focus();
}

/**
 * Ask a question; `content` may hold fields. Return whether the answer was yes.
 * @param {string} title
 * @param {string} verb what yes does
 * @param {string} look of the button that does it
 * @param {...Node} content
 * @returns {Promise<boolean>}
 */
function ask(title, verb, look, ...content) {
  const cancel = el("button", { type: "button" }, "Cancel");
  const yes = el("button", { class: look, value: "yes" }, verb);
  const form = el("form", { method: "dialog" }, ...content, el("div", {}, cancel, yes));
  const dialog = openDialog(title, form);
  cancel.addEventListener("click", () => dialog.close());
  (form.querySelector("input") ?? (look === "danger" ? cancel : yes)).focus();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes"));
  });
}

/**
 * Ask whether something shall be done that cannot be undone.
 * @param {string} title
 * @param {string} verb
 * @param {...Node} content
 */
export const confirm = (title, verb, ...content) => ask(title, verb, "danger", ...content);

/**
 * @param {string} excerpt of the message in question
 * @param {string} of somebody else who said it, or "" if it is the user's own
 */
export const confirmDeletion = (excerpt, of) =>
  ask(
    "Delete this message?",
    "Delete",
    "danger",
    el(
      "p",
      {},
      ...(of ? [el("bdi", {}, of), " said: "] : []),
      "“",
      lineNode(oneLine(excerpt)),
      "” will be gone for everybody.",
    ),
  );

/**
 * Ask for a room's topic; return null if it does not change.
 * @param {string} title of the room
 * @param {string} topic
 */
export async function askTopic(title, topic) {
  const field = el("input", { "aria-label": "Topic", dir: "auto" });
  field.value = topic;
  return (await ask(`Topic of ${title}`, "Save", "main", field)) ? field.value.trim() : null;
}

/** @param {readonly import("./commands.js").Command[]} offered */
export function openHelp(offered) {
  const commands = offered.map((one) => ({ keys: usageOf(one), purpose: one.purpose }));
  const table = (/** @type {string} */ title, /** @type {{keys: string, purpose: string}[]} */ rows) => [
    el("h3", {}, title),
    el("dl", {}, ...rows.flatMap(({ keys, purpose }) => [el("dt", {}, keys), el("dd", {}, purpose)])),
  ];
  openDialog(
    "Help",
    el(
      "div",
      { class: "keys scrolls", tabindex: "0" },
      ...KEYS_SHOWN.flatMap(([title, rows]) => table(title, rows)),
      ...table("Keys on a message that was reached by keys", TOOL_KEYS),
      ...table("Commands", [...commands, { keys: "//text", purpose: "say a line that begins with a slash" }]),
    ),
  );
}
