/** Blocks of a message as DOM nodes. Text becomes text nodes and nothing else. */

import { addressOf, isOfChatroom } from "../addresses/places.js";
import { el } from "../log/element.js";
import { namesIn } from "./people.js";

/**
 * @typedef {import("./markup.js").Block} Block
 * @typedef {import("./runs.js").Run} Run
 */

/**
 * @param {Block[]} blocks
 * @returns {HTMLElement[]}
 */
export function nodesOf(blocks) {
  /** @type {HTMLElement[]} */
  const nodes = [];
  for (const block of blocks) {
    const node = blockNode(block);
    const last = nodes.at(-1);
    if (block.kind !== "item") nodes.push(node);
    else if (last?.tagName === "UL") last.append(node);
    else nodes.push(el("ul", { role: "list" }, node));
  }
  return nodes;
}

/**
 * @param {Block} block
 * @returns {HTMLElement}
 */
function blockNode(block) {
  if (block.kind === "code") return codeBlock(block.text, block.language ?? "");
  const runs = block.runs.map(nodeOf);
  switch (block.kind) {
    case "quote":
      return el("blockquote", { dir: "auto" }, ...runs);
    case "heading":
      // The page's own headings begin at 1.
      return el("p", { dir: "auto", role: "heading", "aria-level": `${(block.level ?? 1) + 2}` }, ...runs);
    case "item":
      return el(
        "li",
        { dir: "auto", "data-depth": `${block.depth}`, "data-lead": block.lead ?? "" },
        ...runs,
      );
    default:
      return el("p", { dir: "auto" }, ...runs);
  }
}

/**
 * @param {string} text one line, shown as it was written
 * @param {(name: string) => boolean} [isName] whether somebody has this name
 * @param {(name: string) => boolean} [leads] whether `@name` leads to somebody
 * @returns {HTMLElement} with a direction of its own, independent of the text around it
 */
export function lineNode(text, isName = () => false, leads = () => false) {
  const line = el("bdi", {});
  let done = 0;
  for (const [start, end] of namesIn(text, isName)) {
    const name = text.slice(start, end);
    const isCall = name[0] === "@" && leads(name.slice(1));
    line.append(text.slice(done, start), el("bdi", isCall ? leading(name.slice(1)) : {}, name));
    done = end;
  }
  line.append(text.slice(done));
  return line;
}

/**
 * @param {string} [person]
 * @returns {Record<string, string>} what makes a name in a text a button that leads to the person; it is no
 *   real one, because the text of those is not selected and not broken into lines
 */
const leading = (person) =>
  person ? { role: "button", tabindex: "-1", "aria-haspopup": "dialog", "data-person": person } : {};

/**
 * @param {string} text
 * @param {string} language
 */
function codeBlock(text, language) {
  const button = el("button", { type: "button", "data-act": "code" }, "Copy");
  // Focusable, so that the keyboard can scroll it.
  const label = `Code ${language}`.trim();
  const code = el("pre", { tabindex: "0", dir: "ltr", role: "group", "aria-label": label });
  const shown = el("code", {}, text);
  code.append(shown);
  if (language) void colour(shown, text, language);
  return el("div", { class: "code-block" }, el("span", {}, language), button, code);
}

/**
 * Colour code by its language. What does that is loaded with the first code that is shown.
 *
 * @param {HTMLElement} code
 * @param {string} text
 * @param {string} language
 */
async function colour(code, text, language) {
  try {
    const { tokensOf } = await import("../later/syntax.js");
    const tokens = tokensOf(text, language);
    if (tokens.length && code.textContent === text)
      code.replaceChildren(
        ...tokens.map(([kind, token]) => (kind ? el("span", { class: kind }, token) : token)),
      );
  } catch {
    // It could not be loaded: code without colours is code all the same.
  }
}

/**
 * @param {Run} run
 * @returns {Node}
 */
function nodeOf(run) {
  /** @type {Node} */
  let node = document.createTextNode(run.text);
  if (run.kind === "code") node = el("code", { dir: "ltr" }, node);
  if (run.kind === "link") node = linkNode(run);
  // An isolated name does not decide the direction of its line.
  if (run.mention) node = el("mark", { dir: "auto", ...leading(run.person) }, node);
  else if (run.isName) node = el("bdi", leading(run.person), node);
  if (run.room) node = el("a", { href: addressOf({ room: run.room }), dir: "auto" }, node);
  for (const tag of run.tags) node = el(tag, {}, node);
  return node;
}

const OUTSIDE = { target: "_blank", rel: "noopener noreferrer nofollow" };

/** @param {Run} run */
function linkNode({ text, to = "", host }) {
  const link = el("a", { href: to, title: to, ...(!isOfChatroom(to) && OUTSIDE), dir: "ltr" }, text);
  return host ? el("span", { dir: "ltr" }, link, ` (${host})`) : link;
}
