/** Where items stand, and that what is looked at stays there. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { HEAD_PX, Track } from "../../../src/hubbub/web/js/log/track.js";

/** @param {number[]} heights */
function tracked(heights) {
  const track = new Track();
  track.resize(heights.length, 0, 0);
  heights.forEach((height, index) => track.measured(index, height, 0));
  return track;
}

test("items stand one below the other", () => {
  const track = tracked([10, 20, 30, 40, 50]);
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((at) => track.top(at) - HEAD_PX),
    [0, 10, 30, 60, 100, 150],
  );
});

test("an item is found by its place, and the nearest one beyond the ends", () => {
  const track = tracked([10, 20, 30]);
  assert.deepEqual(
    [-500, 0, 9, 10, 29.9, 30, 59, 900].map((y) => track.at(HEAD_PX + y)),
    [0, 0, 0, 1, 1, 2, 2, 2],
  );
  assert.equal(new Track().at(100), 0);
});

test("every item of many is found", () => {
  const track = tracked(Array.from({ length: 1000 }, (_, at) => 1 + ((at * 7) % 90)));
  for (let at = 0; at < 1000; at++) {
    assert.equal(track.at(track.top(at)), at);
    assert.equal(track.at(track.top(at + 1) - 0.5), at);
  }
});

test("heights above the anchor move what is above, heights below it what is below", () => {
  const track = tracked([10, 10, 10, 10]);
  const [above, anchor] = [track.top(0), track.top(2)];
  track.measured(1, 25, 2);
  assert.equal(track.top(2), anchor);
  assert.equal(track.top(0), above - 15);
  track.measured(3, 25, 2);
  assert.equal(track.top(2), anchor);
  assert.equal(track.top(4), anchor + 35);
});

test("a height that is known changes nothing", () => {
  const track = tracked([10, 10]);
  assert.equal(track.measured(0, 10, 1), false);
  assert.equal(track.measured(0, 11, 1), true);
});

test("the anchor stays when items come before it, behind it, and when the oldest go", () => {
  const track = tracked([10, 20, 30]);
  const place = track.top(1);
  track.resize(10, 5, 1);
  assert.equal(track.top(6), place);
  assert.equal(track.top(7) - track.top(6), 20);
  track.resize(7, -3, 6);
  assert.equal(track.top(3), place);
  assert.equal(track.top(5) - track.top(4), 30);
  track.resize(2, -5, 3);
  assert.equal(track.count, 2);
});

test("slack is what everything stands too low by", () => {
  const track = tracked([1000, 1000]);
  assert.equal(track.slack(500), 0);
  track.measured(0, 900, 1);
  assert.equal(track.slack(500), 100);
  track.measured(0, 1200, 1);
  assert.equal(track.slack(500), -200);
  track.shift -= track.slack(500);
  assert.equal(track.slack(500), 0);
});

test("what does not fill the window stands at its lower end", () => {
  const track = tracked([10]);
  track.shift -= track.slack(500);
  assert.equal(track.bottom, 500);
});

test("a hundred thousand items cost little", () => {
  const track = new Track();
  track.resize(100_000, 0, 0);
  const start = process.cpuUsage();
  for (let at = 0; at < 100_000; at++) track.measured(at, (at % 70) + 20, 50_000);
  for (let at = 0; at < 100_000; at++) track.at(track.top(at));
  assert.ok(process.cpuUsage(start).user < 2_000_000, "microseconds of its own time");
});
