/** Blocks of a message as DOM nodes. Text becomes text nodes and nothing else. */

import { el } from "../log/element.js";

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
  if (run.mention) node = el("mark", {}, node);
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
  return host ? el("span", {}, link, ` (${host})`) : link;
}
