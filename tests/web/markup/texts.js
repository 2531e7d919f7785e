/** Texts as the page shows them, in a notation that shows what each part looks like. */

import { blocksOf } from "../../../src/hubbub/web/js/markup/markup.js";

/**
 * @param {string} text
 * @returns {string} text with <em>, <strong>, <s>, <code>, <a>, <mark>, <pre> and <q> around parts
 */
export function shown(text, name = "ann") {
  return blocksOf(text, name)
    .map((block) => {
      if (block.kind === "code") return `<pre>${block.text}</pre>`;
      const inside = block.runs.map(runShown).join("");
      return block.kind === "quote" ? `<q>${inside}</q>` : inside;
    })
    .join("|");
}

/** @param {import("../../../src/hubbub/web/js/markup/runs.js").Run} run */
function runShown({ text, kind, tags, mention }) {
  let shown = text;
  if (kind === "code") shown = `<code>${shown}</code>`;
  if (kind === "link") shown = `<a>${shown}</a>`;
  if (mention) shown = `<mark>${shown}</mark>`;
  for (const tag of tags) shown = `<${tag}>${shown}</${tag}>`;
  return shown;
}

/**
 * @param {string} text
 * @returns {string} all characters that are shown
 */
export function characters(text) {
  return blocksOf(text, "ann")
    .map((block) => (block.kind === "code" ? block.text : block.runs.map((run) => run.text).join("")))
    .join("");
}

/**
 * @param {string} text
 * @returns {[string, string, string][]} what can be clicked, where it leads, the host if it differs
 */
export function links(text) {
  return blocksOf(text, "ann").flatMap((block) =>
    block.kind === "code"
      ? []
      : block.runs
          .filter((run) => run.kind === "link")
          .map((run) => /** @type {[string, string, string]} */ ([run.text, run.to ?? "", run.host ?? ""])),
  );
}
