import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeStorage } from "./doubles.js";
import { Browser } from "./tabs.js";

let browser, server;

beforeEach(() => {
  browser = new Browser();
  ({ server } = browser);
});

const phase = (tab) => tab.chat.connection.phase;

// Who the user is.

test("nobody is nobody", () => {
  const tab = browser.tab();
  assert.equal(tab.chat.restore(), false);
  assert.equal(phase(tab), "out");
  assert.deepEqual([tab.chat.name, tab.chat.current, tab.chat.rooms], ["", null, []]);
});

test("entering brings the lobby, its messages and its people", async () => {
  server.say("bob", "before");
  const tab = await browser.tab().start();
  assert.equal(tab.chat.current, tab.room("lobby"));
  assert.deepEqual(tab.shown(), ["before"]);
  assert.deepEqual(tab.room().members, ["ann", "bob"]);
  assert.equal(tab.room().beginning, true);
  assert.equal(tab.chat.rememberedName, "ann");
  server.say("bob", "after");
  await tab.frame();
  assert.deepEqual(tab.shown(), ["before", "after"]);
});

test("a tab that is loaded anew goes on as who it was, where it was", async () => {
  const tab = await browser.tab().start();
  await tab.chat.join("kitchen");
  const again = browser.tab(tab.storage);
  assert.equal(again.chat.restore(), true);
  assert.equal(again.chat.name, "ann");
  await again.frame();
  assert.deepEqual(
    again.chat.rooms.map(({ title }) => title),
    ["#lobby", "#kitchen"],
  );
  assert.equal(again.chat.current?.name, "kitchen");
  assert.equal(phase(again), "online");
  assert.equal(phase(tab), "elsewhere");
});

test("what a tab has kept may be anything", () => {
  for (const kept of ["{", "7", "{}", '{"name":7}', '{"name":""}', "null"]) {
    const tab = browser.tab();
    tab.storage.setItem("hubbub.identity", kept);
    assert.equal(browser.tab(tab.storage).chat.restore(), false, kept);
  }
});

test("two tabs of one person pass the name to and fro, and never fight for it", async () => {
  const one = await browser.tab().start();
  const other = await browser.tab().start();
  for (const [here, there] of [
    [other, one],
    [one, other],
    [other, one],
    [one, other],
  ]) {
    if (phase(here) === "elsewhere") here.chat.takeOver();
    await here.frame();
    await there.pass(60_000);
    assert.deepEqual([phase(here), phase(there)], ["online", "elsewhere"]);
    here.chat.say("lobby", "here");
    await here.frame();
    assert.equal(here.room().pending.length, 0);
  }
  assert.equal(server.log.length, 4);
});

test("a name that somebody else has is refused, and another one may be chosen", async () => {
  await browser.tab().start("ann");
  const stranger = browser.tab(undefined, { storage: new FakeStorage() });
  stranger.chat.start("ann");
  await stranger.frame();
  assert.equal(phase(stranger), "refused");
  assert.equal(stranger.chat.connection.sentence, "name_taken.");
  await stranger.start("eve");
  assert.equal(stranger.chat.name, "eve");
});

test("two names in one browser have nothing in common", async () => {
  const ann = await browser.tab().start("ann");
  const bob = await browser.tab().start("bob");
  await ann.chat.join("kitchen");
  ann.room().setDraft("ann's draft");
  server.say("ann", "for @bob");
  await ann.frame();
  await bob.frame();
  bob.chat.reading.read("lobby");
  assert.deepEqual([ann, bob].map(phase), ["online", "online"]);
  for (const [tab, rooms, draft] of [
    [ann, 2, "ann's draft"],
    [bob, 1, ""],
  ]) {
    const again = browser.tab(tab.storage);
    again.chat.restore();
    await again.frame();
    assert.equal(again.chat.name, tab.chat.name);
    assert.equal(again.chat.rooms.length, rooms);
    assert.equal(again.room().draft, draft);
    assert.equal(again.room().unread, 0);
  }
});

test("who signs out is nobody, and another one begins anew", async () => {
  const tab = await browser.tab().start();
  server.say("bob", "hello");
  await tab.chat.join("kitchen");
  tab.chat.quit();
  assert.deepEqual([phase(tab), tab.chat.name, tab.chat.rooms], ["out", "", []]);
  assert.equal(browser.network.latest.readyState, 2, "the connection is being closed");
  assert.equal(browser.tab(tab.storage).chat.restore(), false);
  await tab.start("cy");
  assert.deepEqual(
    tab.chat.rooms.map(({ name }) => name),
    ["lobby"],
  );
});

test("the password is asked for, kept when it is right, and forgotten when it is wrong", async () => {
  server.password = "rolu";
  const tab = browser.tab();
  tab.chat.start("ann");
  await tab.frame();
  assert.equal(phase(tab), "locked");
  tab.chat.unlock("wrong");
  await tab.frame();
  assert.deepEqual([phase(tab), tab.chat.connection.sentence], ["locked", "wrong_password."]);
  assert.doesNotMatch(browser.storage.getItem("hubbub.password"), /wrong/);
  tab.chat.unlock("rolu");
  await tab.frame();
  assert.equal(phase(tab), "online");
  await browser.tab().start("bob");
});

test("who enters again under the same name goes on with what is here", async () => {
  const tab = await browser.tab().start();
  const kitchen = await tab.chat.join("kitchen");
  await tab.start(" ANN ");
  assert.equal(tab.chat.current, kitchen);
  assert.equal(tab.room("kitchen"), kitchen);
});

test("a password that came with the address opens the door", async () => {
  server.password = "rolu";
  await browser.tab(undefined, { password: "rolu" }).start();
});

// What is missed and made up for.

test("what was said while the connection was lost is there afterwards, once and in order", async () => {
  const tab = await browser.tab().start();
  server.say("bob", "one");
  await tab.frame();
  server.crash();
  for (const text of ["two", "three"]) server.say("bob", text);
  await tab.frame();
  assert.deepEqual(tab.shown(), ["one"]);
  server.start();
  await tab.pass(5000);
  server.say("bob", "four");
  await tab.frame();
  assert.deepEqual(tab.shown(), ["one", "two", "three", "four"]);
  assert.deepEqual(tab.room().complete, { from: 1, to: 4 });
});

test("a gap is noticed by the next event, and closed", async () => {
  const tab = await browser.tab().start();
  server.say("bob", "one");
  const { latest } = browser.network;
  const { say } = latest;
  latest.say = () => {};
  server.say("bob", "lost");
  latest.say = say;
  server.say("bob", "three");
  server.say("bob", "four");
  await tab.frame();
  assert.deepEqual(tab.shown(), ["one", "lost", "three", "four"]);
  assert.equal(latest.sent.filter(({ type }) => type === "join").length, 2);
});

test("a server whose log was lost", async () => {
  const tab = await browser.tab().start();
  for (const text of ["one", "two", "three"]) server.say("bob", text);
  await tab.frame();
  server.crash();
  server.log = [];
  server.say("bob", "anew");
  server.start();
  await tab.pass(5000);
  assert.deepEqual(tab.shown(), ["anew"]);
  server.say("bob", "more");
  await tab.frame();
  assert.deepEqual(tab.shown(), ["anew", "more"]);
});

test("however often the server dies, each message is there once", async () => {
  const tab = await browser.tab().start();
  const expected = [];
  for (let round = 0; round < 5; round += 1) {
    const texts = [0, 1, 2, 3].map((number) => `${round}.${number}`);
    expected.push(...texts);
    for (const [number, text] of texts.entries()) {
      tab.chat.say("lobby", text);
      if (number === 1) server.crash();
      if (number % 2) await tab.frame();
    }
    server.start();
    await tab.pass(20_000);
    assert.deepEqual(tab.shown(), expected);
  }
  assert.deepEqual(
    server.log.map(({ text }) => text),
    expected,
  );
});

test("subscribers are told once in a frame, of what changed where", async () => {
  const tab = await browser.tab().start();
  const end = tab.chat.subscribe(() => assert.fail("not subscribed any more"));
  end();
  tab.changes.length = 0;
  for (let count = 0; count < 100; count += 1) server.say("bob", "flood");
  await tab.frame();
  assert.equal(tab.changes.length, 1);
  const [changes, rooms] = tab.changes[0];
  assert.deepEqual([...changes].sort(), ["log", "unread"]);
  assert.deepEqual([...rooms], ["lobby"]);
  await tab.chat.join("kitchen");
  await tab.frame();
  tab.changes.length = 0;
  server.say("bob", "soup", "kitchen");
  await tab.frame();
  assert.deepEqual([...tab.changes[0][1]], ["kitchen"]);
});
