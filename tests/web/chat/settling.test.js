/** A post becomes a message in one moment, with none in which both or neither is shown. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { outboxIn, settled } from "./doubles.js";
import { Browser } from "./tabs.js";

let browser, server, network, ann;

beforeEach(async () => {
  browser = new Browser();
  ({ server, network } = browser);
  ann = await browser.tab().start();
});

/** What `ann.shown` is without the marks, each time that subscribers are told. */
function watched(tab, name = "lobby") {
  const moments = [];
  tab.chat.subscribe(() => {
    if (tab.room(name)?.filled) moments.push(tab.shown(name).map((text) => text.replace(/[…!]$/, "")));
  });
  return moments;
}

/** Say something to which the server does not answer by itself; returns what it may answer. */
async function unanswered(text, tab = ann) {
  server.silent.add("say");
  tab.chat.say("lobby", text);
  await tab.frame();
  server.silent.delete("say");
  const { nonce, ref } = network.latest.command("say");
  return {
    ok: (seq) => network.latest.say({ type: "ok", seq, ref }),
    refuse: (code) => network.latest.say({ type: "error", code, message: `${code}.`, ref }),
    message: () => server.add(tab.chat.name, "lobby", { type: "message", text, nonce }),
  };
}

for (const order of [
  ["ok", "message"],
  ["message", "ok"],
]) {
  test(`every frame shows it once, when ${order.join(" comes before ")}`, async () => {
    const moments = watched(ann);
    const answers = await unanswered("hello");
    for (const answer of order) {
      answers[answer](1);
      await ann.frame();
    }
    assert(moments.length > 1);
    for (const moment of moments) assert.deepEqual(moment, ["hello"]);
    assert.deepEqual(ann.shown(), ["hello"]);
  });
}

test("what the server knows from before is settled by the old seq; its event does not come again", async () => {
  const { message } = await unanswered("hello");
  const seq = message();
  server.say("bob", "later");
  await ann.frame();
  assert.deepEqual(ann.shown(), ["hello", "later"]);
  // Another post, of which only the answer says that it was posted as well: as another tab's.
  const { ok } = await unanswered("hello again");
  ok(seq);
  await ann.frame();
  assert.deepEqual(ann.shown(), ["hello", "later"]);
  assert.deepEqual(outboxIn(browser.storage), []);
});

test("what was answered when the connection was lost is shown until it comes with the rest", async () => {
  const moments = watched(ann);
  const { ok, message } = await unanswered("hello");
  ok(1);
  await ann.frame();
  network.latest.end();
  message();
  await ann.pass(1000);
  assert.deepEqual(ann.shown(), ["hello"]);
  assert.equal(server.said.length, 1, "it is not sent again");
  for (const moment of moments) assert.deepEqual(moment, ["hello"]);
});

test("what other people say meanwhile stands above what is on its way", async () => {
  const { ok, message } = await unanswered("mine");
  server.say("bob", "theirs");
  await ann.frame();
  assert.deepEqual(ann.shown(), ["theirs", "mine…"]);
  ok(message());
  await ann.frame();
  assert.deepEqual(ann.shown(), ["theirs", "mine"]);
});

test("the same nonce from somebody else settles nothing", async () => {
  const { message } = await unanswered("hello");
  const { nonce } = network.latest.command("say");
  server.add("eve", "lobby", { type: "message", text: "mine now", nonce });
  await ann.frame();
  assert.deepEqual(ann.shown(), ["mine now", "hello…"]);
  message();
  await ann.frame();
  assert.deepEqual(ann.shown(), ["mine now", "hello"]);
});

for (const code of ["too_long", "not_a_member", "bad_command"]) {
  test(`${code} is told at the post, which can be tried again`, async () => {
    const { refuse } = await unanswered("hello");
    refuse(code);
    await ann.frame();
    assert.deepEqual(ann.shown(), ["hello!"]);
    const [post] = ann.room().pending;
    assert.equal(post.failure, `${code}.`);
    network.latest.end();
    await ann.pass(1000);
    assert.equal(server.said.length, 1, "it is not sent by itself");
    ann.chat.waiting.retry(post);
    await ann.frame();
    assert.deepEqual(ann.shown(), ["hello"]);
    assert.equal(server.said[1].nonce, post.nonce);
  });
}

test("a refused post is there after a reload, and gone after that when it is thrown away", async () => {
  const { refuse } = await unanswered("hello");
  refuse("too_long");
  await ann.frame();
  const again = browser.tab(ann.storage);
  again.chat.restore();
  await again.frame();
  assert.deepEqual(again.shown(), ["hello!"]);
  again.chat.waiting.discard(again.room().pending[0]);
  const third = browser.tab(ann.storage);
  third.chat.restore();
  await third.frame();
  assert.deepEqual(third.shown(), []);
  assert.equal(server.log.length, 0);
});

test("what is refused for good does not hold up what follows it", async () => {
  const first = await unanswered("one");
  ann.chat.say("lobby", "two");
  first.refuse("too_long");
  ann.chat.say("lobby", "three");
  await ann.frame();
  assert.deepEqual(ann.shown(), ["two", "three", "one!"]);
});

test("what is typed before the first connection is up is sent, in order, after what is there", async () => {
  server.say("bob", "before");
  const tab = browser.tab();
  tab.chat.start("cy");
  const moments = watched(tab);
  for (const text of ["one", "two"]) tab.chat.say("lobby", text);
  assert.deepEqual(tab.shown(), ["one…", "two…"]);
  await tab.frame();
  assert.deepEqual(tab.shown(), ["before", "one", "two"]);
  for (const moment of moments) assert.deepEqual(moment, ["before", "one", "two"]);
});

test("nothing is said in a room before its messages are here", async () => {
  server.silent.add("history");
  const tab = await browser.tab().start("cy");
  tab.chat.say("lobby", "hello");
  await tab.frame();
  assert.equal(server.said.length, 0);
  const { ref } = network.latest.command("history");
  network.latest.say({ ...server.page("lobby"), ref });
  await tab.frame();
  assert.deepEqual(tab.shown(), ["hello"]);
});

test("nothing is said again before what was missed is here: it may be among it", async () => {
  const { message } = await unanswered("hello");
  network.latest.end();
  message();
  server.silent.add("join");
  await ann.pass(1000);
  const { ref } = network.latest.command("join");
  network.latest.say({ type: "room", room: "lobby", topic: "", members: [], last: 1, first: 1, ref });
  await ann.frame();
  assert.deepEqual(ann.shown(), ["hello…"]);
  network.latest.say(server.log[0]);
  await ann.frame();
  assert.deepEqual(ann.shown(), ["hello"]);
  assert.equal(server.said.length, 1);
});

test("it is sent as soon as all that was missed is here, whatever that was", async () => {
  const seq = server.say("bob", "helo");
  await ann.frame();
  network.latest.end();
  ann.chat.say("lobby", "hello");
  server.add("bob", "lobby", { type: "edited", target: seq, text: "hi" });
  server.silent.add("join");
  await ann.pass(1000);
  const { ref } = network.latest.command("join");
  network.latest.rooms.add("lobby");
  network.latest.say({ type: "room", room: "lobby", topic: "", members: [], last: 2, first: 1, ref });
  await ann.frame();
  assert.deepEqual(ann.shown(), ["helo", "hello…"]);
  network.latest.say(server.log[1]);
  await ann.frame();
  assert.deepEqual(ann.shown(), ["hi", "hello"]);
});

test("what does not follow what is here is not taken for having come", async () => {
  const { message } = await unanswered("hello");
  const [socket] = network.sockets;
  server.silent.add("join");
  const { say } = socket;
  socket.say = () => {};
  server.say("bob", "lost");
  socket.say = say;
  message();
  await ann.frame();
  assert.deepEqual(ann.shown(), ["hello…"]);
  server.silent.clear();
  network.latest.end();
  await ann.pass(1000);
  assert.deepEqual(ann.shown(), ["lost", "hello"]);
});

test("a room that hangs does not hold up another one", async () => {
  const tab = await browser.tab().start("cy");
  server.silent.add("history");
  await tab.chat.join("kitchen");
  tab.chat.say("kitchen", "soup");
  tab.chat.say("lobby", "hello");
  await tab.frame();
  assert.deepEqual(
    server.said.map(({ text }) => text),
    ["hello"],
  );
});

test("what waits in two rooms is sent in order in each", async () => {
  await ann.chat.join("kitchen");
  server.crash();
  for (const number of [1, 2, 3, 4]) ann.chat.say(number % 2 ? "lobby" : "kitchen", `${number}`);
  server.start();
  await ann.pass(1000);
  assert.deepEqual(
    [ann.shown("lobby"), ann.shown("kitchen")],
    [
      ["1", "3"],
      ["2", "4"],
    ],
  );
  assert.equal(server.said.length, 4);
});

test("what is thrown away while it is on its way may still have been posted", async () => {
  const { ok, message } = await unanswered("hello");
  ann.chat.waiting.discard(ann.room().pending[0]);
  ok(1);
  await ann.frame();
  assert.deepEqual(ann.shown(), []);
  message();
  await ann.frame();
  assert.deepEqual(ann.shown(), ["hello"]);
});

test("nonces differ, also between tabs", async () => {
  const other = await browser.tab().start("bob");
  for (const tab of [ann, other, ann, other]) tab.chat.say("lobby", "same");
  await settled();
  assert.equal(new Set(server.said.map(({ nonce }) => nonce)).size, 4);
  for (const { nonce } of server.said) assert.match(nonce, /^[\x21-\x7e]{16,64}$/);
});
