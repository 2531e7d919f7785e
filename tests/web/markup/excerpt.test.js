/** Beginnings of texts: no character is ever cut in two. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginningOf, excerpt } from "../../../src/hubbub/web/js/markup/excerpt.js";

const CHARACTERS = ["x", "😀", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇩🇪", "👍🏽", "e\u0301", "한", "กี๊"];

for (const character of CHARACTERS) {
  test(`a text of ${character} is cut between two of them`, () => {
    for (let units = character.length; units < 40; units += 1) {
      const cut = beginningOf(character.repeat(40), units);
      assert.equal(cut, character.repeat(Math.floor(units / character.length)));
    }
  });
}

test("what fits stays, and what is cut says so", () => {
  assert.equal(excerpt("short", 5), "short");
  assert.equal(excerpt("longer", 5), "longe …");
});

test("a character longer than the whole excerpt is cut, but holds no half of a pair", () => {
  const cut = beginningOf(`${"😀\u200d".repeat(100)}`, 4);
  assert.ok(cut.isWellFormed() && cut.length <= 4);
});
