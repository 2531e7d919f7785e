import assert from "node:assert/strict";
import { test } from "node:test";

import { COMMANDS } from "../../../src/hubbub/web/js/views/commands.js";
import { complete } from "../../../src/hubbub/web/js/views/completion.js";

const NAMES = ["bob", "Ann Lee", "anna", "Zoë"];
const ROOMS = ["lobby", "lunch"];

const completed = (before) => complete(before, NAMES, ROOMS, COMMANDS);

test("letters of a name become a mention", () => {
  assert.deepEqual(completed("bo"), { start: 0, options: ["@bob "] });
  assert.deepEqual(completed("ask AN"), { start: 4, options: ["@Ann Lee ", "@anna "] });
  assert.deepEqual(completed("(zo"), { start: 1, options: ["@Zoë "] });
  assert.deepEqual(completed("one\nbo"), { start: 4, options: ["@bob "] });
});

test("after an @, all names are offered, and spaces belong to them", () => {
  assert.deepEqual(completed("hi @b"), { start: 3, options: ["@bob "] });
  assert.deepEqual(completed("hi @ann l"), { start: 3, options: ["@Ann Lee "] });
});

test("rooms after #, commands at the start", () => {
  assert.deepEqual(completed("see #l"), { start: 4, options: ["#lobby ", "#lunch "] });
  assert.deepEqual(completed("/jo"), { start: 0, options: ["/join "] });
});

test("nothing is made of nothing, so that Tab goes on", () => {
  for (const before of ["", " ", "bob ", "xyz", "a/b", "me@bo", "x#l", "so /jo", "@"]) {
    assert.equal(completed(before), null, JSON.stringify(before));
  }
});
