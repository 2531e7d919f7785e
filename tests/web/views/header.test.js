/** The title, the topic, and the state of the connection. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { byId, screen, textOf } from "./screen.js";

screen();
const { Header } = await import("../../../src/hubbub/web/js/views/header.js");

const ROOM = { title: "#tea", topic: "Green or black?", missing: [], complete: { from: 1, to: 9 } };
const ONLINE = { phase: "online", sentence: "", retryAt: 0, latency: 12.4 };

/** @param {object} chat */
function drawn(chat = {}) {
  screen();
  const done = [];
  const state = {
    current: ROOM,
    connection: ONLINE,
    order: { may: () => true },
    retryNow: () => done.push("retry"),
    takeOver: () => done.push("take over"),
    ...chat,
  };
  const header = new Header(state);
  header.update();
  return { done, header, state };
}

test("it shows what the room is called and about, and proves that nothing is missing", () => {
  drawn();
  assert.equal(textOf(byId("title")), "#tea");
  assert.equal(textOf(byId("topic")), "Green or black?");
  assert.equal(byId("connection").title, "All messages from 1 to 9 are here.");
  assert.match(textOf(byId("connection")), /^Connected · 12 ms/);
});

test("without a topic it offers to set one, to those who may", () => {
  drawn({ current: { ...ROOM, topic: "" } });
  assert.equal(textOf(byId("topic")), "Add a topic");
  drawn({ current: { ...ROOM, topic: "" }, order: { may: () => false } });
  assert.equal(byId("topic").hidden, true);
  drawn({ order: { may: () => false } });
  assert.deepEqual([byId("topic").hidden, byId("topic").disabled], [false, true]);
});

test("what is missing in the log is told", () => {
  drawn({ current: { ...ROOM, missing: [{ after: 3, upto: 5 }] } });
  assert.match(byId("connection").title, /damaged\. Missing: 4 to 5\./);
});

for (const [phase, remedy, done] of [
  ["waiting", "Try now", "retry"],
  ["elsewhere", "Continue here", "take over"],
]) {
  test(`while ${phase}, a button says '${remedy}'`, () => {
    const {
      done: made,
      header,
      state,
    } = drawn({ connection: { ...ONLINE, phase, retryAt: Date.now() + 5000 } });
    const button = byId("connection").querySelector("button");
    assert.equal(textOf(button), remedy);
    button.click();
    assert.deepEqual(made, [done]);
    state.connection = ONLINE;
    header.update(); // the connection is back, and the countdown ends
  });
}
