/** Messages as lines of text. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf } from "../../../src/hubbub/web/js/log/lines.js";
import { clock } from "../../../src/hubbub/web/js/log/times.js";

const at = (/** @type {number} */ minute, day = 20) => new Date(2026, 4, day, 10, minute).getTime();
const said = (/** @type {number} */ time, /** @type {string} */ text, more = {}) =>
  /** @type {any} */ ({ seq: 1, from: "bob", at: time, text, ...more });

test("each message is a line with time, name and the text as it was written", () => {
  const items = [said(at(1), "*one*\ntwo"), { nonce: "n", room: "lobby", at: at(2), text: "mine" }];
  assert.equal(linesOf(items, "ann"), `[${clock(at(1))}] bob: *one*\ntwo\n[${clock(at(2))}] ann: mine`);
});

test("messages of several days say which", () => {
  const [one, other] = linesOf([said(at(1, 19), "a"), said(at(1), "b")], "ann").split("\n");
  assert.match(one, /^\[.*19.*\] bob: a$/);
  assert.match(other, /^\[.*20.*\] bob: b$/);
});

test("a deleted message says so, and a name is one line", () => {
  const line = linesOf([said(at(1), "", { deleted: true, from: "b\nob" })], "ann");
  assert.equal(line, `[${clock(at(1))}] b ob: (message deleted)`);
});
