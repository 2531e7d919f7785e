/** Dialogs that ask for something and stay open until it is done: nothing typed is lost by a refusal. */

import { el } from "../log/element.js";
import { openDialog } from "./dialogs.js";
import { refusal } from "./wording.js";

/**
 * @typedef {object} Field
 * @property {string} label
 * @property {"text" | "password" | "checkbox" | "select"} type a checkbox answers "on", or ""
 * @property {[value: string, label: string][]} [options] of a "select"
 * @property {string} [autocomplete] as HTML names it
 * @property {string} [value]
 * @property {boolean} [isOptional]
 */

/**
 * @param {object} what
 * @param {string} what.title
 * @param {string} what.verb what the button does
 * @param {"main" | "danger"} [what.look]
 * @param {string} [what.hint]
 * @param {Field[]} what.fields
 * @param {(...answers: string[]) => Promise<unknown>} what.act with what was typed, in order; when it is
 *   done the dialog closes, and if it is refused the sentence stands there
 * @returns {Promise<boolean>} whether it was done
 */
export function openForm({ title, verb, look = "main", hint = "", fields, act }) {
  const inputs = fields.map(inputOf);
  const labels = inputs.map((input, at) => {
    const label = fields[at]?.label ?? "";
    return input.type === "checkbox"
      ? el("label", {}, input, label)
      : el("label", { class: "asked" }, label, input);
  });
  const trouble = el("p", { role: "alert", class: "trouble" });
  const cancel = el("button", { type: "button" }, "Cancel");
  const yes = el("button", { class: look }, verb);
  const about = hint ? [el("p", {}, hint)] : [];
  const form = el("form", {}, ...about, ...labels, trouble, el("div", {}, cancel, yes));
  const dialog = openDialog(title, form);
  let isDone = false;
  cancel.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    yes.disabled = true;
    trouble.textContent = "";
    try {
      await act(...inputs.map(answerOf));
      isDone = true;
      dialog.close();
    } catch (error) {
      trouble.textContent = refusal(error);
      yes.disabled = false;
      const last = inputs.at(-1);
      if (last instanceof HTMLInputElement) last.select();
    }
  });
  (look === "danger" ? cancel : (inputs.find(({ value }) => !value) ?? inputs[0]))?.focus();
  return new Promise((done) => dialog.addEventListener("close", () => done(isDone)));
}

/** @param {Field} field */
function inputOf({ type, options = [], autocomplete = "off", value = "", isOptional }) {
  if (type === "checkbox") return el("input", { type, checked: value === "on" });
  if (type === "select")
    return el(
      "select",
      {},
      ...options.map(([one, label]) => el("option", { value: one, selected: one === value }, label)),
    );
  const input = el("input", { type, autocomplete, required: !isOptional, spellcheck: "false", dir: "auto" });
  input.value = value;
  return input;
}

/** @param {HTMLInputElement | HTMLSelectElement} input */
const answerOf = (input) =>
  input instanceof HTMLInputElement && input.type === "checkbox" ? (input.checked ? "on" : "") : input.value;
