/** Days, the unread line, and runs of one sender. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  contextOf,
  indexOfKey,
  itemAt,
  itemCount,
  senderOf,
} from "../../../src/hubbub/web/js/log/context.js";
import { dayTitle, clock } from "../../../src/hubbub/web/js/log/times.js";
import { monogramOf, colourOf } from "../../../src/hubbub/web/js/log/person.js";

const NOW = new Date(2026, 4, 20, 12, 0);
const at = (/** @type {number} */ minute, day = 20) => new Date(2026, 4, day, 10, minute).getTime();

/**
 * @param {[string, number][]} said who said something, and when
 * @param {object} more
 * @returns {any}
 */
function roomOf(said, more = {}) {
  const messages = said.map(([from, time], index) => ({
    seq: index + 1,
    from,
    at: time,
    text: "",
  }));
  const indexOf = (/** @type {number} */ seq) => messages.findIndex((message) => message.seq === seq);
  return { messages, pending: [], missing: [], unreadAfter: null, isHere: () => true, indexOf, ...more };
}

const context = (/** @type {any} */ room, /** @type {number} */ index) => contextOf(room, index, "ann", NOW);
const heads = (/** @type {any} */ room) =>
  Array.from({ length: itemCount(room) }, (_, index) => context(room, index).heads);

test("a run of one sender is headed once, until a pause or another sender", () => {
  const room = roomOf([
    ["bob", at(0)],
    ["bob", at(1)],
    ["ann", at(2)],
    ["bob", at(3)],
    ["bob", at(9)],
  ]);
  assert.deepEqual(heads(room), [true, false, true, true, true]);
});

test("own messages on their way go on a run of one's own", () => {
  const room = roomOf(
    [
      ["bob", at(0)],
      ["ann", at(1)],
    ],
    { pending: [{ nonce: "n", at: at(2), text: "" }] },
  );
  assert.deepEqual(heads(room), [true, true, false]);
  assert.equal(indexOfKey(room, "n"), 2);
  assert.equal(indexOfKey(room, "m"), -1);
  assert.equal(indexOfKey(room, 2), 1);
  assert.equal(itemAt(room, 3), undefined);
});

test("who said something elsewhere is marked", () => {
  assert.equal(senderOf({ from: "ann", imported: "slack" }, "ann"), "[slack] ann");
  assert.equal(senderOf({ from: "ann" }, "ben"), "ann");
});

test("each day begins with its name", () => {
  const room = roomOf([
    ["bob", at(0, 18)],
    ["bob", at(0, 19)],
    ["bob", at(1, 19)],
    ["bob", at(0)],
  ]);
  const days = [0, 1, 2, 3].map((index) => context(room, index).day);
  assert.match(days[0], /18/);
  assert.deepEqual(days.slice(1), ["Yesterday", "", "Today"]);
});

test("the unread line stands above the first unread message, and ends a run", () => {
  const room = roomOf(
    [
      ["bob", at(0)],
      ["bob", at(1)],
      ["bob", at(2)],
    ],
    { unreadAfter: 1 },
  );
  const found = [0, 1, 2].map((index) => context(room, index));
  assert.deepEqual(
    found.map(({ isNew }) => isNew),
    [false, true, false],
  );
  assert.deepEqual(
    found.map((one) => one.heads),
    [true, true, false],
  );
});

test("the unread line stands above the oldest message only where nothing is missing between", () => {
  const said = /** @type {[string, number][]} */ ([["bob", at(0)]]);
  assert.ok(context(roomOf(said, { unreadAfter: 0 }), 0).isNew);
  assert.ok(!context(roomOf(said, { unreadAfter: 0, isHere: () => false }), 0).isNew);
});

test("any time can be shown", () => {
  for (const time of [0, -1, 8e18, Number.NaN, 8.64e15, 253402300800000]) {
    assert.equal(typeof clock(time), "string");
    assert.ok(dayTitle(time, NOW));
  }
});

test("yesterday is the day before, whatever the clock does", () => {
  assert.equal(dayTitle(new Date(2026, 4, 31, 23, 59).getTime(), new Date(2026, 5, 1, 0, 1)), "Yesterday");
});

test("a person looks the same in whatever capitals", () => {
  assert.equal(colourOf("Ann"), colourOf("ann"));
  assert.match(colourOf("x"), /^var\(--name-\d+\)$/);
  assert.equal(monogramOf("ann"), "A");
  assert.equal(monogramOf("\u202e👩‍👩‍👧‍👦 x"), "👩‍👩‍👧‍👦");
  assert.equal(monogramOf(""), "?");
});

test("what is missing is told above the next message, and a run begins anew", () => {
  const said = /** @type {[string, number][]} */ ([
    ["bob", at(0)],
    ["bob", at(1)],
  ]);
  const room = roomOf(said, { missing: [{ after: 0, upto: 1.5 }] });
  assert.deepEqual(
    [0, 1].map((index) => context(room, index).lost),
    ["", "1 to 1.5"],
  );
  assert.deepEqual(heads(room), [true, true]);
});

test("what is missing is told above the next item, and never among those that wait", () => {
  const said = /** @type {[string, number][]} */ ([["bob", at(0)]]);
  const pending = ["n", "m"].map((nonce) => ({ nonce, at: at(2), text: "" }));
  const lostOf = (/** @type {any} */ room) =>
    Array.from({ length: itemCount(room) }, (_, index) => context(room, index).lost);
  const before = roomOf(said, { missing: [{ after: -1, upto: 0.5 }], pending });
  assert.deepEqual(lostOf(before), ["0 to 0.5", "", ""]);
  const behind = roomOf(said, { missing: [{ after: 1, upto: 3 }], pending });
  assert.deepEqual(lostOf(behind), ["", "2 to 3", ""]);
});
