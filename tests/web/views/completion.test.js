import assert from "node:assert/strict";
import { test } from "node:test";

import { COMMANDS } from "../../../src/hubbub/web/js/views/commands.js";
import { complete, namesEmoji, offeredFor } from "../../../src/hubbub/web/js/views/completion.js";

const KNOWN = {
  names: () => ["bob", "Ann Lee", "anna", "Zoë"],
  rooms: () => ["lobby", "lunch"],
  commands: () => COMMANDS,
  emoji: (typed) => (typed === "tada" ? [["🎉", "tada"]] : []),
};

/** @param {import("../../../src/hubbub/web/js/views/completion.js").Completion | null} found */
const plain = (found) => found && [found.start, ...found.options.map(({ text }) => text)];
const completed = (before) => plain(complete(before, KNOWN));
const offered = (before) => plain(offeredFor(before, KNOWN));

test("letters of a name become a mention, if one asks", () => {
  assert.deepEqual(completed("bo"), [0, "@bob "]);
  assert.deepEqual(completed("ask AN"), [4, "@Ann Lee ", "@anna "]);
  assert.deepEqual(completed("(zo"), [1, "@Zoë "]);
  assert.deepEqual(completed("one\nbo"), [4, "@bob "]);
  assert.equal(offered("bo"), null);
});

test("after an @, all names are offered, and spaces belong to them", () => {
  assert.deepEqual(offered("hi @"), [3, "@bob ", "@Ann Lee ", "@anna ", "@Zoë "]);
  assert.deepEqual(offered("hi @b"), [3, "@bob "]);
  assert.deepEqual(offered("hi @ann l"), [3, "@Ann Lee "]);
});

test("rooms after #, commands at the start, emoji after a colon", () => {
  assert.deepEqual(offered("see #l"), [4, "#lobby ", "#lunch "]);
  assert.deepEqual(offered("/jo"), [0, "/join "]);
  assert.deepEqual(offered("so :tada"), [3, "🎉 "]);
  assert.equal(offeredFor("/", KNOWN)?.options.length, Math.min(COMMANDS.length, 50));
});

test("nothing is made of nothing, so that Tab goes on", () => {
  for (const before of [
    "",
    " ",
    "bob ",
    "xyz",
    "a/b",
    "me@bo",
    "x#l",
    "so /jo",
    "@bob ",
    "# ",
    ":-",
    "10:tada",
  ]) {
    assert.equal(completed(before), null, JSON.stringify(before));
  }
});

test("an emoji is named by a colon and two letters, at the beginning of a word", () => {
  for (const before of [":ta", "so :+1", "(\n:x1"]) assert.ok(namesEmoji(before), before);
  for (const before of [":", ":)", ":t", "a:ta", "http://ta"]) assert.ok(!namesEmoji(before), before);
});
