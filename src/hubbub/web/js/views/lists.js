/** Dialogs that list what can be done, or what there is and can be taken back. */

import { el } from "../log/element.js";
import { openDialog } from "./dialogs.js";
import { refusal } from "./wording.js";

/**
 * @typedef {[label: string, run: () => unknown, isOffered?: boolean]} Deed
 *
 * @typedef {object} Entry
 * @property {string} name
 * @property {string} about
 * @property {string} [verb] what its button does
 * @property {() => Promise<unknown>} [undo] what it is then
 */

/**
 * Offer what can be done; the dialog closes, then it is done.
 *
 * @param {string} title
 * @param {readonly (string | Node)[]} about lines about what it is done with
 * @param {readonly Deed[]} deeds
 * @param {(sentence: string) => void} tell why one was refused
 */
export function openDeeds(title, about, deeds, tell) {
  const list = el("ul", { class: "acts" });
  const dialog = openDialog(title, ...about.map((line) => el("p", { class: "about" }, line)), list);
  for (const [label, run, isOffered = true] of deeds) {
    if (!isOffered) continue;
    const button = el("button", { type: "button" }, label);
    button.addEventListener("click", async () => {
      dialog.close();
      try {
        await run();
      } catch (error) {
        tell(refusal(error));
      }
    });
    list.append(el("li", {}, button));
  }
}

/**
 * @param {object} what
 * @param {string} what.title
 * @param {string} [what.none] said when there is nothing
 * @param {() => Promise<Entry[]> | Entry[]} what.load asked again when something was taken back
 * @param {Deed} [what.add] makes one more; the dialog closes
 */
export function openList({ title, none = "", load, add }) {
  const list = el("ul", { class: "entries scrolls", "aria-label": title });
  const said = el("p", { class: "about", role: "status" });
  const trouble = el("p", { role: "alert", class: "trouble" });
  const more = add
    ? [el("div", { class: "more-of-it" }, el("button", { type: "button", class: "main" }, add[0]))]
    : [];
  const dialog = openDialog(title, said, list, trouble, ...more);
  more[0]?.addEventListener("click", () => {
    dialog.close();
    add?.[1]();
  });
  /** @param {unknown} error */
  const fail = (error) => (trouble.textContent = refusal(error));
  const show = async () => {
    const entries = await load();
    said.textContent = entries.length ? "" : none;
    said.hidden = entries.length > 0 || !none;
    list.replaceChildren(
      ...entries.map((entry) => rowOf(entry, (undo) => void undo().then(show).catch(fail))),
    );
  };
  said.hidden = true;
  show().catch(fail);
}

/** @param {Entry} entry @param {(undo: () => Promise<unknown>) => void} take */
function rowOf({ name, about, verb, undo }, take) {
  const row = el("li", {}, el("p", {}, el("bdi", {}, name), el("small", {}, about)));
  if (verb && undo) {
    const button = el("button", { type: "button", "aria-label": `${verb} ${name}` }, verb);
    button.addEventListener("click", () => take(undo));
    row.append(button);
  }
  return row;
}
