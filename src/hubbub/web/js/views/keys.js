/** Listens to the keys of the whole page; what each does is in `keys/table.js`. */

import { chordOf } from "../keys/chords.js";
import { pageActOf } from "../keys/table.js";

/** @typedef {Record<import("../keys/table.js").PageAct | "write", () => unknown>} Moves what keys can ask for */

/**
 * Return whether Space presses this element.
 * @param {EventTarget | null} target
 */
const isControl = (target) => target instanceof Element && target.matches("button, a, [role=button]");

/** @param {Moves} moves */
export function listenToKeys(moves) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const chord = chordOf(event);
    const { target } = event;
    const isWriting = target instanceof Element && target.matches("input, textarea");
    const found = pageActOf(chord);
    if (found && !(found.isText && isWriting)) {
      event.preventDefault();
      moves[found.act]();
    } else if (!isWriting && chord.length === 1 && !(chord === " " && isControl(target))) {
      moves.write(); // the letter itself goes where the focus is now
    }
  });
}
