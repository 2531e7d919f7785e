import assert from "node:assert/strict";
import { test } from "node:test";
import { splitDuration, spokenDuration } from "../../../src/hubbub/web/js/chat/durations.js";

test("a time stands before the reason", () => {
  for (const [text, seconds, rest] of [
    ["10m", 600, ""],
    ["2h spam", 7200, "spam"],
    ["7 days", 604_800, ""],
    ["1h 30m, and calm down", 5400, "and calm down"],
    ["for 2 hours spam", 7200, "spam"],
    ["for good spam", undefined, "spam"],
    ["forever", undefined, ""],
    ["spam", undefined, "spam"],
    ["", undefined, ""],
    ["for the third time", undefined, "for the third time"],
  ]) {
    const found = splitDuration(text);
    assert.deepEqual([found.seconds, found.rest], [seconds, rest], text);
  }
});

test("a number that is no time is refused: it could have been meant as one", () => {
  for (const text of ["10", "3 spams", "2x", "0m", "-5m", "99999 years"])
    assert.throws(() => splitDuration(text), /is no time|ten years/, text);
});

test("times are told to their two largest units", () => {
  const told = [60, 5400, 86_400, 86_403, 90_061].map(spokenDuration);
  assert.deepEqual(told, ["1 minute", "1 hour 30 minutes", "1 day", "1 day", "1 day 1 hour"]);
});
