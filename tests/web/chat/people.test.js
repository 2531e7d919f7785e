/** People whom the server knows by a device, under whatever name, in as many tabs as they like. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser } from "./tabs.js";

const GATHERED_MS = 1000;

let browser, server;

beforeEach(() => {
  browser = new Browser();
  ({ server } = browser);
  server.people = new Map();
});

/** Have the one whom the server knows be called otherwise. */
function rename(name) {
  for (const person of server.people.values()) person.name = name;
}

/** A tab of another browser, which the server knows as the same person. */
async function elsewhere() {
  const other = new Browser();
  const [device] = server.people.keys();
  other.storage.setItem("hubbub.of.ann.device", JSON.stringify(device));
  other.network = browser.network;
  other.clock = browser.clock;
  return other.tab().start();
}

const told = () => browser.network.sockets.flatMap(({ sent }) => sent.filter(({ type }) => type === "seen"));

// Two tabs.

test("two tabs of one person are both live, and both say what they have to say", async () => {
  const [one, other] = [await browser.tab().start(), await browser.tab().start()];
  one.chat.say("lobby", "one");
  await one.frame();
  other.chat.say("lobby", "two");
  await other.frame();
  await one.frame();
  assert.deepEqual(
    [one.shown(), other.shown()],
    [
      ["one", "two"],
      ["one", "two"],
    ],
  );
  for (const tab of [one, other]) {
    assert.equal(tab.chat.connection.phase, "online");
    assert.deepEqual(
      tab.room().messages.map((message) => tab.chat.isOwn(message)),
      [true, true],
    );
    assert.equal(tab.room().unread, 0);
  }
});

// Other names.

test("who is called otherwise keeps what was unsent, drafts and what was read", async () => {
  const tab = await browser.tab().start();
  server.say("bob", "read");
  await tab.frame();
  tab.chat.reading.read("lobby");
  tab.room().setDraft("half a sent");
  server.crash();
  tab.chat.say("lobby", "unsent");
  rename("anna");
  server.start();
  await tab.pass(1000);
  assert.equal(tab.chat.name, "anna");
  server.crash();
  tab.chat.say("lobby", "unsent, too");
  tab.chat.quit();
  server.start();
  server.say("bob", "new");
  const again = await browser.tab().start("anna");
  assert.deepEqual(again.shown(), ["read", "unsent", "new", "unsent, too"]);
  assert.deepEqual([again.room().draft, again.room().unread], ["half a sent", 1]);
  assert.equal(server.people.size, 1);
});

test("what was said under an earlier name is one's own, what others say under it is not", async () => {
  const tab = await browser.tab().start();
  tab.chat.say("lobby", "as ann");
  await tab.frame();
  rename("anna");
  server.crash();
  server.start();
  await tab.pass(1000);
  server.add("ann", "lobby", { type: "message", text: "another ann", person: "another" });
  await tab.frame();
  const { messages } = tab.room();
  assert.deepEqual(
    messages.map((message) => tab.chat.isOwn(message)),
    [true, false],
  );
});

// What was read.

test("what is read on one device is read on the other", async () => {
  const one = await browser.tab().start();
  const other = await elsewhere();
  for (const text of ["one", "two for @ann"]) server.say("bob", text);
  await one.frame();
  await other.frame();
  assert.deepEqual([one.room().unread, other.room().unread], [2, 2]);
  one.chat.reading.read("lobby");
  await one.pass(GATHERED_MS);
  await other.frame();
  assert.deepEqual([other.room().unread, other.room().mentions], [0, 0]);
  assert.equal(other.room().unreadAfter, null);
});

test("what came after that stays unread, and calls the user once", async () => {
  const one = await browser.tab().start();
  const other = await elsewhere();
  server.say("bob", "one");
  await one.frame();
  one.chat.reading.read("lobby");
  server.say("bob", "two for @ann");
  await other.frame();
  assert.equal(other.chat.takeMentions().length, 1);
  await one.pass(GATHERED_MS);
  await other.frame();
  const { unread, mentions, unreadAfter } = other.room();
  assert.deepEqual([unread, mentions, unreadAfter], [1, 1, 1]);
  assert.deepEqual(other.chat.takeMentions(), []);
});

test("a marker never moves back", async () => {
  const tab = await browser.tab().start();
  for (const text of ["one", "two"]) server.say("bob", text);
  await tab.frame();
  tab.chat.reading.read("lobby");
  browser.network.latest.say({ type: "seen", room: "lobby", seq: 1 });
  await tab.frame();
  assert.deepEqual([tab.room().unread, tab.room().seen], [0, 2]);
});

test("what is marked unread on one device is unread on the other, and on the next", async () => {
  const one = await browser.tab().start();
  const other = await elsewhere();
  for (const text of ["one", "two", "three"]) server.say("bob", text);
  await one.frame();
  one.chat.reading.read("lobby");
  await one.pass(GATHERED_MS);
  await other.frame();
  one.chat.reading.markUnread(one.room().messages[1]);
  await one.pass(GATHERED_MS);
  await other.frame();
  assert.deepEqual(told().at(-1), { type: "seen", room: "lobby", seq: 1, unread: true });
  assert.deepEqual([one.room().unread, other.room().unread, other.room().unreadAfter], [2, 2, 1]);
  one.chat.reading.markRead("lobby");
  await one.pass(GATHERED_MS);
  await other.frame();
  assert.deepEqual([one.room().unread, other.room().unread], [0, 0]);
});

test("what is marked unread without a connection is told when it is back", async () => {
  const tab = await browser.tab().start();
  for (const text of ["one", "two"]) server.say("bob", text);
  await tab.frame();
  tab.chat.reading.read("lobby");
  await tab.pass(GATHERED_MS);
  server.crash();
  tab.chat.reading.markUnread(tab.room().messages[1]);
  server.start();
  await tab.pass(1000 + GATHERED_MS);
  assert.deepEqual([tab.room().seen, tab.room().unread], [1, 1]);
  assert.deepEqual(told().at(-1), { type: "seen", room: "lobby", seq: 1, unread: true });
});

test("moves within a second are told as one", async () => {
  const tab = await browser.tab().start();
  await tab.pass(GATHERED_MS);
  const before = told().length;
  for (const text of ["one", "two", "three"]) {
    server.say("bob", text);
    await tab.frame();
    tab.chat.reading.read("lobby");
  }
  await tab.pass(GATHERED_MS);
  const seqs = told()
    .slice(before)
    .map(({ seq }) => seq);
  assert.deepEqual(seqs, [3]);
});

test("what was read without a connection is told when it is back", async () => {
  const tab = await browser.tab().start();
  server.say("bob", "one");
  await tab.frame();
  server.crash();
  tab.chat.reading.read("lobby");
  server.start();
  await tab.pass(1000 + GATHERED_MS);
  const other = await elsewhere();
  assert.deepEqual([other.room().seen, other.room().unread], [1, 0]);
});

test("a new device counts from where the person has read", async () => {
  const tab = await browser.tab().start();
  server.say("bob", "one");
  await tab.frame();
  tab.chat.reading.read("lobby");
  await tab.pass(GATHERED_MS);
  server.say("bob", "two");
  const other = await elsewhere();
  assert.deepEqual([other.room().unread, other.room().unreadAfter], [1, 1]);
});

test("who is only passing tells nobody what was read", async () => {
  server.people = null;
  const tab = await browser.tab().start();
  server.say("bob", "one");
  await tab.frame();
  tab.chat.reading.read("lobby");
  await tab.pass(GATHERED_MS);
  assert.deepEqual(told(), []);
});

test("who quits tells nothing more in the name of the next one", async () => {
  const tab = await browser.tab().start();
  await tab.pass(GATHERED_MS);
  server.say("bob", "one");
  await tab.frame();
  const before = told().length;
  tab.chat.reading.read("lobby");
  tab.chat.quit();
  await tab.start("eve");
  await tab.pass(GATHERED_MS);
  assert.equal(told().length, before + 1, "eve's own, who sees the lobby for the first time");
});

// What proves who the user is.

test("a proof is given once, in place of the device alone; another try is the user's", async () => {
  const tab = browser.tab();
  tab.chat.start("ann", { proof: { type: "login", name: "ann", password: "wrong" } });
  await tab.frame();
  const { latest } = browser.network;
  const { ref, ...login } = latest.command("login");
  const device = JSON.parse(browser.storage.getItem("hubbub.of.ann.device"));
  assert.deepEqual(login, { type: "login", name: "ann", password: "wrong", device });
  latest.say({ type: "error", code: "slow_down", message: "Wait.", retry_after: 10, ref });
  await tab.frame();
  assert.deepEqual([tab.chat.connection.phase, tab.chat.connection.sentence], ["refused", "Wait."]);
  await tab.pass(60_000);
  assert.equal(browser.network.sockets.length, 1);
});

test("a proof waits until the password is given", async () => {
  server.password = "rolu-mika-tedo";
  const tab = browser.tab();
  tab.chat.start("ann", { proof: { type: "link", code: "7KQ2-M9XD" } });
  await tab.frame();
  assert.equal(tab.chat.connection.phase, "locked");
  tab.chat.unlock("rolu-mika-tedo");
  await tab.frame();
  assert.equal(browser.network.latest.command("link").code, "7KQ2-M9XD");
});

test("a device that was logged out forgets its secret, and nothing that was typed", async () => {
  const tab = await browser.tab().start();
  tab.room().setDraft("half a sent");
  browser.network.latest.say({ type: "bye", reason: "It was logged out.", code: "logged_out" });
  await tab.frame();
  assert.equal(tab.chat.connection.sentence, "It was logged out.");
  assert.equal(browser.storage.getItem("hubbub.of.ann.device"), null);
  assert.equal(tab.room().draft, "half a sent");
});

test("who signs out leaves nothing of theirs, and nothing of others is lost", async () => {
  const other = await browser.tab().start("ann.b");
  other.room().setDraft("of ann.b");
  const tab = await browser.tab().start("ann");
  rename("anna");
  server.crash();
  server.start();
  await tab.pass(1000);
  tab.room().setDraft("of ann");
  await tab.chat.signOut();
  const kept = [...browser.storage.values].map(([key, value]) => `${key} ${value}`).join("\n");
  assert.doesNotMatch(kept, /of ann"|anna|of\.ann\./);
  assert.match(kept, /of ann\.b/);
});
