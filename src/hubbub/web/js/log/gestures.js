/** What the pointer and the keyboard do on messages, in the log and beside it. */

import { chordOf } from "../keys/chords.js";
import { messageActOf } from "../keys/table.js";
import { blocksOf } from "../markup/markup.js";
import { actOf } from "./tools.js";

/**
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").Post} Post
 * @typedef {import("../keys/table.js").MessageAct} MessageAct
 * @typedef {import("./rows.js").Key} Key
 *
 * @typedef {object} View what shows messages in rows
 * @property {(key: Key) => Message | Post | undefined} item
 * @property {(target: EventTarget | null) => Key | undefined} keyAt of the row in which something is
 * @property {(key: Key) => HTMLElement | undefined} article the focusable part of a row
 * @property {(key: Key) => void} equip add the buttons that a row shows under the pointer
 * @property {(key: Key) => void} fold unfold a long message, or fold it again
 * @property {(seq: number) => unknown} jumpTo a message
 * @property {(key: Key | undefined, to: Move, isSelecting: boolean) => void} move the focus from an item
 * @typedef {"up" | "down" | "first" | "last"} Move
 *
 * @typedef {object} Acts what can be done with messages
 * @property {(message: Message) => void} reply
 * @property {(message: Message, selected: string) => void} quote
 * @property {import("../views/threads.js").Threads} threads
 * @property {(message: Message) => void} edit
 * @property {(message: Message) => void} remove
 * @property {(message: Message) => void} report
 * @property {(message: Message) => void} unread
 * @property {(id: string) => void} view a picture
 * @property {(name: string) => void} profile
 * @property {(message: Message, emoji: string, on: boolean) => void} react
 * @property {(button: HTMLElement, place: Element, title: string, choose: (emoji: string) => void) => void} pickEmoji
 * @property {(text: string) => void} copy
 * @property {(message: Message) => void} link copy its address
 * @property {(post: Post) => void} retry
 * @property {(post: Post) => void} change give its text back to be written anew
 * @property {(post: Post) => void} discard
 * @property {(deed: import("../chat/rights.js").Deed, message: Message) => boolean} may whether the user may do this
 */

const MOVES = /^(?:Tab|F6|Arrow.*|Home|End)$/;

/** @type {Partial<Record<MessageAct, {to: Move, isSelecting: boolean}>>} */
const STEPS = {
  up: { to: "up", isSelecting: false },
  down: { to: "down", isSelecting: false },
  first: { to: "first", isSelecting: false },
  last: { to: "last", isSelecting: false },
  selectUp: { to: "up", isSelecting: true },
  selectDown: { to: "down", isSelecting: true },
  selectFirst: { to: "first", isSelecting: true },
  selectLast: { to: "last", isSelecting: true },
};

/**
 * @param {HTMLElement} element which sends `hubbub:leave-log` when the user wants to leave it
 * @param {View} view
 * @param {Acts} acts
 */
export function listen(element, view, acts) {
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
    const item = view.item(key);
    if (button) act(button.dataset.act ?? "", key, button);
    else if (target.closest(".who .name") && item && "seq" in item) acts.profile(item.from);
    else if (personIn(target)) acts.profile(personIn(target));
    // Where there is no hovering, a tap shows the actions.
    else if (!target.closest("a") && getSelection()?.isCollapsed) {
      view.article(key)?.focus({ preventScroll: true });
    }
  });
  element.addEventListener("keydown", (event) => {
    if (event.target instanceof HTMLElement && pressed(event, event.target)) event.preventDefault();
  });

  /**
   * @param {string} what
   * @param {Key} key
   * @param {HTMLElement} button
   */
  function act(what, key, button) {
    const item = view.item(key);
    if (!item) return;
    if (what === "more") return view.fold(key);
    if (what === "code") return acts.copy(codeOf(item, button));
    if (!("seq" in item)) {
      if (what === "retry") acts.retry(item);
      if (what === "change") acts.change(item);
      if (what === "discard") acts.discard(item);
      if (what === "quoted" && item.replyTo !== undefined) view.jumpTo(item.replyTo);
      return;
    }
    const { emoji = "", file = "" } = button.dataset;
    /** @type {Record<string, () => unknown>} */
    const deeds = {
      reply: () => acts.reply(item),
      edit: () => acts.edit(item),
      remove: () => acts.remove(item),
      report: () => acts.report(item),
      copy: () => acts.copy(item.text),
      link: () => acts.link(item),
      quote: () => acts.quote(item, selectedIn(view.article(key))),
      pin: () => acts.threads.pin(item, true),
      unpin: () => acts.threads.pin(item, false),
      thread: () => acts.threads.open(item),
      pins: () => acts.threads.openPins(item.room),
      revisions: () => acts.threads.openRevisions(item),
      unread: () => acts.unread(item),
      quoted: () => view.jumpTo(item.reply_to ?? -1),
      show: () => view.jumpTo(item.seq),
      view: () => acts.view(file),
      toggle: () => acts.react(item, emoji, button.ariaPressed !== "true"),
      react: () =>
        acts.pickEmoji(button, element, "Choose a reaction", (chosen) => acts.react(item, chosen, true)),
    };
    deeds[what]?.();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLElement} target
   * @returns {boolean} whether the key did something
   */
  function pressed(event, target) {
    const what = messageActOf(chordOf(event));
    const key = view.keyAt(target);
    const article = key === undefined ? undefined : view.article(key);
    if (what === "leave") {
      if (article && article !== target) article.focus({ preventScroll: true });
      else element.dispatchEvent(new CustomEvent("hubbub:leave-log", { bubbles: true }));
      return true;
    }
    if (key === undefined || !article) return what === "up" && (view.move(undefined, "last", false), true);
    if (target.closest(".tools, .chips") && (what === "left" || what === "right")) {
      const next = what === "left" ? target.previousElementSibling : target.nextElementSibling;
      if (next instanceof HTMLElement) next.focus();
      return true;
    }
    if (target.dataset.person && /^(?:Enter| )$/.test(event.key)) {
      acts.profile(target.dataset.person);
      return true;
    }
    if (target !== article) return false;
    const step = what && STEPS[what];
    if (step) view.move(key, step.to, step.isSelecting);
    else if (what === "enter") enter(article);
    else return acted(event, key, article);
    return true;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Key} key
   * @param {HTMLElement} article
   */
  function acted({ key: letter, ctrlKey, metaKey, altKey }, key, article) {
    const item = view.item(key);
    if (ctrlKey || metaKey || altKey || !isReachedByKeys || !item || !("seq" in item) || item.deleted)
      return false;
    const what = actOf(letter, (deed) => acts.may(deed, item));
    if (what) act(what, key, article);
    return what !== undefined;
  }
}

/** Focus the first of the things that can be done with a message. @param {HTMLElement} article */
function enter(article) {
  const button = article.querySelector(".tools button") ?? article.querySelector("button");
  if (button instanceof HTMLElement) button.focus();
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
 * @returns {string} the name of somebody here that stands there as `@name`, if one does
 */
function personIn(target) {
  const name = target.closest("[data-person]");
  return (name instanceof HTMLElement && name.dataset.person) || "";
}
