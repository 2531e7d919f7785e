/** Shows a picture as large as the page allows, and leads to those before and after it in the room. */

import { el } from "../log/element.js";
import { addressOf, sizeOf } from "../log/files.js";
import { oneLine } from "../markup/visible.js";
import { openDialog } from "./dialogs.js";

/**
 * @typedef {import("../chat/types.js").FileSummary} FileSummary
 * @typedef {import("../chat/types.js").Message} Message
 */

/**
 * @param {readonly Message[]} messages
 * @returns {FileSummary[]} the pictures in them, in order
 */
export function picturesOf(messages) {
  return messages.flatMap(({ files }) => (files ?? []).filter(({ width }) => width));
}

/**
 * @param {readonly FileSummary[]} pictures
 * @param {string} id of the one to begin with
 */
export function openViewer(pictures, id) {
  let at = Math.max(
    pictures.findIndex((one) => one.id === id),
    0,
  );
  const image = el("img", {});
  const link = el("a", { target: "_blank", rel: "noopener" });
  const place = el("span", { role: "status" });
  const back = step("Earlier picture", "‹", -1);
  const on = step("Later picture", "›", 1);
  const dialog = openDialog("Picture", image, el("footer", {}, back, place, link, on));
  dialog.classList.add("viewer");
  dialog.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!steps) return;
    event.preventDefault();
    go(steps);
  });
  show();

  /**
   * @param {string} label
   * @param {string} sign
   * @param {number} steps
   */
  function step(label, sign, steps) {
    const button = el("button", { type: "button", class: "round", "aria-label": label }, sign);
    button.addEventListener("click", () => go(steps));
    return button;
  }

  /** @param {number} steps */
  function go(steps) {
    at = Math.min(Math.max(at + steps, 0), pictures.length - 1);
    show();
  }

  function show() {
    const file = pictures[at];
    if (!file) return;
    const name = oneLine(file.name);
    image.src = addressOf(file);
    image.alt = name;
    image.width = file.width ?? 0;
    image.height = file.height ?? 0;
    link.href = addressOf(file);
    link.textContent = `${name}, ${sizeOf(file.size)}`;
    place.textContent = `${at + 1} of ${pictures.length}`;
    back.disabled = at === 0;
    on.disabled = at === pictures.length - 1;
  }
}
