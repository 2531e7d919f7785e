/** Emoji by their names: as the terminal finds them. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { EmojiTable } from "../../../src/hubbub/web/js/views/emoji.js";

const at = (path) => new URL(`../../../${path}`, import.meta.url);
const { said, found } = JSON.parse(readFileSync(at("tests/golden/tables/emoji.json"), "utf-8"));

function storage() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

async function loaded() {
  const table = new EmojiTable(storage(), async () => readFileSync(at("src/hubbub/web/emoji.txt"), "utf-8"));
  await table.load();
  return table;
}

test("what is said has emoji for their names, but not in code", async () => {
  const table = await loaded();
  for (const [text, shown] of said) assert.equal(table.inText(text), shown);
});

test("names are found as in the terminal", async () => {
  const table = await loaded();
  for (const [typed, first] of Object.entries(found))
    assert.deepEqual(table.matching(typed).slice(0, first.length), first, typed);
  assert.deepEqual(table.matching("nothing such"), []);
});

test("until the table is there, a text stays as it is; a failure is tried again", async () => {
  let fails = true;
  const table = new EmojiTable(storage(), async () => {
    if (fails) throw new Error("lost");
    return "# Group\n🎉\ttada\tparty\n";
  });
  await table.load();
  assert.equal(table.inText(":tada:"), ":tada:");
  fails = false;
  await table.load();
  assert.equal(table.inText(":tada:"), "🎉");
});

test("the latest that were chosen come first, once each, and only so many", async () => {
  const table = await loaded();
  for (const emoji of ["🎉", "👍", "🎉", "two words"]) table.used(emoji);
  assert.deepEqual(table.recent, ["🎉", "👍"]);
  for (let number = 0; number < 30; number++) table.used(`:${number}`);
  assert.equal(table.recent.length, 16);
  assert.equal(table.recent[0], ":29");
});
