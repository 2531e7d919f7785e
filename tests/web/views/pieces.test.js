/** A text that is too long for one message goes as several, and nothing of it is lost. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { piecesOf } from "../../../src/hubbub/web/js/views/pieces.js";

const bytes = (text) => new TextEncoder().encode(text).length;
const bare = (text) => text.replace(/\s/g, "");

test("it is divided at paragraphs, lines, sentences, words, in this order", () => {
  assert.deepEqual(piecesOf("aaaa bb\n\ncc", 10), ["aaaa bb", "cc"]);
  assert.deepEqual(piecesOf("aaaa bb\ncc dd", 10), ["aaaa bb", "cc dd"]);
  assert.deepEqual(piecesOf("aaaaa. bb ccc", 10), ["aaaaa.", "bb ccc"]);
  assert.deepEqual(piecesOf("aaaa bbb ccc", 10), ["aaaa bbb", "ccc"]);
  assert.deepEqual(piecesOf("a".repeat(25), 10), ["a".repeat(10), "a".repeat(10), "a".repeat(5)]);
});

test("whatever it is made of, each piece fits, and all of it is there", () => {
  for (const text of [
    "👨‍👩‍👧‍👦".repeat(30),
    "é".repeat(99),
    "日本語\n".repeat(50),
    "\n\n\n".repeat(30),
    "x \n".repeat(40),
  ]) {
    const pieces = piecesOf(text, 50);
    assert.ok(pieces.every((piece) => piece && bytes(piece) <= 50));
    assert.equal(bare(pieces.join("")), bare(text));
  }
  assert.deepEqual(piecesOf("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 30), ["👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"], "no character is divided");
});
