import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Browser } from "./tabs.js";

let browser, server;

beforeEach(() => {
  browser = new Browser();
  ({ server } = browser);
});

const begin = (name = "ann") => browser.tab().start(name);
const titles = (tab) => tab.chat.rooms.map(({ title }) => title);

// Which rooms there are.

test("the lobby comes first, then rooms by name, private ones last", async () => {
  const tab = await begin();
  await tab.chat.join("zoo");
  await tab.chat.direct("bob");
  const kitchen = await tab.chat.join("kitchen");
  assert.deepEqual(titles(tab), ["#lobby", "#kitchen", "#zoo", "@bob"]);
  assert.equal(tab.chat.current, kitchen);
  await tab.chat.leave("kitchen");
  assert.deepEqual(titles(tab), ["#lobby", "#zoo", "@bob"]);
  assert.equal(tab.chat.current?.name, "lobby");
});

test("a private room that somebody opens appears, and all in it is news", async () => {
  const tab = await begin();
  server.open("@d", "bob", "ann");
  server.say("bob", "psst", "@d");
  server.enter(browser.network.latest, "@d");
  await tab.frame();
  assert.deepEqual(titles(tab), ["#lobby", "@bob"]);
  assert.deepEqual([tab.room("@d").unread, tab.room("@d").mentions], [1, 1]);
  assert.equal(tab.chat.current?.name, "lobby");
});

test("a private room is opened again at a server that was started anew", async () => {
  const tab = await begin();
  const { name } = await tab.chat.direct("bob");
  tab.chat.say(name, "one");
  await tab.frame();
  server.crash();
  tab.chat.say(name, "two");
  server.start();
  await tab.pass(5000);
  assert.deepEqual(tab.shown(name), ["one", "two"]);
});

test("what was missed in a private room is made up for when the other one opens it", async () => {
  const tab = await begin();
  const { name } = await tab.chat.direct("bob");
  server.say("bob", "one", name);
  await tab.frame();
  browser.network.latest.rooms.delete(name);
  server.say("bob", "two", name);
  server.enter(browser.network.latest, name);
  await tab.frame();
  assert.deepEqual(tab.shown(name), ["one", "two"]);
});

test("an empty private room whose other one is gone is not kept", async () => {
  const tab = await begin();
  await tab.chat.direct("bob");
  browser.storage.setItem(
    "hubbub.of.ann.titles",
    JSON.stringify({ lobby: "#lobby", "@gone": "@nobody", "@bad": 7 }),
  );
  tab.chat.quit();
  const again = await begin();
  assert.deepEqual(titles(again), ["#lobby"]);
});

test("a room that cannot be entered is refused with the server's words", async () => {
  const tab = await begin();
  await assert.rejects(tab.chat.join("@none"), { code: "no_such_room" });
  await assert.rejects(tab.chat.direct("nobody"), { code: "not_here" });
  server.crash();
  await assert.rejects(tab.chat.join("kitchen"), { code: "offline" });
});

// What is unread.

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
  tab.chat.read("lobby");
  assert.deepEqual([tab.room().unread, tab.room().unreadAfter], [0, 0]);
  server.say("bob", "two");
  await tab.frame();
  assert.equal(tab.room().unreadAfter, 1, "the line stands before what came last");
  tab.chat.say("lobby", "three");
  assert.equal(tab.room().unreadAfter, null);
});

test("the line stands under what the user said, not above", async () => {
  const tab = await begin();
  server.say("bob", "one");
  await tab.frame();
  tab.chat.read("lobby");
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
  tab.chat.read("lobby");
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
  tab.chat.read("lobby");
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

test("going to another room ends the line", async () => {
  const tab = await begin();
  server.say("bob", "one");
  await tab.frame();
  await tab.chat.join("kitchen");
  assert.equal(tab.room().unreadAfter, null);
});

// Typing, drafts.

test("who is typing stops being so after a while, or with what they say", async () => {
  const tab = await begin();
  for (const name of ["bob", "ann", "cy"]) server.tell("lobby", { type: "typing", room: "lobby", name });
  await tab.pass(3000);
  assert.deepEqual(tab.room().typing, ["bob", "cy"]);
  server.tell("lobby", { type: "typing", room: "lobby", name: "cy" });
  await tab.pass(3500);
  assert.deepEqual(tab.room().typing, ["cy"]);
  server.say("cy", "said");
  await tab.frame();
  assert.deepEqual(tab.room().typing, []);
  server.tell("lobby", { type: "typing", room: "lobby", name: "bob" });
  tab.changes.length = 0;
  await tab.pass(6000);
  assert.deepEqual(tab.room().typing, []);
  assert(tab.changes.some(([changes]) => changes.has("typing")));
});

test("that the user types is told now and then", async () => {
  const tab = await begin();
  for (let tenths = 0; tenths < 65; tenths += 1) {
    tab.chat.typing("lobby");
    await browser.clock.pass(100);
  }
  assert.equal(browser.network.latest.sent.filter(({ type }) => type === "typing").length, 3);
});

test("a draft is kept for its room, and for the next visit", async () => {
  const tab = await begin();
  await tab.chat.join("kitchen");
  tab.room().setDraft("for all");
  tab.room("kitchen").setDraft("soup");
  const again = browser.tab(tab.storage);
  again.chat.restore();
  await again.frame();
  assert.deepEqual([again.room().draft, again.room("kitchen").draft], ["for all", "soup"]);
  again.room().setDraft("");
  assert.equal((await begin()).room().draft, "");
});

// Older messages.

async function crowded(messages) {
  for (let count = 1; count <= messages; count += 1) server.say("bob", `text ${count}`);
  return begin();
}

test("older messages come page by page, to the beginning", async () => {
  const tab = await crowded(250);
  const room = tab.room();
  assert.equal(room.messages.length, 100);
  assert.equal(room.beginning, false);
  const older = tab.chat.loadOlder("lobby");
  assert.equal(room.loading, true);
  assert.equal(await tab.chat.loadOlder("lobby"), false, "one is on its way");
  assert.equal(await older, true);
  assert.equal(room.loading, false);
  assert.equal(room.messages.length, 200);
  assert.equal(await tab.chat.loadOlder("lobby"), true);
  assert.equal(room.beginning, true);
  assert.equal(await tab.chat.loadOlder("lobby"), false);
  assert.deepEqual(
    room.messages.map(({ seq }) => seq),
    Array.from({ length: 250 }, (_, index) => index + 1),
  );
});

test("an old message can be reached, even while a page is on its way", async () => {
  const tab = await crowded(900);
  void tab.chat.loadOlder("lobby");
  assert.equal(await tab.chat.reach("lobby", 17), true);
  const { messages } = tab.room();
  assert.equal(messages[tab.room().indexOf(17)].text, "text 17");
  assert.equal(await tab.chat.reach("lobby", 901), false);
});

test("a room just entered can be searched for a message at once", async () => {
  for (let count = 0; count < 300; count += 1) server.say("bob", "text", "zoo");
  const tab = await begin();
  await tab.chat.join("zoo");
  assert.equal(await tab.chat.reach("zoo", 5), true);
});

test("a page that the connection was lost over can be asked for again", async () => {
  const tab = await crowded(250);
  server.silent.add("history");
  const older = tab.chat.loadOlder("lobby");
  server.crash();
  assert.equal(await older, false);
  assert.equal(tab.room().loading, false);
  server.silent.clear();
  server.start();
  await tab.pass(5000);
  assert.equal(await tab.chat.loadOlder("lobby"), true);
});

test("a room whose messages cannot be read shows what is said from now on", async () => {
  server.silent.add("history");
  const tab = await begin();
  const { latest } = browser.network;
  const { ref } = latest.command("history");
  latest.say({ type: "error", code: "log_unavailable", message: "…", ref });
  await tab.frame();
  server.say("bob", "hello");
  await tab.frame();
  assert.deepEqual(tab.shown(), ["hello"]);
});

test("edits reach what is shown, and make a new object of it", async () => {
  const tab = await begin();
  tab.chat.say("lobby", "helo");
  await tab.frame();
  const [before] = tab.room().messages;
  await tab.chat.edit("lobby", 1, "hello");
  await tab.frame();
  const [after] = tab.room().messages;
  assert.deepEqual([before.text, after.text, after.edited], ["helo", "hello", 2]);
});
