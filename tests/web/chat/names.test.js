import assert from "node:assert/strict";
import { test } from "node:test";

import { isDirect, nameKey, sameName } from "../../../src/hubbub/web/js/chat/names.js";

// What the server says of each pair (chat/names.py, `same_name`).
const SAME = [
  ["ann", "ANN"],
  ["Ann B", "ann b"],
  ["Zoë B", "ZOË b"],
  ["Zoe\u0308", "ZOË"], // composed from two characters
  ["Ａｎｎ", "ann"], // in full width
  ["ΟΔΟΣ", "οδος"], // ends with another small letter
  ["Шура", "ШУРА"],
  ["名無し", "名無し"],
];
const DIFFERENT = [
  ["ann", "bob"],
  ["ann b", "annb"],
  ["Zoë", "Zoe"],
  ["straße", "strasse"], // folded to one another by some, not by the server
  ["aиn", "ann"],
];

test("names are the same in any capitals, width and composition", () => {
  for (const [one, other] of SAME) assert(sameName(one, other), `${one} and ${other}`);
  for (const [one, other] of DIFFERENT) assert(!sameName(one, other), `${one} and ${other}`);
});

test("spaces around a name, and how many stand within, do not matter", () => {
  assert(sameName("  Ann \t  B ", "ann b"));
  assert.equal(nameKey("  Ann \u3000  B "), "ann b");
});

test("a key is its own key", () => {
  for (const name of [...SAME, ...DIFFERENT].flat()) {
    assert.equal(nameKey(nameKey(name)), nameKey(name));
  }
});

test("private rooms are told by their sign", () => {
  assert(isDirect("@0123456789abcdef01234567"));
  assert(!isDirect("lobby"));
});
