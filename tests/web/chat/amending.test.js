/** Edits, deletions and reactions survive a closed page and a loss, and overwrite nothing newer. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { sortOut } from "../../../src/hubbub/web/js/chat/amending.js";
import { FakeStorage } from "./doubles.js";
import { Browser } from "./tabs.js";

const TABLE = new URL("../../golden/tables/changes.json", import.meta.url);

for (const { title, reads, changes, due, dropped } of JSON.parse(readFileSync(TABLE, "utf8"))) {
  test(`made once more: ${title}`, () => {
    const made = changes.map((change, index) => ({ nonce: `${index}`, ...change }));
    const found = sortOut(reads ?? undefined, made, "Ann");
    const places = (of) => of.map(({ nonce }) => Number(nonce));
    assert.deepEqual([places(found.due), places(found.dropped)], [due, dropped]);
  });
}

let browser;
let server;
beforeEach(() => {
  browser = new Browser();
  ({ server } = browser);
});

async function begin(...texts) {
  const tab = await browser.tab().start();
  for (const text of texts) tab.chat.say("lobby", text);
  await tab.frame();
  return tab;
}

const kept = () =>
  [...browser.storage.values.keys()].filter((key) => key.startsWith("hubbub.of.ann.change."));

test("what was under way when the page was closed is made by the next one", async () => {
  const tab = await begin("one", "two");
  for (const type of ["edit", "delete"]) server.silent.add(type);
  const [one, two] = tab.room().messages;
  void tab.chat.changing.edit(one, "one, edited");
  void tab.chat.changing.edit(one, "one, edited twice");
  void tab.chat.changing.remove(two);
  await tab.frame();
  assert.equal(kept().length, 3, "before an answer, on disk");
  browser.network.latest.end(); // and nothing of this page runs any more
  server.silent.clear();
  const again = await browser.tab(new FakeStorage()).start();
  await again.frame();
  assert.deepEqual(again.shown(), ["one, edited twice", ""]);
  assert.deepEqual(kept(), []);
});

test("what was edited elsewhere meanwhile stays, and the user is told", async () => {
  const tab = await begin("one");
  server.silent.add("edit");
  void tab.chat.changing.edit(tab.room().messages[0], "one, edited");
  await tab.frame();
  browser.network.latest.end();
  server.silent.clear();
  server.add("ann", "lobby", { type: "edited", target: 1, text: "one, from elsewhere" });
  const again = await browser.tab(new FakeStorage()).start();
  await again.frame();
  assert.deepEqual(again.shown(), ["one, from elsewhere"]);
  assert.match(
    again.chat
      .takeSentences()
      .map(({ text }) => text)
      .join(),
    /which read: “one, edited”/,
  );
  assert.deepEqual(again.chat.takeSentences(), []);
  assert.deepEqual(kept(), []);
});

test("what is changed without a connection is changed when it is back", async () => {
  const tab = await begin("one");
  const [one] = tab.room().messages;
  server.isUp = false;
  browser.network.latest.end();
  await tab.frame();
  await tab.chat.changing.edit(one, "one, edited");
  await tab.chat.changing.edit(one, "one, edited twice");
  assert.ok(tab.chat.waiting.isToChange);
  server.isUp = true;
  await tab.pass(2000);
  assert.deepEqual(tab.shown(), ["one, edited twice"]);
  assert.ok(!tab.chat.waiting.isToChange);
  assert.deepEqual(kept(), []);
});

test("a change that is refused is told to whoever made it, and not kept", async () => {
  const tab = await begin("one");
  const [one] = tab.room().messages;
  await assert.rejects(tab.chat.changing.edit(one, "refuse this"), { code: "too_long" });
  assert.deepEqual(kept(), []);
  await tab.chat.changing.edit(one, "one, edited");
  await tab.frame();
  assert.deepEqual(tab.shown(), ["one, edited"]);
});

test("what another program has written into the storage is no change", async () => {
  for (const [at, value] of ["7", "{}", '{"nonce":"x"}', "not json"].entries())
    browser.storage.setItem(`hubbub.of.ann.change.00000000000${at}.x`, value);
  const tab = await begin("one");
  assert.deepEqual(kept(), []);
  assert.ok(!tab.chat.waiting.isToChange);
});
