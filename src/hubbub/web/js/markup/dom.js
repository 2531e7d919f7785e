/** Blocks of a message as DOM nodes. Text becomes text nodes and nothing else. */

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
  return blocks.map((block) =>
    block.kind === "code"
      ? codeBlock(block.text, block.language ?? "")
      : el(block.kind === "quote" ? "blockquote" : "p", { dir: "auto" }, ...block.runs.map(nodeOf)),
  );
}

/**
 * @param {string} text one line, shown as it was written
 * @param {(name: string) => boolean} [isName] whether somebody has this name
 * @returns {HTMLElement} with a direction of its own, independent of the text around it
 */
export function lineNode(text, isName = () => false) {
  const line = el("bdi", {});
  let done = 0;
  for (const [start, end] of namesIn(text, isName)) {
    line.append(text.slice(done, start), el("bdi", {}, text.slice(start, end)));
    done = end;
  }
  line.append(text.slice(done));
  return line;
}

/**
 * @param {string} text
 * @param {string} language
 */
function codeBlock(text, language) {
  const button = el("button", { type: "button", "data-act": "code" }, "Copy");
  // Focusable, so that the keyboard can scroll it.
  const label = `Code ${language}`.trim();
  const code = el("pre", { tabindex: "0", dir: "ltr", role: "group", "aria-label": label });
  code.append(el("code", {}, text));
  return el("div", { class: "code-block" }, el("span", {}, language), button, code);
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
  if (run.mention) node = el("mark", { dir: "auto" }, node);
  else if (run.isName) node = el("bdi", {}, node);
  for (const tag of run.tags) node = el(tag, {}, node);
  return node;
}

/** @param {Run} run */
function linkNode({ text, to = "", host }) {
  const link = el(
    "a",
    {
      href: to,
      title: to,
      target: "_blank",
      rel: "noopener noreferrer nofollow",
      dir: "ltr",
    },
    text,
  );
  return host ? el("span", { dir: "ltr" }, link, ` (${host})`) : link;
}
