/** One item of the log as DOM nodes. */

import { beginning, blocksOf, isEmoji } from "../markup/markup.js";
import { nodesOf } from "../markup/dom.js";
import { oneLine } from "../markup/visible.js";
import { senderOf } from "./context.js";
import { el } from "./element.js";
import { colourOf, monogramOf } from "./person.js";
import { reactionChips } from "./reactions.js";
import { clock, fullTime } from "./times.js";

/**
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").Post} Post
 * @typedef {import("./looks.js").Look} Look
 */

const CHARS_MAX = 2000;
const LINES_MAX = 20; // longer messages are shown in part: one must not fill the room
const EXCERPT_CHARS_MAX = 200;

/**
 * @param {HTMLElement} row
 * @param {Look} look
 * @param {(name: string) => boolean} own
 */
export function fill(row, look, own) {
  const { item, day, isNew } = look;
  const lines = [];
  if (day) lines.push(el("p", { class: "day" }, el("span", {}, day)));
  if (isNew) lines.push(el("p", { class: "new" }, el("span", {}, "New")));
  const article = /** @type {HTMLElement} */ (
    row.lastElementChild ?? el("article", { tabindex: "-1" })
  );
  article.setAttribute("aria-label", label(look));
  article.className = classes(look);
  article.replaceChildren(...content(look, own));
  article.style.setProperty("--person", colourOf(senderOf(item, look.me)));
  // The article stays where it is: moved, it would lose the focus.
  while (row.firstChild !== article && row.firstChild) row.firstChild.remove();
  if (!article.parentNode) row.append(article);
  article.before(...lines);
}

/** @param {Look} look */
function classes({ item, heads, isMarked }) {
  const names = ["message"];
  if (heads) names.push("heads");
  if (isMarked) names.push("marked");
  if (!("seq" in item)) names.push(item.failure ? "failed" : "pending");
  return names.join(" ");
}

/**
 * @param {Look} look
 * @returns {string} what a screen reader says of the whole
 */
function label({ item, me }) {
  const said = "deleted" in item && item.deleted ? "message deleted" : excerpt(item.text);
  return `${oneLine(senderOf(item, me))}, ${clock(item.at)}: ${said}`;
}

/** @param {string} text */
function excerpt(text) {
  return oneLine(text.slice(0, EXCERPT_CHARS_MAX));
}

/**
 * @param {Look} look
 * @param {(name: string) => boolean} own
 * @returns {HTMLElement[]}
 */
function content(look, own) {
  const { item, heads, me } = look;
  const name = oneLine(senderOf(item, me));
  const time = el("time", { title: fullTime(item.at) }, clock(item.at));
  const body = el("div", { class: "body" });
  if (heads) {
    const shown = el("b", { class: "name", dir: "auto", title: name }, name);
    body.append(el("div", { class: "who" }, shown, time));
  }
  if (look.quoted !== undefined) body.append(reply(look.quoted));
  if ("deleted" in item && item.deleted) {
    body.append(el("p", { class: "aside" }, "message deleted"));
  } else {
    body.append(...text(look));
  }
  if ("seq" in item) {
    if (item.reactions) body.append(...reactionChips(item.reactions, own));
  } else {
    body.append(...fate(look, item));
  }
  const side = heads
    ? el("span", { class: "monogram", "aria-hidden": "true" }, monogramOf(name))
    : time;
  return [side, body];
}

/** @param {Message | null} quoted */
function reply(quoted) {
  const button = el("button", { type: "button", class: "reply", "data-act": "quoted" });
  if (quoted) {
    const said = quoted.deleted ? "message deleted" : excerpt(quoted.text);
    button.append(el("b", { dir: "auto" }, oneLine(quoted.from)), " ", el("bdi", {}, said));
  } else {
    button.append("an earlier message");
  }
  return button;
}

/**
 * @param {Look} look
 * @returns {HTMLElement[]}
 */
function text({ item, me, isWhole }) {
  const blocks = blocksOf(item.text, me);
  const part = beginning(blocks, CHARS_MAX, LINES_MAX);
  const shown = el("div", { class: isEmoji(item.text) ? "text emoji" : "text" });
  shown.append(...nodesOf(part && !isWhole ? part : blocks));
  if ("edited" in item && item.edited) {
    const edited = el("small", { class: "edited", title: fullTime(item.edited) }, "edited");
    (shown.lastElementChild?.matches("p") ? shown.lastElementChild : shown).append(" ", edited);
  }
  if (!part) return [shown];
  const more = isWhole ? "Show less" : "Show all";
  return [shown, el("button", { type: "button", class: "more", "data-act": "more" }, more)];
}

/**
 * @param {Look} look
 * @param {Post} post
 * @returns {HTMLElement[]} what becomes of an own message on its way
 */
function fate({ isSlow }, post) {
  if (!post.failure) return isSlow ? [el("p", { class: "aside" }, "Sending …")] : [];
  return [
    el(
      "p",
      { class: "failure" },
      post.failure,
      " ",
      el("button", { type: "button", "data-act": "retry" }, "Retry"),
      " ",
      el("button", { type: "button", "data-act": "discard" }, "Discard"),
    ),
  ];
}
