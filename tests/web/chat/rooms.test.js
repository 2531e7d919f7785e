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

test("private rooms come first, then the lobby, then rooms by name", async () => {
  const tab = await begin();
  await tab.chat.join("zoo");
  await tab.chat.direct("bob");
  const kitchen = await tab.chat.join("kitchen");
  assert.deepEqual(titles(tab), ["@bob", "#lobby", "#kitchen", "#zoo"]);
  assert.equal(tab.chat.current, kitchen);
  await tab.chat.leave("kitchen");
  assert.deepEqual(titles(tab), ["@bob", "#lobby", "#zoo"]);
  assert.equal(tab.chat.current?.name, "lobby");
  const again = browser.tab(tab.storage);
  again.chat.restore();
  assert.deepEqual(titles(again), ["@bob", "#lobby", "#zoo"]);
});

test("rooms that are kept on top come before all, also at the next visit", async () => {
  const tab = await begin();
  for (const name of ["attic", "zoo"]) await tab.chat.join(name);
  await tab.chat.direct("bob");
  tab.chat.keepOnTop(tab.room("zoo"), true);
  assert.deepEqual(titles(tab), ["#zoo", "@bob", "#lobby", "#attic"]);
  const again = browser.tab(tab.storage);
  again.chat.restore();
  assert.deepEqual(titles(again), ["#zoo", "@bob", "#lobby", "#attic"]);
  again.chat.keepOnTop(again.room("zoo"), false);
  assert.deepEqual(titles(again), ["@bob", "#lobby", "#attic", "#zoo"]);
});

test("by activity, the room in which something was said last comes first", async () => {
  const tab = await begin();
  for (const name of ["attic", "zoo"]) await tab.chat.join(name);
  tab.chat.sortBy("activity");
  for (const room of ["zoo", "lobby", "attic"]) server.say("bob", "hello", room);
  await tab.frame();
  assert.deepEqual(titles(tab), ["#attic", "#lobby", "#zoo"]);
  server.say("bob", "hello", "zoo");
  await tab.frame();
  assert.deepEqual(titles(tab), ["#zoo", "#attic", "#lobby"]);
});

test("an empty room is at its beginning once that is known", async () => {
  server.silent.add("history");
  const tab = await begin();
  assert.equal(tab.room().beginning, false);
  const { latest } = browser.network;
  latest.say({ ...server.page("lobby"), ref: latest.command("history").ref });
  await tab.frame();
  assert.equal(tab.room().beginning, true);
});

test("a private room that somebody opens appears, and all in it is news", async () => {
  const tab = await begin();
  server.open("@d", "bob", "ann");
  server.say("bob", "psst", "@d");
  server.enter(browser.network.latest, "@d");
  await tab.frame();
  assert.deepEqual(titles(tab), ["@bob", "#lobby"]);
  assert.deepEqual([tab.room("@d").unread, tab.room("@d").mentions], [1, 1]);
  assert.equal(tab.chat.current?.name, "lobby");
});

test("private rooms stand in the order of those whom they are shared with", async () => {
  const tab = await begin();
  for (const [room, name] of [
    ["@1", "zoe"],
    ["@2", "bob"],
    ["@3", "eve"],
  ]) {
    server.open(room, "ann", name);
    server.enter(browser.network.latest, room);
  }
  await tab.frame();
  assert.deepEqual(titles(tab), ["@bob", "@eve", "@zoe", "#lobby"]);
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

test("what is said in a private room waits for the other one to be back", async () => {
  const tab = await begin();
  const { name } = await tab.chat.direct("bob");
  server.crash();
  tab.chat.say(name, "psst");
  server.away.add("bob");
  server.start();
  await tab.pass(5000);
  assert.deepEqual(tab.shown(name), ["psst…"]);
  server.tell("lobby", { type: "presence", room: "lobby", name: "Bob", state: "joined" });
  await tab.frame();
  assert.deepEqual(tab.shown(name), ["psst…"], "gone again");
  server.away.clear();
  server.tell("lobby", { type: "presence", room: "lobby", name: "Bob", state: "joined" });
  await tab.frame();
  assert.deepEqual(tab.shown(name), ["psst"]);
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

test("who was in a private room that is not kept is in the lobby", async () => {
  const tab = await begin();
  const { name } = await tab.chat.direct("bob");
  assert.equal(tab.chat.current?.name, name);
  server.crash();
  server.start();
  server.away.add("bob");
  const again = browser.tab(tab.storage);
  again.chat.restore();
  assert.equal(again.chat.current?.name, name);
  await again.frame();
  assert.deepEqual(titles(again), ["#lobby"]);
  assert.equal(again.chat.current?.name, "lobby");
});

test("a room that cannot be entered is refused with the server's words", async () => {
  const tab = await begin();
  await assert.rejects(tab.chat.join("@none"), { code: "no_such_room" });
  await assert.rejects(tab.chat.direct("nobody"), { code: "not_here" });
  server.crash();
  await assert.rejects(tab.chat.join("kitchen"), { code: "offline" });
});

// Names.

test("a room is called as the server writes it", async () => {
  const tab = await begin();
  const kitchen = await tab.chat.join("Kitchen");
  assert.equal(kitchen.name, "kitchen");
  assert.equal(tab.chat.current, kitchen);
  assert.equal(await tab.chat.join("KITCHEN"), kitchen);
  assert.deepEqual(titles(tab), ["#lobby", "#kitchen"]);
  server.say("bob", "soup?", "kitchen");
  tab.chat.say("kitchen", "soup!");
  await tab.frame();
  assert.deepEqual(tab.shown("kitchen"), ["soup?", "soup!"]);
});

for (const name of ["constructor", "__proto__"]) {
  test(`a room may be called ${name}`, async () => {
    const tab = await begin();
    const room = await tab.chat.join(name);
    await tab.frame();
    assert.deepEqual([room.title, room.draft, room.unread], [`#${name}`, "", 0]);
    room.setDraft("half a sen");
    server.say("bob", "hello", name);
    await tab.frame();
    assert.equal(room.unread, 1);
    tab.chat.reading.read(name);
    const again = browser.tab(tab.storage);
    again.chat.restore();
    await again.frame();
    assert.deepEqual(titles(again), titles(tab));
    assert.equal(again.room(name).draft, "half a sen");
    assert.equal(again.room(name).unread, 0);
    assert.deepEqual(again.shown(name), ["hello"]);
  });
}

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
  await tab.frame();
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
  assert.doesNotMatch(browser.storage.getItem("hubbub.of.ann.drafts"), /lobby/);
  assert.equal((await begin()).room().draft, "");
});

// Edits.

test("edits reach what is shown, and make a new object of it", async () => {
  const tab = await begin();
  tab.chat.say("lobby", "helo");
  await tab.frame();
  const [before] = tab.room().messages;
  await tab.chat.changing.edit(before, "hello");
  await tab.frame();
  const [after] = tab.room().messages;
  assert.deepEqual([before.text, after.text, after.edited], ["helo", "hello", 2]);
});
