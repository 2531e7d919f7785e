/** What the pointer and the keyboard do in the log. */

import { blocksOf } from "../markup/markup.js";
import { indexOfKey, itemAt, itemCount } from "./context.js";
import { heldBy } from "./selection.js";
import { actOf } from "./tools.js";

/**
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").Post} Post
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {import("./log-view.js").LogView} LogView
 * @typedef {import("./log-view.js").Callbacks} Callbacks
 * @typedef {import("./rows.js").Key} Key
 */

const MOVES = /^(?:Tab|F6|Arrow.*|Home|End)$/;

/**
 * @param {HTMLElement} element
 * @param {LogView} view
 * @param {Callbacks} callbacks
 */
export function listen(element, view, callbacks) {
  // Letters act on a message that was reached by keys. After a click they belong to a sentence.
  let isReachedByKeys = false;
  const reach = (/** @type {boolean} */ byKeys) => (isReachedByKeys = byKeys);
  document.addEventListener("pointerdown", () => reach(false), { capture: true });
  document.addEventListener("keydown", ({ key }) => MOVES.test(key) && reach(true), {
    capture: true,
  });

  /** @param {Event} event */
  const equip = ({ target }) => {
    const key = view.keyAt(target);
    if (key !== undefined) view.equip(key);
  };
  element.addEventListener("pointerover", equip);
  element.addEventListener("focusin", equip);
  element.addEventListener("click", ({ target }) => {
    const key = view.keyAt(target);
    if (key === undefined || !(target instanceof Element)) return;
    const button = target.closest("button");
    const item = view.room && itemAt(view.room, indexOfKey(view.room, key));
    if (button) act(button.dataset.act ?? "", key, button);
    else if (target.closest(".who .name") && item && "seq" in item) callbacks.profile(item.from);
    else if (calledIn(target, callbacks)) callbacks.profile(calledIn(target, callbacks));
    // Where there is no hovering, a tap shows the actions.
    else if (!target.closest("a") && getSelection()?.isCollapsed) {
      view.article(key)?.focus({ preventScroll: true });
    }
  });
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (pressed(event)) event.preventDefault();
  });

  /**
   * @param {string} what
   * @param {Key} key
   * @param {HTMLElement} button
   */
  function act(what, key, button) {
    const item = view.room && itemAt(view.room, indexOfKey(view.room, key));
    if (!item) return;
    if (what === "more") return view.fold(key);
    if (what === "code") return callbacks.copy(codeOf(item, button));
    if (!("seq" in item)) {
      if (what === "retry") callbacks.retry(item);
      if (what === "change") callbacks.change(item);
      if (what === "discard") callbacks.discard(item);
      if (what === "quoted" && item.replyTo !== undefined) void view.jumpTo(item.replyTo);
      return;
    }
    const { emoji = "", file = "" } = button.dataset;
    /** @type {Record<string, () => unknown>} */
    const acts = {
      reply: () => callbacks.reply(item),
      edit: () => callbacks.edit(item),
      remove: () => callbacks.remove(item),
      report: () => callbacks.report(item),
      copy: () => callbacks.copy(item.text),
      link: () => callbacks.link(item),
      quote: () => callbacks.quote(item, selectedIn(view.article(key))),
      pin: () => callbacks.threads.pin(item, true),
      unpin: () => callbacks.threads.pin(item, false),
      thread: () => callbacks.threads.open(item),
      pins: () => view.room && callbacks.threads.openPins(view.room),
      revisions: () => callbacks.threads.openRevisions(item),
      unread: () => callbacks.unread(item),
      quoted: () => void view.jumpTo(item.reply_to ?? -1),
      view: () => callbacks.view(file),
      toggle: () => callbacks.react(item, emoji, button.ariaPressed !== "true"),
      react: () =>
        callbacks.pickEmoji(button, element, "Choose a reaction", (chosen) =>
          callbacks.react(item, chosen, true),
        ),
    };
    acts[what]?.();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key did something
   */
  function pressed({ key, shiftKey, target }) {
    const { room } = view;
    if (!room || !(target instanceof HTMLElement)) return false;
    const at = view.keyAt(target);
    const article = at === undefined ? undefined : view.article(at);
    if (key === "Escape") {
      if (article && article !== target) article.focus({ preventScroll: true });
      else element.dispatchEvent(new CustomEvent("hubbub:leave-log", { bubbles: true }));
      return true;
    }
    if (at === undefined || !article) return key === "ArrowUp" && (view.focusLast(), true);
    if (target.closest(".tools, .chips") && /^Arrow(Left|Right)$/.test(key)) {
      const next = key === "ArrowLeft" ? target.previousElementSibling : target.nextElementSibling;
      if (next instanceof HTMLElement) next.focus();
      return true;
    }
    if (target !== article) return false;
    const index = indexOfKey(room, at);
    return moved(key, shiftKey, index) || acted(key, index, at, article);
  }

  /**
   * Move the focus; with Shift, the selection with it.
   *
   * @param {string} key
   * @param {boolean} isSelecting
   * @param {number} index of the item that has the focus
   */
  function moved(key, isSelecting, index) {
    const room = /** @type {RoomState} */ (view.room);
    const last = itemCount(room) - 1;
    /** @type {Record<string, number>} */
    const targets = {
      ArrowUp: Math.max(index - 1, 0),
      ArrowDown: Math.min(index + 1, last),
      Home: 0,
      End: last,
    };
    if (!(key in targets)) return false;
    const anchor = view.keyAt(heldBy()[0] ?? null);
    const from = anchor === undefined ? index : indexOfKey(room, anchor);
    view.focus(targets[key]);
    if (isSelecting) view.select(from, targets[key]);
    else getSelection()?.removeAllRanges();
    return true;
  }

  /**
   * @param {string} key
   * @param {number} index
   * @param {Key} at
   * @param {HTMLElement} article
   */
  function acted(key, index, at, article) {
    const room = /** @type {RoomState} */ (view.room);
    if (key === "Enter") {
      const button = article.querySelector(".tools button") ?? article.querySelector("button");
      if (button instanceof HTMLElement) button.focus();
      return true;
    }
    const item = itemAt(room, index);
    if (!isReachedByKeys || !item || !("seq" in item) || item.deleted) return false;
    const what = actOf(key, (deed) => callbacks.may(deed, item));
    if (what) act(what, at, article);
    return what !== undefined;
  }
}

/**
 * @param {Message | Post} item
 * @param {HTMLElement} button of a block of code in its text
 * @returns {string} all of the code, of which only the beginning may be shown
 */
function codeOf({ text }, button) {
  const shown = [...(button.closest(".text")?.querySelectorAll(".code-block") ?? [])];
  const place = shown.findIndex((block) => block.contains(button));
  const codes = blocksOf(text, "").flatMap((block) => (block.kind === "code" ? block.text : []));
  return codes[place] ?? "";
}

/**
 * @param {HTMLElement | undefined} article
 * @returns {string} what of its text is selected, if anything
 */
function selectedIn(article) {
  const selection = getSelection();
  const text = article?.querySelector(".text");
  if (!selection || selection.isCollapsed || !text) return "";
  const isInside = text.contains(selection.anchorNode) && text.contains(selection.focusNode);
  return isInside ? selection.toString().trim() : "";
}

/**
 * @param {Element} target
 * @param {Callbacks} callbacks
 * @returns {string} the name of somebody here that stands there as `@name`, if one does
 */
function calledIn(target, { isName }) {
  const text = target.closest(".text bdi, .text mark")?.textContent ?? "";
  return text.startsWith("@") && isName(text.slice(1)) ? text.slice(1) : "";
}
