/** Whom a message calls, and where that stands out. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { shown } from "./texts.js";

const MENTIONS = [
  ["ann", "hello ann", "hello <mark>ann</mark>"],
  ["ann", "@ANN, look", "<mark>@ANN</mark>, look"],
  ["ann", "hi @ann, and ann", "hi <mark>@ann</mark>, and <mark>ann</mark>"],
  ["ann", "*ann* **knows**", "<em><mark>ann</mark></em> <strong>knows</strong>"],
  ["ann", "> ann said\nwhat?", "<q><mark>ann</mark> said</q>|what?"],
  ["Ann Lee", "is ann *lee* here?", "is <mark>ann </mark><em><mark>lee</mark></em> here?"],
  ["a.b+c", "hey @a.b+c!", "hey <mark>@a.b+c</mark>!"],
  ["l_x", "hello l_x", "hello <mark>l_x</mark>"],
  ["Чарли", "привет, чарли", "привет, <mark>чарли</mark>"],
  ["राम", "नमस्ते राम!", "नमस्ते <mark>राम</mark>!"],
  ["a-b", "a-b", "<mark>a-b</mark>"],
  ["bob", "@everyone lunch", "<mark>@everyone</mark> lunch"],
  ["bob", "lunch, @Here?", "lunch, <mark>@Here</mark>?"],
];

for (const [name, text, wanted] of MENTIONS) {
  test(`${name} is called: ${text}`, () => assert.equal(shown(text, name), wanted));
}

const TABLE = JSON.parse(readFileSync(new URL("../../golden/tables/mentions.json", import.meta.url), "utf8"));

for (const { name, text, calls } of TABLE) {
  test(`${name || "nobody"} is ${calls ? "" : "not "}called: ${text}`, () => {
    assert.equal(/<mark>/.test(shown(text, name)), calls);
  });
}
