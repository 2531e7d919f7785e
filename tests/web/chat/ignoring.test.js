/** Whom the user ignores is hidden, is not counted, and calls nobody; what was said is not lost. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser } from "./tabs.js";

let browser, server, tab;

beforeEach(async () => {
  browser = new Browser();
  ({ server } = browser);
  server.people = new Map();
  tab = await browser.tab().start();
});

/** The server says whom the user ignores. */
async function ignore(...people) {
  browser.network.latest.say({ type: "ignoring", people });
  await tab.frame();
}

test("what the ignored say is hidden and not counted, and is there again afterwards", async () => {
  await ignore({ name: "bob" });
  server.say("bob", "buy coins, @ann");
  server.say("cleo", "hello");
  await tab.frame();
  assert.deepEqual(tab.shown(), ["hello"]);
  assert.deepEqual([tab.room().unread, tab.room().mentions], [1, 0]);
  assert.deepEqual(tab.chat.takeMentions(), []);
  await ignore();
  assert.deepEqual(tab.shown(), ["buy coins, @ann", "hello"]);
});

test("what they said before is hidden as well", async () => {
  server.say("bob", "one");
  server.say("cleo", "two");
  await tab.frame();
  await ignore({ name: "BOB" });
  assert.deepEqual(tab.shown(), ["two"]);
  assert.equal(tab.room().indexOf(1), -1);
  assert.equal(tab.room().indexOf(2), 0);
});

test("known people are ignored by their ids, whatever they are called", async () => {
  await ignore({ name: "bob", person: "1" });
  server.add("bobby", "lobby", { type: "message", text: "as bobby", person: "1" });
  server.add("bob", "lobby", { type: "message", text: "another bob", person: "2" });
  await tab.frame();
  assert.deepEqual(tab.shown(), ["another bob"]);
});

test("changes of what is shown are shown", async () => {
  await ignore({ name: "bob" });
  const seq = server.say("cleo", "one");
  await tab.frame();
  server.add("cleo", "lobby", { type: "edited", text: "two", target: seq });
  await tab.frame();
  assert.deepEqual(tab.shown(), ["two"]);
});

test("that they type is not told", async () => {
  await ignore({ name: "bob" });
  for (const name of ["bob", "cleo"]) browser.network.latest.say({ type: "typing", room: "lobby", name });
  await tab.frame();
  assert.deepEqual(tab.room().typing, ["cleo"]);
});
