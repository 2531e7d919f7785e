import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ChatError } from "../../../src/hubbub/web/js/chat/errors.js";
import { fill, loadOlder, reach } from "../../../src/hubbub/web/js/chat/paging.js";
import { RoomState } from "../../../src/hubbub/web/js/chat/room.js";
import { Browser } from "./tabs.js";

let browser, server;

beforeEach(() => {
  browser = new Browser();
  ({ server } = browser);
});

async function crowded(messages) {
  for (let count = 1; count <= messages; count += 1) server.say("bob", `text ${count}`);
  return browser.tab().start();
}

test("older messages come page by page, to the beginning", async () => {
  const tab = await crowded(250);
  const room = tab.room();
  assert.equal(room.messages.length, 100);
  assert.equal(room.beginning, false);
  const older = tab.chat.reading.loadOlder("lobby");
  assert.equal(room.loading, true);
  assert.equal(await tab.chat.reading.loadOlder("lobby"), false, "one is on its way");
  assert.equal(await older, true);
  assert.equal(room.loading, false);
  assert.equal(room.messages.length, 200);
  assert.equal(await tab.chat.reading.loadOlder("lobby"), true);
  assert.equal(room.beginning, true);
  assert.equal(await tab.chat.reading.loadOlder("lobby"), false);
  assert.deepEqual(
    room.messages.map(({ seq }) => seq),
    Array.from({ length: 250 }, (_, index) => index + 1),
  );
});

test("an old message can be reached, even while a page is on its way", async () => {
  const tab = await crowded(900);
  void tab.chat.reading.loadOlder("lobby");
  assert.equal(await tab.chat.reading.reach("lobby", 17), true);
  const { messages } = tab.room();
  assert.equal(messages[tab.room().indexOf(17)].text, "text 17");
  assert.equal(await tab.chat.reading.reach("lobby", 901), false);
});

const seqsIn = (room) => room.messages.map(({ seq }) => seq);
const range = (first, last) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

test("reaching an old message costs one page, and what is between comes as one goes down", async () => {
  const tab = await crowded(900);
  const room = tab.room();
  const asked = () => browser.network.latest.sent.filter(({ type }) => type === "history").length;
  const before = asked();
  await tab.chat.reading.reach("lobby", 400);
  assert.equal(asked(), before + 1);
  assert.deepEqual(seqsIn(room), [...range(350, 449), ...range(801, 900)]);
  assert.equal(room.messages[room.holeIndex].seq, 801);
  await tab.chat.reading.loadBetween("lobby", true);
  await tab.chat.reading.loadBetween("lobby", false);
  assert.deepEqual(seqsIn(room), [...range(350, 549), ...range(701, 900)]);
  assert.equal(room.messages[room.holeIndex].seq, 701);
  await tab.chat.reading.loadOlder("lobby");
  await tab.chat.reading.loadBetween("lobby", true);
  await tab.chat.reading.loadBetween("lobby", true);
  assert.deepEqual(seqsIn(room), range(250, 900));
  assert.equal(room.holeIndex, -1);
  await tab.chat.reading.loadBetween("lobby", true); // there is nothing left
  assert.deepEqual(seqsIn(room), range(250, 900));
});

test("what is said meanwhile comes below the hole", async () => {
  const tab = await crowded(400);
  await tab.chat.reading.reach("lobby", 50);
  server.say("bob", "news");
  await tab.frame();
  assert.equal(tab.room().messages.at(-1).text, "news");
  assert.equal(tab.room().unread, 1);
  assert.notEqual(tab.room().holeIndex, -1);
});

test("a room just entered can be searched for a message at once", async () => {
  for (let count = 0; count < 300; count += 1) server.say("bob", "text", "zoo");
  const tab = await browser.tab().start();
  const answer = server.hold("history");
  await tab.chat.join("zoo");
  const reached = tab.chat.reading.reach("zoo", 5);
  answer();
  assert.equal(await reached, true);
});

test("a page for a room that was entered anew meanwhile is not for the new one", async () => {
  const tab = await browser.tab().start();
  server.open("@d", "bob", "ann");
  server.say("bob", "one", "@d");
  const answers = [server.hold("history")];
  server.enter(browser.network.latest, "@d");
  answers.push(server.hold("history"));
  server.enter(browser.network.latest, "@d");
  await tab.frame();
  for (const [index, answer] of answers.entries()) {
    answer();
    await tab.frame();
    assert.equal(tab.room("@d").filled, index === 1);
  }
  assert.deepEqual(tab.shown("@d"), ["one"]);
});

test("a page that the connection was lost over can be asked for again", async () => {
  const tab = await crowded(250);
  server.silent.add("history");
  const older = tab.chat.reading.loadOlder("lobby");
  server.crash();
  assert.equal(await older, false);
  assert.equal(tab.room().loading, false);
  server.silent.clear();
  server.start();
  await tab.pass(5000);
  assert.equal(await tab.chat.reading.loadOlder("lobby"), true);
});

test("a room whose messages cannot be read shows what is said from now on", async () => {
  server.silent.add("history");
  const tab = await browser.tab().start();
  const { latest } = browser.network;
  const { ref } = latest.command("history");
  latest.say({ type: "error", code: "log_unavailable", message: "…", ref });
  await tab.frame();
  server.say("bob", "hello");
  await tab.frame();
  assert.deepEqual(tab.shown(), ["hello"]);
});

// One page, as the pager sees it.

const message = (seq) => ({
  type: "message",
  room: "lobby",
  seq,
  prev: seq - 1,
  from: "bob",
  at: seq,
  text: "",
});
const messages = (...seqs) => seqs.map(message);

/** A room that was entered at a seq, and a pager that answers with these pages, one after the other. */
function entered(last, ...answers) {
  const room = new RoomState("lobby", { seen: null, draft: "" }, () => {});
  room.restart(last);
  const asked = [];
  const loaded = [];
  const ask = async (command) => {
    asked.push(command);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return {
    room,
    asked,
    loaded,
    pager: { ask, loaded: (_, new_) => loaded.push(new_.map(({ seq }) => seq)), settled() {} },
  };
}

/** A change of message 3 that the replica knows of, but cannot fold into pages read before it. */
function forgetful(room, last) {
  for (let seq = last + 1; seq <= last + 1001; seq += 1)
    room.replica.apply({ type: "deleted", room: "lobby", seq, prev: seq - 1, from: "bob", at: 0, target: 3 });
}

test("a page that is too old is asked for again", async () => {
  const stale = { messages: messages(3, 4), more: false, last: 4 };
  const fresh = { messages: messages(3, 4), more: false, last: 1005 };
  const { room, asked, loaded, pager } = entered(4, stale, fresh);
  forgetful(room, 4);
  await fill(room, pager);
  assert.equal(asked.length, 2);
  assert.deepEqual(asked[0], asked[1]);
  assert.deepEqual(
    room.messages.map(({ seq }) => seq),
    [3, 4],
  );
  assert.deepEqual(loaded, [[], [3, 4]]);
});

test("but not for ever", async () => {
  const stale = { messages: messages(3, 4), more: false, last: 4 };
  const { room, asked, pager } = entered(4, stale, stale, stale, stale, stale);
  forgetful(room, 4);
  await fill(room, pager);
  assert.equal(asked.length, 3);
  assert.deepEqual([room.messages, room.filled, room.loading], [[], true, false]);
});

test("what a refused page would have brought can be asked for later", async () => {
  const page = { messages: messages(3, 4), more: false, last: 4 };
  const { room, pager } = entered(4, new ChatError("log_unavailable", "…"), page);
  await fill(room, pager);
  assert.deepEqual([room.filled, room.beginning], [true, false]);
  assert.equal(await loadOlder(room, pager), true);
  assert.deepEqual(
    room.messages.map(({ seq }) => seq),
    [3, 4],
  );
  assert.equal(room.beginning, true);
});

test("an empty room is at its beginning", async () => {
  const { room, asked, pager } = entered(0, { messages: [], more: false, last: 0 });
  await fill(room, pager);
  assert.deepEqual([room.filled, room.beginning, room.loading], [true, true, false]);
  assert.equal(await loadOlder(room, pager), false);
  assert.equal(asked.length, 1);
});

test("a page for what was entered anew meanwhile is not taken", async () => {
  const { room, loaded, pager } = entered(4, { messages: messages(3, 4), more: false, last: 4 });
  const filling = fill(room, pager);
  room.restart(9);
  await filling;
  assert.deepEqual([room.filled, room.messages, loaded], [false, [], [[]]]);
});

test("a fault of ours is no lost connection", async () => {
  const { room, pager } = entered(4, new TypeError("a fault"));
  await assert.rejects(fill(room, pager), TypeError);
});

test("reaching what is no message ends where it would be", async () => {
  const around = { messages: messages(3, 5), more: true, last: 6, newer: true };
  const { room, asked, pager } = entered(6, { messages: messages(5, 6), more: true, last: 6 }, around);
  await fill(room, pager);
  assert.equal(await reach(room, 4, pager), false);
  assert.deepEqual(
    asked.map(({ around }) => around),
    [undefined, 4],
  );
  assert.equal(await reach(room, 3, pager), true);
  assert.equal(asked.length, 2);
});
