import assert from "node:assert/strict";
import { test } from "node:test";

import { counted, described, titleOf, tooLong, typingOf } from "../../../src/hubbub/web/js/views/wording.js";

const connection = (phase, over = {}) => ({
  phase,
  sentence: "",
  retryAt: 0,
  latency: null,
  ...over,
});

test("the length of a message is counted in bytes of UTF-8", () => {
  assert.equal(tooLong("x".repeat(100), 100), "");
  assert.match(tooLong("x".repeat(101), 100), /^This message is 1 byte too long; 100 fit\./);
  assert.equal(tooLong("ä".repeat(50), 100), "");
  assert.match(tooLong("ä".repeat(51), 100), / 2 bytes too long/);
  assert.match(tooLong("😀".repeat(26), 100), / 4 bytes too long/);
  assert.match(tooLong("x".repeat(70_000), 65_536), / 4,464 bytes too long; 65,536 fit\./);
});

test("the title counts what is unread", () => {
  assert.equal(titleOf(0), "hubbub");
  assert.equal(titleOf(0, "#lobby"), "#lobby – hubbub");
  assert.equal(titleOf(3, "#lobby"), "(3) #lobby – hubbub");
});

test("one is not many", () => {
  assert.equal(counted(1, "new message"), "1 new message");
  assert.equal(counted(1200, "new message"), "1,200 new messages");
  assert.equal(counted(2, "person", "people"), "2 people");
});

test("who is typing", () => {
  assert.equal(typingOf([]), "");
  assert.equal(typingOf(["ann"]), "ann is typing …");
  assert.equal(typingOf(["ann", "bob"]), "ann and bob are typing …");
  assert.equal(typingOf(["ann", "bob", "eve"]), "ann, bob, and eve are typing …");
  assert.equal(typingOf(["a", "b", "c", "d"]), "Several people are typing …");
});

test("the connection says how it is and what can be done", () => {
  assert.deepEqual(described(connection("online", { latency: 11.6 }), 0), {
    text: "Connected",
    detail: "· 12 ms",
    remedy: "",
  });
  assert.equal(described(connection("online"), 0).detail, "");
  const away = connection("online", { sentence: "n2.example.org" });
  assert.equal(described(away, 0).text, "Connected to n2.example.org; files wait.");
  const waiting = connection("waiting", { retryAt: 5000 });
  assert.deepEqual(described(waiting, 500), {
    text: "Offline — your messages wait.",
    detail: "Trying again in 5 s",
    remedy: "Try now",
  });
  assert.equal(described(waiting, 9000).detail, "Trying again in 0 s");
  assert.equal(described(connection("elsewhere"), 0).remedy, "Continue here");
});
