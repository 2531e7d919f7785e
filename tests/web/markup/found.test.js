/** What was found, in its context. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { contextOf } from "../../../src/hubbub/web/js/markup/found.js";

const shown = (text, found) =>
  contextOf(text, found)
    .map(({ text, isFound }) => (isFound ? `[${text}]` : text))
    .join("");

test("what was found is marked", () => {
  assert.equal(shown("dinner is ready", [[0, 6]]), "[dinner] is ready");
  assert.equal(shown("dinner\n\nis  ready", [[12, 17]]), "dinner is [ready]");
  assert.equal(shown("nothing", []), "nothing");
});

test("places count characters, not halves of them", () => {
  assert.equal(shown("🎉🎉 dinner 🎉", [[3, 9]]), "🎉🎉 [dinner] 🎉");
});

test("a long text is cut around it, between words", () => {
  const text = `${"word ".repeat(20)}dinner${" and".repeat(100)}`;
  const line = shown(text, [[100, 106]]);
  assert.match(line, /^…word word .*word \[dinner\] and and .*…$/);
  assert(line.length < 250);
  assert.equal(shown("天".repeat(100), [[90, 92]]), `…${"天".repeat(40)}[天天]${"天".repeat(8)}`);
});
