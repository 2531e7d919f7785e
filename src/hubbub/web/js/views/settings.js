/**
 * The dialog of settings. What is in it are data: sections, each with a title and what can be set.
 *
 * Each setting holds as soon as it is chosen. Where it is kept is its own affair: `preferences.js`
 * keeps those of this browser.
 */

import { el } from "../log/element.js";
import { openDialog } from "./dialogs.js";
import { refusal } from "./wording.js";

/**
 * @typedef {readonly [value: string, label: string]} Option
 *
 * @typedef {object} Choice one of some
 * @property {"choice"} kind
 * @property {string} label
 * @property {string} [hint]
 * @property {readonly Option[]} options
 * @property {() => string} value
 * @property {(value: string) => unknown} set may return a promise; if it is refused, the sentence is shown
 *
 * @typedef {object} Switch on or off
 * @property {"switch"} kind
 * @property {string} label
 * @property {string} [hint]
 * @property {() => boolean} value
 * @property {(isOn: boolean) => unknown} set
 *
 * @typedef {object} Deed a button
 * @property {"deed"} kind
 * @property {string} label
 * @property {string} [hint]
 * @property {() => unknown} run
 *
 * @typedef {Choice | Switch | Deed} Setting
 *
 * @typedef {object} Section
 * @property {string} title
 * @property {readonly Setting[]} settings
 */

/** @param {readonly Section[]} sections */
export function openSettings(sections) {
  const trouble = el("p", { role: "alert", class: "trouble" });
  const drawn = sections.map(({ title, settings }) =>
    el("section", {}, el("h3", {}, title), ...settings.map((one) => controlOf(one, trouble))),
  );
  openDialog("Settings", el("div", { class: "settings scrolls" }, ...drawn), trouble);
}

/** @param {Setting} setting @param {HTMLElement} trouble */
function controlOf(setting, trouble) {
  const attempt = async (/** @type {() => unknown} */ act) => {
    trouble.textContent = "";
    try {
      await act();
    } catch (error) {
      trouble.textContent = refusal(error);
    }
  };
  const hint = setting.hint ? [el("small", {}, setting.hint)] : [];
  switch (setting.kind) {
    case "choice":
      return choiceOf(setting, hint, attempt);
    case "switch": {
      const box = el("input", { type: "checkbox", checked: setting.value() });
      box.addEventListener("change", () => attempt(() => setting.set(box.checked)));
      return el("label", {}, box, el("span", {}, setting.label, ...hint));
    }
    case "deed": {
      const button = el("button", { type: "button" }, setting.label);
      button.addEventListener("click", () => attempt(setting.run));
      return el("p", {}, button, ...hint);
    }
  }
}

/**
 * @param {Choice} choice
 * @param {Node[]} hint
 * @param {(act: () => unknown) => unknown} attempt
 */
function choiceOf({ label, options, value, set }, hint, attempt) {
  const name = label; // of the group: the labels of a dialog differ
  const radios = options.map(([one, said]) => {
    const radio = el("input", { type: "radio", name, value: one, checked: one === value() });
    radio.addEventListener("change", () => attempt(() => set(one)));
    return el("label", {}, radio, said);
  });
  return el("fieldset", {}, el("legend", {}, label), ...radios, ...hint);
}
