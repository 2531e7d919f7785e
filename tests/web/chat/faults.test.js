import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Browser } from "./tabs.js";

let browser, told;

beforeEach(() => {
  browser = new Browser();
  told = [];
  mock.method(console, "error", (fault) => told.push(fault.message));
});
afterEach(() => mock.restoreAll());

function fail() {
  throw new Error("a fault");
}

test("a fault in what is heard is told, and another connection brings what was missed", async () => {
  const tab = await browser.tab().start();
  tab.chat.account.linking = fail;
  browser.network.latest.say({ type: "linking", code: "x" });
  assert.equal(tab.chat.connection.phase, "waiting");
  assert.equal(tab.chat.connection.sentence, "Something went wrong in this page.");
  assert.deepEqual(told, ["a fault"]);
  await tab.pass(15_000);
  assert.equal(tab.chat.connection.phase, "online");
});

test("a fault in drawing one thing keeps nothing else from being drawn", async () => {
  const tab = await browser.tab().start();
  let drawn = 0;
  tab.chat.subscribe(fail);
  tab.chat.subscribe(() => (drawn += 1));
  tab.chat.sortBy("activity");
  await tab.frame();
  assert.equal(drawn, 1);
  assert.deepEqual(told, ["a fault"]);
});
