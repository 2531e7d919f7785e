/** The page reads a text as the terminal does: the table of tests/golden. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { blocksOf } from "../../../src/hubbub/web/js/markup/markup.js";

/** @param {string} name @returns {{text: string, rooms?: string[], shown: string[]}[]} */
const table = (name) =>
  JSON.parse(readFileSync(new URL(`../../golden/tables/${name}.json`, import.meta.url), "utf-8"));

/** @param {import("../../../src/hubbub/web/js/markup/runs.js").Run} run */
function noted({ text, kind, tags, to, room }) {
  let shown = room ? `<#${room} ${text}>` : text;
  if (kind === "link") shown = `<${to} ${text}>`;
  if (kind === "code") shown = `<code>${text}</code>`;
  return tags.includes("em") ? `<em>${shown}</em>` : shown;
}

/** @param {string} text @param {string[]} rooms */
function lines(text, rooms) {
  const known = { isName: () => false, isRoom: (/** @type {string} */ name) => rooms.includes(name) };
  return blocksOf(text, "reader", known).flatMap((block) => {
    if (block.kind === "code") return block.text.split("\n").map((line) => `\`${line}`);
    const shown = block.runs.map(noted).join("").split("\n");
    if (block.kind === "quote") return shown.map((line) => `> ${line}`);
    if (block.kind === "heading") return [`# ${shown[0]}`];
    if (block.kind === "item") return [`${"  ".repeat(block.depth ?? 0)}${block.lead} ${shown[0]}`];
    return shown.filter((line) => line);
  });
}

for (const { text, rooms = [], shown } of [...table("markup"), ...table("places")]) {
  test(`golden: ${JSON.stringify(text).slice(0, 60)}`, () => {
    assert.deepEqual(lines(text, rooms), shown);
  });
}
