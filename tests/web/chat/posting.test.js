import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { outboxIn, settled } from "./doubles.js";
import { Browser } from "./tabs.js";

let browser, server, ann;

beforeEach(async () => {
  browser = new Browser();
  ({ server } = browser);
  ann = await browser.tab().start();
});

test("a message is pending at once, and then settled", async () => {
  const post = ann.chat.say("lobby", "hello");
  assert.deepEqual(ann.shown(), ["hello…"]);
  assert.equal(post.room, "lobby");
  await ann.frame();
  assert.deepEqual(ann.shown(), ["hello"]);
  assert.equal(server.said[0].nonce, post.nonce);
});

test("it is in storage before it is sent", () => {
  let kept = "";
  const { send } = browser.network.latest;
  browser.network.latest.send = function (text) {
    if (text.includes('"say"')) kept = outboxIn(browser.storage)[0].text;
    send.call(this, text);
  };
  ann.chat.say("lobby", "hello");
  assert.match(kept, /hello/);
});

for (const order of ["message", "ok"]) {
  test(`it is shown once at every moment, when the ${order} comes first`, async () => {
    server.silent.add("say");
    ann.chat.say("lobby", "hello");
    await ann.frame();
    const { nonce, ref } = browser.network.latest.command("say");
    const ok = () => browser.network.latest.say({ type: "ok", seq: 1, ref });
    const message = () => server.add("ann", "lobby", { type: "message", text: "hello", nonce });
    for (const come of order === "ok" ? [ok, message] : [message, ok]) {
      come();
      assert.equal(ann.shown().length, 1);
      await settled();
      assert.equal(ann.shown().length, 1);
    }
    assert.deepEqual(ann.shown(), ["hello"]);
  });
}

test("control characters are not sent, so that the longest text fits into a frame", async () => {
  ann.chat.say("lobby", "\0a\tb\x1b[1m\r\nc");
  ann.chat.say("lobby", `${"\x01".repeat(65_535)}!`);
  assert.deepEqual(ann.shown(), ["a\tb[1m\nc…", "!…"]);
  await ann.frame();
  assert.deepEqual(ann.shown(), ["a\tb[1m\nc", "!"]);
});

test("a reply says what it answers", async () => {
  ann.chat.say("lobby", "yes", { replyTo: server.say("bob", "well?") });
  await ann.frame();
  assert.equal(server.said[0].reply_to, 1);
  assert.equal(ann.room().messages[1].reply_to, 1);
});

test("what is refused stays, with the reason, and can be tried again or thrown away", async () => {
  const posts = ["refuse this", "fine", "refuse this too"].map((text) => ann.chat.say("lobby", text));
  await ann.frame();
  assert.deepEqual(ann.shown(), ["fine", "refuse this!", "refuse this too!"]);
  assert.equal(ann.room().pending[0].failure, "too_long.");
  ann.chat.waiting.discard(posts[2]);
  ann.chat.waiting.retry(posts[0]);
  assert.deepEqual(ann.shown(), ["fine", "refuse this…"]);
  await ann.frame();
  assert.deepEqual(ann.shown(), ["fine", "refuse this!"]);
  assert.equal(server.said.at(-1).nonce, posts[0].nonce);
});

test("what is said without a server is sent in order when it is back", async () => {
  server.crash();
  for (const text of ["one", "two", "three"]) ann.chat.say("lobby", text);
  await ann.pass(2000);
  assert.deepEqual(ann.shown(), ["one…", "two…", "three…"]);
  assert.equal(ann.chat.connection.phase, "waiting");
  server.start();
  await ann.pass(20_000);
  assert.deepEqual(ann.shown(), ["one", "two", "three"]);
});

test("what was sent and not answered is sent again, with its nonce, and posted once", async () => {
  const { latest } = browser.network;
  latest.say = () => {}; // the way back is cut
  ann.chat.say("lobby", "hello");
  await settled();
  assert.equal(server.log.length, 1);
  server.crash();
  server.start();
  await ann.pass(1000);
  assert.deepEqual(ann.shown(), ["hello"]);
  assert.equal(server.log.length, 1);
});

test("it is not sent again if it came back first, however long that took", async () => {
  browser.network.latest.say = () => {};
  ann.chat.say("lobby", "hello");
  await settled();
  server.crash();
  await ann.pass(3_600_000);
  server.forgetNonces();
  server.start();
  await ann.pass(20_000);
  assert.deepEqual(ann.shown(), ["hello"]);
  assert.equal(server.said.length, 1);
});

test("a connection that closes while something is sent", async () => {
  server.silent.add("say");
  ann.chat.say("lobby", "hello");
  await settled();
  server.silent.clear();
  browser.network.latest.end();
  await ann.pass(1000);
  assert.deepEqual(ann.shown(), ["hello"]);
  assert.equal(server.said.length, 2);
  assert.equal(server.said[0].nonce, server.said[1].nonce);
});

test("many messages are on their way at once, and no more than that", async () => {
  server.silent.add("say");
  for (let count = 0; count < 600; count += 1) ann.chat.say("lobby", `text ${count}`);
  await ann.frame();
  assert.equal(server.said.length, 256);
  server.silent.clear();
  browser.network.latest.end();
  await ann.pass(1000);
  for (let turn = 0; turn < 5; turn += 1) await ann.frame();
  assert.deepEqual(
    server.log.map(({ text }) => text),
    Array.from({ length: 600 }, (_, count) => `text ${count}`),
  );
});

test("only so many bytes are on their way at once, and one long message alone", async () => {
  server.silent.add("say");
  for (const text of ["x", "y", "z"]) ann.chat.say("lobby", text.repeat(30_000));
  await ann.frame();
  assert.deepEqual(
    server.said.map(({ text }) => text[0]),
    ["x", "y"],
  );
  server.silent.clear();
  browser.network.latest.end();
  ann.chat.say("lobby", "w".repeat(65_000));
  await ann.pass(1000);
  assert.deepEqual(
    server.log.map(({ text }) => text[0]),
    ["x", "y", "z", "w"],
  );
});

test("what was unsent is sent after the page was loaded anew", async () => {
  server.crash();
  ann.chat.say("lobby", "hello");
  await ann.frame();
  server.start();
  const again = browser.tab(ann.storage);
  assert.equal(again.chat.restore(), true);
  assert.equal(again.room().pending.length, 1);
  await again.frame();
  assert.deepEqual(again.shown(), ["hello"]);
});

test("what a page loaded anew finds among the messages is not sent again", async () => {
  browser.network.latest.say = () => {};
  ann.chat.say("lobby", "hello");
  await settled();
  server.forgetNonces();
  const again = browser.tab(ann.storage);
  again.chat.restore();
  await again.frame();
  assert.deepEqual(again.shown(), ["hello"]);
  assert.equal(server.log.length, 1);
  assert.deepEqual(outboxIn(browser.storage), []);
});

test("who takes over from another tab takes over what that one could not send", async () => {
  const other = await browser.tab().start();
  server.silent.add("say");
  other.chat.say("lobby", "hello");
  await other.frame();
  server.silent.clear();
  ann.chat.takeOver();
  assert.deepEqual(ann.shown(), ["hello…"]);
  await ann.frame();
  assert.deepEqual(ann.shown(), ["hello"]);
  await other.frame();
  assert.equal(other.chat.connection.phase, "elsewhere");
});

test("posts wait for a name in its other spelling, and for no other name", async () => {
  server.crash();
  ann.chat.say("lobby", "hello");
  await ann.frame();
  server.start();
  const bob = await browser.tab().start("bob");
  assert.deepEqual(bob.shown(), []);
  const again = await browser.tab().start("  ANN ");
  assert.deepEqual(again.shown(), ["hello"]);
});

test("a full storage does not keep anybody from talking", async () => {
  browser.storage.isFull = true;
  ann.chat.say("lobby", "hello");
  ann.room().setDraft("half a sen");
  await ann.frame();
  assert.deepEqual(ann.shown(), ["hello"]);
  assert.equal(ann.room().draft, "half a sen");
});
