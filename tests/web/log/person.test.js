/** How people look. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { colourOf } from "../../../src/hubbub/web/js/log/person.js";

test("a few people all look different, and each the same every time", () => {
  const names = Array.from({ length: 12 }, (_, at) => `person ${at}`);
  const colours = names.map(colourOf);
  assert.equal(new Set(colours).size, 12);
  assert.deepEqual(names.map(colourOf), colours);
  assert.equal(colourOf("PERSON 3"), colours[3], "capitals are no other person");
});

test("many people share the colours evenly", () => {
  const counts = new Map();
  for (let at = 12; at < 120; at += 1) {
    const colour = colourOf(`person ${at}`);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  assert.deepEqual([...counts.values()], new Array(12).fill(9));
});
