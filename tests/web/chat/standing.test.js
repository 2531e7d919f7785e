/** Rooms that people call otherwise, that are private or gone, and that one may not enter. */

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

/** The server says something. */
async function hears(...events) {
  browser.network.latest.say(...events);
  await tab.frame();
}

const sentences = () => tab.chat.takeSentences().map(({ text }) => text);

test("a room is called by its title, and by its name again", async () => {
  await tab.chat.join("plans");
  await hears({ type: "rules", room: "plans", title: "plans-2027" });
  assert.equal(tab.room("plans").title, "#plans-2027");
  assert.equal((await tab.chat.join("plans-2027")).name, "plans");
  await hears({ type: "rules", room: "plans" });
  assert.equal(tab.room("plans").title, "#plans");
});

test("a title is there at the next visit, before the server has told it", async () => {
  await tab.chat.join("plans");
  await hears({ type: "rules", room: "plans", title: "plans-2027" });
  tab.chat.quit();
  server.crash();
  const again = browser.tab();
  again.chat.start("ann");
  assert.equal(again.room("plans").title, "#plans-2027");
});

test("nothing is kept of a room that is gone for good", async () => {
  await tab.chat.join("plans");
  tab.room("plans").setDraft("half a sent");
  server.isLogFull = true;
  tab.chat.say("plans", "on its way");
  await tab.frame();
  await hears({ type: "removed", room: "plans", reason: "'plans' was deleted by bob.", gone: true });
  assert.equal(tab.room("plans"), undefined);
  assert.equal(tab.chat.current.name, "lobby");
  assert.deepEqual(sentences(), ["'plans' was deleted by bob."]);
  const kept = [...browser.storage.values.values()].join("\n");
  assert.doesNotMatch(kept, /plans|half a sent|on its way/);
});

test("who is added is told by whom, and where to go", async () => {
  await hears({ type: "added", room: "plans", by: "bob", person: "1" });
  assert.deepEqual(tab.chat.takeSentences(), [
    { text: "bob invites you to #plans.", names: ["bob"], room: "plans" },
  ]);
});

test("who is put out is told why where they would write, until they are in again", async () => {
  await hears({ type: "removed", room: "lobby", reason: "You were removed." });
  assert.equal(tab.chat.order.silence(tab.room()), "You were removed.");
  await tab.chat.join("lobby");
  assert.equal(tab.chat.order.silence(tab.room()), "");
});

test("who may not enter a room when they come back is told why", async () => {
  const { silent } = server;
  silent.add("join");
  server.crash();
  server.start();
  await tab.pass(1000);
  const { ref } = browser.network.latest.command("join");
  await hears({ type: "error", code: "banned", message: "You are banned.", ref });
  assert.equal(tab.chat.order.silence(tab.room()), "You are banned.");
});

test("who has another name is told of once, however many rooms they are in", async () => {
  await tab.chat.join("plans");
  await tab.chat.direct("bob");
  sentences();
  for (const room of ["lobby", "plans", tab.chat.current.name])
    await hears(
      { type: "presence", room, name: "bobby", state: "joined", person: "1", formerly: "bob" },
      { type: "presence", room, name: "bob", state: "left", person: "1" },
    );
  assert.deepEqual(sentences(), ["bob is now bobby."]);
  assert.equal(tab.chat.current.title, "@bobby");
  assert(tab.room().members.includes("bobby") && !tab.room().members.includes("bob"));
});

test("one's own new name is followed by this tab, and by what the browser keeps", async () => {
  tab.room().setDraft("half a sent");
  await hears({
    type: "welcome",
    name: "anna",
    session: "",
    held: false,
    limits: {},
    features: ["people"],
    person: { id: "person 0", kind: "guest" },
  });
  assert.equal(tab.chat.name, "anna");
  assert(tab.room().members.includes("anna"));
  for (const person of server.people.values()) person.name = "anna";
  tab.chat.quit();
  const again = await browser.tab().start("anna");
  assert.equal(again.room().draft, "half a sent");
});
