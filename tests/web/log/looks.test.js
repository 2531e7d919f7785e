/** What an item shows beside its text. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { SLOW_MS, lookOf } from "../../../src/hubbub/web/js/log/looks.js";

const NOW = new Date(2026, 4, 20, 12, 0);
const ASKED = { me: "ann", isWhole: false, isMarked: false };
const said = (/** @type {number} */ seq, more = {}) => ({
  seq,
  from: "bob",
  at: 0,
  text: "",
  ...more,
});
const posted = (/** @type {number} */ at, more = {}) => ({ nonce: "n", at, text: "", ...more });

/**
 * @param {object[]} messages
 * @param {object[]} pending
 * @returns {any}
 */
function roomOf(messages, pending = []) {
  const indexOf = (/** @type {number} */ seq) =>
    messages.findIndex((message) => "seq" in message && message.seq === seq);
  return { messages, pending, missing: [], unreadAfter: null, isHere: () => true, indexOf };
}

test("an answer shows what it answers, or that it is not here", () => {
  const room = roomOf([
    said(1),
    said(2, { reply_to: 1 }),
    said(3, { reply_to: 99 }),
    said(4, { reply_to: 4 }),
  ]);
  const quoted = [0, 1, 2, 3].map((index) => lookOf(room, index, ASKED, NOW).quoted);
  assert.deepEqual(quoted, [undefined, room.messages[0], null, room.messages[3]]);
});

test("a message is called slow only when it is on its way for long", () => {
  const long = NOW.getTime() - SLOW_MS - 1;
  const room = roomOf([said(1)], [posted(NOW.getTime()), posted(long), posted(long, { failure: "No." })]);
  const slow = [0, 1, 2, 3].map((index) => lookOf(room, index, ASKED, NOW).isSlow);
  assert.deepEqual(slow, [false, false, true, false]);
});
