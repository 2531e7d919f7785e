/** One item of the log as DOM nodes. */

import { beginning, blocksOf, isEmoji } from "../markup/markup.js";
import { lineNode, nodesOf } from "../markup/dom.js";
import { excerpt } from "../markup/excerpt.js";
import { oneLine } from "../markup/visible.js";
import { isAction, senderOf } from "./context.js";
import { el } from "./element.js";
import { filesOf, saidIn } from "./files.js";
import { colourOf, monogramOf } from "./person.js";
import { reactionChips } from "./reactions.js";
import { clock, fullTime, isoTime } from "./times.js";

/**
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").Post} Post
 * @typedef {import("./looks.js").Look} Look
 * @typedef {object} People
 * @property {(deed: import("../chat/rights.js").Deed, message: Message) => boolean} may whether the user may do this
 * @property {(name: string) => boolean} isMe whether a name is the user's
 * @property {(name: string) => boolean} isName whether somebody in the room has this name
 * @property {(name: string) => boolean} isRoom whether the user has a room of this name
 */

const CHARS_MAX = 2000;
const LINES_MAX = 20; // longer messages are shown in part: one must not fill the room
const EXCERPT_CHARS_MAX = 200;
const SHOW = "Show in the room";
const NOT_HERE = "Loading the messages in between …";

/**
 * @param {HTMLElement} row
 * @param {Look} look
 * @param {People} people
 */
export function fill(row, look, people) {
  const { item, day, isNew, lost, isBelowHole } = look;
  const lines = [];
  if (isBelowHole) lines.push(el("p", { class: "hole" }, el("span", {}, NOT_HERE)));
  if (day) lines.push(el("p", { class: "day" }, el("span", {}, day)));
  if (lost) lines.push(el("p", { class: "lost" }, el("span", {}, missingHere(lost))));
  if (isNew) lines.push(el("p", { class: "new" }, el("span", {}, "New")));
  const article = /** @type {HTMLElement} */ (row.lastElementChild ?? el("article", { tabindex: "-1" }));
  article.setAttribute("aria-label", label(look));
  article.className = classes(look);
  article.replaceChildren(...content(look, people));
  article.style.setProperty("--person", colourOf(senderOf(item, look.me)));
  // The article stays where it is: moved, it would lose the focus.
  while (row.firstChild !== article && row.firstChild) row.firstChild.remove();
  if (!article.parentNode) row.append(article);
  article.before(...lines);
}

/** @param {string} lost */
function missingHere(lost) {
  return `Something is missing here (${lost}): the server's log is damaged.`;
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
  const sender = oneLine(senderOf(item, me));
  if (isAction(item)) return `${clock(item.at)}: ${sender} ${lineOf(item.text)}`;
  const said = "deleted" in item && item.deleted ? "message deleted" : lineOf(saidIn(item));
  return `${sender}, ${clock(item.at)}: ${said}`;
}

/** @param {string} text @returns {string} its beginning, as one line */
export function lineOf(text) {
  return oneLine(excerpt(text, EXCERPT_CHARS_MAX));
}

/**
 * @param {Look} look
 * @param {People} people
 * @returns {HTMLElement[]}
 */
function content(look, people) {
  const { item, heads, me } = look;
  const name = oneLine(senderOf(item, me));
  const time = timeOf(item.at, clock(item.at));
  const body = el("div", { class: "body" });
  if (heads && !isAction(item)) {
    const shown = el("b", { class: "name", dir: "auto", title: name }, name);
    body.append(el("div", { class: "who" }, shown, time));
  }
  if (look.quoted !== undefined) body.append(reply(look.quoted, people));
  if ("deleted" in item && item.deleted) {
    body.append(el("p", { class: "aside gone" }, "message deleted"));
  } else {
    if (item.text || !item.files) body.append(...text(look, people));
    body.append(...filesOf(item.files, "seq" in item));
  }
  if ("seq" in item) {
    body.append(...chipsOf(item, people));
  } else {
    body.append(...fate(look, item));
  }
  if (look.isBeside) body.append(el("button", { type: "button", class: "more", "data-act": "show" }, SHOW));
  const side =
    heads && !isAction(item)
      ? el("span", { class: "monogram", "aria-hidden": "true" }, monogramOf("from" in item ? item.from : me))
      : time;
  return [side, body];
}

/** @param {number} at @param {string} shown @param {string} [look] */
const timeOf = (at, shown, look) =>
  el("time", { class: look, title: fullTime(at), datetime: isoTime(at) }, shown);

/**
 * @param {Message} message
 * @param {People} people
 * @returns {HTMLElement[]} nothing, or a line with its reactions and what leads further
 */
function chipsOf({ reactions = {}, replies, pinned }, { isMe }) {
  const [given] = reactionChips(reactions, isMe);
  if (!given && !replies && !pinned) return [];
  const chips = given ?? el("div", { class: "chips" });
  if (replies) {
    const count = `${replies} ${replies === 1 ? "reply" : "replies"}`;
    chips.append(el("button", { type: "button", "data-act": "thread" }, count));
  }
  if (pinned) {
    const mark = el("i", { class: "icon pin" });
    chips.append(
      el("button", { type: "button", "data-act": "pins", title: "All that is pinned" }, mark, "Pinned"),
    );
  }
  return [chips];
}

/**
 * @param {Message | null} quoted
 * @param {People} people
 */
function reply(quoted, { isName }) {
  const button = el("button", { type: "button", class: "reply", "data-act": "quoted" });
  if (quoted) {
    const said = quoted.deleted ? "message deleted" : lineOf(saidIn(quoted));
    button.append(el("b", { dir: "auto" }, oneLine(quoted.from)), " ", lineNode(said, isName));
  } else {
    button.append("an earlier message");
  }
  return button;
}

/**
 * @param {Look} look
 * @param {People} people
 * @returns {HTMLElement[]}
 */
function text({ item, me, isWhole }, people) {
  const isTold = "edited" in item && people.may("revisions", item);
  const edited = "edited" in item && item.edited ? [" ", editedMark(item, isTold)] : [];
  if (isAction(item)) return [action(item, me, people.isName, edited)];
  const blocks = blocksOf(item.text, me, people);
  const part = beginning(blocks, CHARS_MAX, LINES_MAX);
  const shown = el("div", { class: isEmoji(item.text) ? "text emoji" : "text" });
  shown.append(...nodesOf(part && !isWhole ? part : blocks));
  (shown.lastElementChild?.matches("p") ? shown.lastElementChild : shown).append(...edited);
  if (!part) return [shown];
  const more = isWhole ? "Show less" : "Show all";
  return [shown, el("button", { type: "button", class: "more", "data-act": "more" }, more)];
}

/**
 * @param {Message | Post} item
 * @param {string} me
 * @param {(name: string) => boolean} isName
 * @param {(string | Node)[]} more
 */
function action(item, me, isName, more) {
  const sender = el("b", { dir: "auto" }, oneLine(senderOf(item, me)));
  return el(
    "p",
    { class: "text action" },
    sender,
    " ",
    lineNode(oneLine(item.text), isName, isName),
    ...more,
  );
}

/**
 * @param {Message} message
 * @param {boolean} isTold whether it can be read what it said before
 */
function editedMark({ edited }, isTold) {
  const title = fullTime(edited ?? 0);
  return isTold
    ? el("button", { type: "button", class: "edited", "data-act": "revisions", title }, "edited")
    : timeOf(edited ?? 0, "edited", "edited");
}

/**
 * @param {Look} look
 * @param {Post} post
 * @returns {HTMLElement[]} what becomes of an own message on its way
 */
function fate({ isSlow, isWaiting }, post) {
  if (post.failure) return [lineOfFate("failure", post.failure, FAILED)];
  if (isWaiting) return [lineOfFate("aside waiting", "Not sent yet.", WAITING)];
  return isSlow ? [el("p", { class: "aside" }, "Sending …")] : [];
}

/** @typedef {readonly (readonly [act: string, label: string])[]} Acts */

/** @type {Acts} */
const FAILED = [
  ["retry", "Retry"],
  ["change", "Edit"],
  ["discard", "Discard"],
];

/** @type {Acts} */
const WAITING = [
  ["change", "Edit"],
  ["discard", "Withdraw"],
];

/** @param {string} look @param {string} sentence @param {Acts} acts */
function lineOfFate(look, sentence, acts) {
  const buttons = acts.flatMap(([act, label]) => [
    " ",
    el("button", { type: "button", "data-act": act }, label),
  ]);
  return el("p", { class: look }, sentence, ...buttons);
}
