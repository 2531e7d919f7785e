import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser } from "./tabs.js";

let browser, server;

beforeEach(() => {
  browser = new Browser();
  ({ server } = browser);
});

const begin = () => browser.tab().start();

test("what is old on the first visit is not news, what others say is", async () => {
  server.say("bob", "old");
  const tab = await begin();
  assert.equal(tab.room().unread, 0);
  server.say("bob", "new for @ann");
  server.say("bob", "newer");
  await tab.frame();
  const { unread, mentions, unreadAfter } = tab.room();
  assert.deepEqual([unread, mentions, unreadAfter], [2, 1, 1]);
  assert.deepEqual(
    tab.chat.takeMentions().map(({ text }) => text),
    ["new for @ann"],
  );
  assert.deepEqual(tab.chat.takeMentions(), []);
});

test("what is read is not unread; the line stays until the user goes on", async () => {
  const tab = await begin();
  server.say("bob", "one");
  await tab.frame();
  tab.chat.reading.read("lobby");
  assert.deepEqual([tab.room().unread, tab.room().unreadAfter], [0, 0]);
  server.say("bob", "two");
  await tab.frame();
  assert.equal(tab.room().unreadAfter, 1, "the line stands before what came last");
  tab.chat.reading.read("lobby");
  tab.chat.say("lobby", "three");
  assert.equal(tab.room().unreadAfter, null);
});

test("what follows what is unread stands under the same line", async () => {
  const tab = await begin();
  for (const text of ["one", "two for @ann", "three"]) {
    server.say("bob", text);
    await tab.frame();
  }
  assert.deepEqual([tab.room().unread, tab.room().unreadAfter], [3, 0]);
  tab.chat.reading.read("lobby");
  assert.deepEqual([tab.room().unread, tab.room().mentions], [0, 0]);
});

test("who looks at one room does not see what comes in another", async () => {
  const tab = await begin();
  await tab.chat.join("kitchen");
  await tab.frame();
  tab.chat.attentive = true;
  server.say("bob", "hello");
  await tab.frame();
  assert.equal(tab.room().unreadAfter, 0);
});

test("nothing is read, counted or shown before a room's messages are here", async () => {
  server.say("bob", "seen");
  const before = await begin();
  before.chat.quit();
  for (const text of ["two", "three"]) server.say("bob", text);
  server.silent.add("history");
  const tab = await begin();
  server.say("bob", "four");
  tab.chat.reading.read("lobby");
  await tab.frame();
  const { latest } = browser.network;
  assert.deepEqual([tab.shown(), tab.room().unread, tab.room().filled], [[], 0, false]);
  latest.say({ ...server.page("lobby"), ref: latest.command("history").ref });
  await tab.frame();
  assert.deepEqual([tab.shown(), tab.room().unread], [["seen", "two", "three", "four"], 3]);
});

test("reading a room before its messages are here does not make them news", async () => {
  server.say("bob", "old");
  const tab = browser.tab();
  tab.chat.start("ann");
  tab.chat.reading.read("lobby");
  await tab.frame();
  assert.equal(tab.room().unread, 0);
});

test("the line stands under what the user said, not above", async () => {
  const tab = await begin();
  server.say("bob", "one");
  await tab.frame();
  tab.chat.reading.read("lobby");
  tab.chat.say("lobby", "two");
  await tab.frame();
  server.say("bob", "three");
  await tab.frame();
  assert.equal(tab.room().unreadAfter, 2);
  assert.equal(tab.room().unread, 1);
});

test("there is no line above what the user sees come", async () => {
  const tab = await begin();
  tab.chat.attentive = true;
  server.say("bob", "one");
  await tab.frame();
  assert.equal(tab.room().unreadAfter, null);
});

test("what came while the connection was lost stands under a line even so", async () => {
  const tab = await begin();
  tab.chat.attentive = true;
  server.say("bob", "one");
  await tab.frame();
  tab.chat.reading.read("lobby");
  server.crash();
  server.say("bob", "two");
  server.start();
  await tab.pass(5000);
  assert.equal(tab.room().unreadAfter, 1);
});

test("what came while nobody was there is news on the next visit", async () => {
  const tab = await begin();
  server.say("bob", "one");
  await tab.frame();
  tab.chat.reading.read("lobby");
  tab.chat.quit();
  server.say("bob", "two");
  const again = await begin();
  assert.deepEqual([again.room().unread, again.room().unreadAfter], [1, 1]);
});

test("even if the first visit saw nothing new", async () => {
  server.say("bob", "old");
  const tab = await begin();
  tab.chat.quit();
  server.say("bob", "new");
  assert.equal((await begin()).room().unread, 1);
});

test("going to another room ends the line, unless something below it is unread", async () => {
  const tab = await begin();
  for (const text of ["one", "two"]) server.say("bob", text);
  await tab.frame();
  tab.chat.reading.readTo("lobby", 1);
  await tab.chat.join("kitchen");
  assert.deepEqual([tab.room().unreadAfter, tab.room().unread], [1, 1], "it moves to where they stopped");
  tab.chat.reading.read("lobby");
  tab.chat.show("lobby");
  tab.chat.show("kitchen");
  assert.equal(tab.room().unreadAfter, null);
});

test("what is unread goes down as the user reads on", async () => {
  const tab = await begin();
  for (const text of ["one", "two @ann", "three"]) server.say("bob", text);
  await tab.frame();
  tab.chat.reading.readTo("lobby", 2);
  assert.deepEqual([tab.room().unread, tab.room().mentions, tab.room().unreadAfter], [1, 0, 0]);
  tab.chat.reading.readTo("lobby", 1);
  assert.equal(tab.room().seen, 2, "and never up again");
});

test("the line is there after a reload, though all below it is read", async () => {
  const tab = await begin();
  for (const text of ["one", "two"]) server.say("bob", text);
  await tab.frame();
  tab.chat.reading.read("lobby");
  await tab.pass(2000);
  const again = browser.tab(tab.storage);
  again.chat.restore();
  await again.frame();
  assert.deepEqual([again.room().unread, again.room().unreadAfter], [0, 0]);
  again.chat.say("lobby", "three");
  assert.equal(again.room().unreadAfter, null);
});

test("more than the newest page that is unread is counted by the server, and read as a passage", async () => {
  const tab = await begin();
  server.say("bob", "seen");
  await tab.frame();
  tab.chat.reading.read("lobby");
  tab.chat.quit();
  for (let count = 0; count < 250; count += 1) server.say("bob", `message ${count}`);
  const again = await begin();
  assert.deepEqual([again.room().unread, again.room().unreadAfter], [100, 1], "as far as is known");
  assert.equal(again.room().firstUnread, undefined);
  assert.equal(await again.chat.reading.openAfter("lobby", 1), true);
  assert.equal(again.room().firstUnread.text, "message 0");
  assert.equal(again.room().unread, 250);
  const seqs = () => again.room().messages.map(({ seq }) => seq);
  assert(seqs().length < 250);
  again.chat.reading.readTo("lobby", 41);
  assert.equal(again.room().unread, 210);
  while (again.room().holeIndex >= 0) await again.chat.reading.loadBetween("lobby", true);
  assert.equal(seqs().length, 251);
  again.chat.reading.readTo("lobby", 151);
  assert.equal(again.room().unread, 100);
  again.chat.reading.read("lobby");
  assert.equal(again.room().unread, 0);
});

test("an answer to the user calls them", async () => {
  const tab = await begin();
  tab.chat.say("lobby", "who comes?");
  await tab.frame();
  server.add("bob", "lobby", { type: "message", text: "me", reply_to: 1 });
  server.add("bob", "lobby", { type: "message", text: "not you", reply_to: 2 });
  await tab.frame();
  assert.deepEqual([tab.room().unread, tab.room().mentions], [2, 1]);
});

test("what is marked unread stays so while the user looks, until they go", async () => {
  const tab = await begin();
  tab.chat.attentive = true;
  for (const text of ["one", "two", "three @ann"]) server.say("bob", text);
  await tab.frame();
  tab.chat.reading.read("lobby");
  tab.chat.takeMentions();
  tab.chat.reading.markUnread(tab.room().messages[1]);
  await tab.frame();
  const { unread, mentions, unreadAfter, bookmark } = tab.room();
  assert.deepEqual([unread, mentions, unreadAfter, bookmark.isHeld], [2, 1, 1, true]);
  assert.deepEqual(tab.chat.takeMentions(), [], "nobody is called twice");
  await tab.chat.join("kitchen");
  assert.deepEqual([tab.room().bookmark.isHeld, tab.room().unreadAfter], [false, 1]);
});

test("counts go on over a reload, with what nobody looked at", async () => {
  const tab = await begin();
  for (const text of ["one", "two @ann", "three"]) server.say("bob", text);
  await tab.frame();
  assert.deepEqual([tab.room().unread, tab.room().mentions], [3, 1]);
  const again = browser.tab(tab.storage);
  again.chat.restore();
  await again.frame();
  const { unread, mentions, unreadAfter } = again.room();
  assert.deepEqual([unread, mentions, unreadAfter], [3, 1, 0]);
});

test("one's own messages are not unread, and call nobody", async () => {
  const tab = await begin();
  tab.chat.say("lobby", "I am @ann");
  server.say("ANN", "so am I, @ann");
  await tab.frame();
  assert.deepEqual([tab.room().unread, tab.room().mentions], [0, 0]);
  assert.deepEqual(tab.chat.takeMentions(), []);
});

test("older pages, edits and what comes twice are not unread", async () => {
  for (let count = 0; count < 150; count += 1) server.say("bob", "old, @ann");
  const tab = await begin();
  await tab.chat.reading.loadOlder("lobby");
  server.say("bob", "new");
  await tab.frame();
  server.add("bob", "lobby", { type: "edited", target: 151, text: "newer, @ann" });
  browser.network.latest.end();
  await tab.pass(1000);
  assert.equal(tab.room().messages.length, 151);
  assert.deepEqual([tab.room().unread, tab.room().mentions], [1, 0]);
});

test("each room counts its own, and reading one leaves the others", async () => {
  const tab = await begin();
  await tab.chat.join("kitchen");
  await tab.frame();
  for (const room of ["lobby", "kitchen", "kitchen"]) server.say("bob", "hello", room);
  await tab.frame();
  tab.changes.length = 0;
  tab.chat.reading.read("kitchen");
  await tab.frame();
  assert.deepEqual([tab.room().unread, tab.room("kitchen").unread], [1, 0]);
  assert(tab.changes[0][0].has("unread"));
});

test("a log that was emptied leaves nothing unread, and new messages are", async () => {
  const tab = await begin();
  for (const text of ["one", "two", "three"]) server.say("bob", text);
  await tab.frame();
  tab.chat.reading.read("lobby");
  server.crash();
  server.log = [];
  server.start();
  await tab.pass(5000);
  assert.deepEqual([tab.shown(), tab.room().unread], [[], 0]);
  server.say("bob", "anew");
  await tab.frame();
  assert.deepEqual([tab.shown(), tab.room().unread], [["anew"], 1]);
  tab.chat.reading.read("lobby");
  server.say("bob", "more");
  const again = browser.tab(tab.storage);
  again.chat.restore();
  await again.frame();
  assert.equal(again.room().unread, 1);
});

test("what is imported is unread, and calls nobody", async () => {
  const tab = await begin();
  server.add("bob", "lobby", { type: "message", text: "hello @ann", imported: "slack" });
  await tab.frame();
  assert.deepEqual([tab.room().unread, tab.room().mentions], [1, 0]);
  assert.deepEqual(tab.chat.takeMentions(), []);
});
