/** A dialog with a list that narrows while the user types. */

import { el } from "../log/element.js";
import { lineNode } from "../markup/dom.js";
import { openDialog } from "./dialogs.js";
import { write } from "./page.js";
import { counted, refusal } from "./wording.js";

/**
 * @typedef {object} Row
 * @property {string} title
 * @property {string} [aside]
 * @property {string | HTMLElement} [detail]
 * @property {() => unknown} [act] what choosing it does; the dialog is closed then
 * @property {() => Promise<Row[]>} [more] or: what to put in its place
 */

const ROWS_SHOWN_MAX = 200;

/**
 * @param {object} what
 * @param {string} what.title
 * @param {string} what.hint in the field while it is empty
 * @param {string} what.nothing said when nothing is found
 * @param {string} [what.empty] said when nothing is typed, and there is nothing
 * @param {(typed: string) => Row[] | Promise<Row[]>} what.find
 * @param {string} [what.typed]
 * @param {number} [what.at] which row is marked at first
 * @param {HTMLElement} [what.scope] narrows the search, too
 * @param {number} [what.patienceMs] how long typing must pause before it looks
 * @param {(text: string) => void} fail says why something could not be done
 */
export function openPicker(
  { title, hint, nothing, empty = "", find, typed = "", at = 0, scope, patienceMs = 0 },
  fail,
) {
  const field = el("input", {
    "aria-label": title,
    "aria-controls": "options",
    "aria-autocomplete": "list",
    placeholder: hint,
    dir: "auto",
    autocomplete: "off",
    spellcheck: "false",
  });
  field.value = typed;
  const list = el("ul", {
    id: "options",
    role: "listbox",
    class: "scrolls",
    tabindex: "0",
    "aria-label": title,
  });
  const found = el("p", { class: "found", role: "status" });
  const dialog = openDialog(
    title,
    el("div", { class: "narrowing" }, field, ...(scope ? [scope] : [])),
    list,
    found,
  );
  /** @type {Row[]} */
  let rows = [];
  let active = 0;
  let asked = 0;
  let wait = 0;
  /** @type {Promise<void> | null} */
  let looking = null;

  const mark = (/** @type {number} */ index) => {
    active = rows.length ? (index + rows.length) % rows.length : 0;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", `${at === active}`));
    list.children[active]?.scrollIntoView({ block: "nearest" });
    const id = rows.length ? `option-${active}` : "";
    for (const element of [field, list]) element.setAttribute("aria-activedescendant", id);
  };
  const draw = (/** @type {string} */ note) => {
    list.replaceChildren(...rows.map(optionOf));
    found.textContent = note;
    mark(active);
  };
  const look = async () => {
    const turn = (asked += 1);
    /** @type {Row[]} */
    let all = [];
    let note = "";
    try {
      all = await find(field.value);
      if (!all.length) note = field.value.trim() ? nothing : empty;
    } catch (error) {
      note = refusal(error);
    }
    if (turn !== asked) return;
    rows = all.slice(0, ROWS_SHOWN_MAX);
    active = Math.min(turn === 1 ? at : 0, Math.max(rows.length - 1, 0));
    const isCut = rows.length < all.length;
    draw(isCut ? `${rows.length} of ${counted(all.length, "row")}. Type to narrow them down.` : note);
  };
  const choose = async (/** @type {number} */ index) => {
    const row = rows[index];
    if (!row) return;
    if (row.more) {
      const { more } = row;
      await orSay(
        async () => {
          rows.splice(index, 1, ...(await more()));
          draw("");
        },
        (sentence) => draw(sentence), // the dialog would cover a notice
      );
      return;
    }
    dialog.close();
    write(); // what it does may put the focus elsewhere
    await orSay(async () => void (await row.act?.()), fail);
  };

  const later = () => {
    clearTimeout(wait);
    wait = setTimeout(() => {
      wait = 0;
      looking = look();
    }, patienceMs);
  };
  /** Choose from what fits everything typed so far, even if the search for it still runs. */
  const enter = async () => {
    if (wait) looking = look();
    clearTimeout(wait);
    wait = 0;
    await looking;
    await choose(active);
  };
  field.addEventListener("input", later);
  scope?.addEventListener("change", later);
  list.addEventListener("click", ({ target }) => {
    const option = target instanceof Element ? target.closest("li") : null;
    if (option) void choose([...list.children].indexOf(option));
  });
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(active + step);
    else if (event.key === "Enter") void enter();
    else return;
    event.preventDefault();
  };
  field.addEventListener("keydown", press);
  list.addEventListener("keydown", press);
  field.focus();
  looking = look();
}

/**
 * @param {() => Promise<void>} act
 * @param {(sentence: string) => void} say why it was refused
 */
async function orSay(act, say) {
  try {
    await act();
  } catch (error) {
    say(refusal(error));
  }
}

/**
 * @param {Row} row
 * @param {number} index
 */
function optionOf({ title, aside, detail }, index) {
  const option = el("li", { id: `option-${index}`, role: "option" }, el("b", {}, title));
  if (aside) option.append(el("small", {}, aside));
  if (detail) option.append(el("p", {}, typeof detail === "string" ? lineNode(detail) : detail));
  return option;
}
