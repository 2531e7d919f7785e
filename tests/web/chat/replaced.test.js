/** A server that is started again on an older copy of its folder, however far it has counted since. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser } from "./tabs.js";

let browser, server, ann;

beforeEach(async () => {
  browser = new Browser();
  ({ server } = browser);
  ann = await browser.tab().start();
});

/** The server goes on from the copy, and others say something before ann is back. */
async function restored(copy, ...texts) {
  server.crash();
  server.restore(copy);
  for (const text of texts) server.say("bob", text);
  await ann.pass(1000);
}

test("only the new history is shown, and what is unsent is posted to it once", async () => {
  server.say("bob", "one");
  const copy = server.copy();
  for (const text of ["two", "three"]) server.say("bob", text);
  await ann.frame();
  server.crash();
  ann.chat.say("lobby", "mine");
  await restored(copy, "another two", "another three", "another four");
  assert.deepEqual(ann.shown(), ["one", "another two", "another three", "another four", "mine"]);
  assert.equal(server.said.length, 1);
  assert.equal(ann.room().beginning, true);
});

test("the views are told which rooms it happened to, once", async () => {
  const copy = server.copy();
  server.say("bob", "one");
  await ann.frame();
  const told = () => ann.changes.filter(([changes]) => changes.has("replaced"));
  assert.deepEqual(told(), []);
  await restored(copy, "another one");
  assert.equal(told().length, 1);
  assert(told()[0][1].has("lobby"));
  server.crash();
  server.start();
  await ann.pass(1000);
  assert.equal(told().length, 1, "the new history is known now");
});

test("what was seen of the old history marks nothing in the new one, then and after a reload", async () => {
  const copy = server.copy();
  for (const text of ["one", "two", "three"]) server.say("bob", text);
  await ann.frame();
  ann.chat.reading.read("lobby");
  await restored(copy, "another one");
  assert.deepEqual([ann.room().unread, ann.room().unreadAfter], [0, null]);
  assert.equal(JSON.parse(browser.storage.getItem("hubbub.of.ann.seen")).lobby, 1);
  server.say("bob", "news");
  await ann.frame();
  assert.equal(ann.room().unread, 1);
});

test("a server that was only started anew has the same history", async () => {
  server.say("bob", "one");
  await ann.frame();
  server.crash();
  server.start();
  server.say("bob", "two");
  await ann.pass(1000);
  assert.deepEqual(ann.shown(), ["one", "two"]);
  assert(!ann.changes.some(([changes]) => changes.has("replaced")));
});
