import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeStorage, settled } from "./doubles.js";
import { Browser } from "./tabs.js";

let browser, server, network;

beforeEach(() => {
  browser = new Browser();
  ({ server, network } = browser);
});

const phase = (tab) => tab.chat.connection.phase;
const joins = (socket) => socket.sent.filter(({ type }) => type === "join");
const begin = () => browser.tab().start();

test("a server that is not there is tried until it is", async () => {
  server.crash();
  const tab = browser.tab();
  tab.chat.start("ann");
  for (let attempt = 1; attempt < 5; attempt += 1) {
    await tab.frame();
    assert.equal(phase(tab), "waiting");
    assert.equal(network.sockets.length, attempt);
    await tab.pass(tab.chat.connection.retryAt - browser.clock.now());
  }
  server.start();
  await tab.pass(15_000);
  assert.equal(phase(tab), "online");
});

test("a link that never opens is given up", async () => {
  network.dialled = () => {};
  const tab = browser.tab();
  tab.chat.start("ann");
  await tab.frame();
  assert.equal(phase(tab), "connecting");
  await tab.pass(8000);
  assert.equal(phase(tab), "waiting");
  assert.equal(network.latest.readyState, 2, "it is closed");
});

test("who is online has not wasted the patience for the first answer", async () => {
  const tab = await begin();
  await tab.pass(60_000);
  assert.equal(phase(tab), "online");
  assert.equal(network.sockets.length, 1);
});

test("who does not want to wait is connected at once, and only once", async () => {
  const tab = await begin();
  server.crash();
  await tab.frame();
  server.start();
  tab.chat.retryNow();
  await tab.frame();
  assert.equal(phase(tab), "online");
  assert.equal(network.sockets.length, 2);
  await tab.pass(30_000);
  assert.equal(network.sockets.length, 2);
});

test("trying now what works is but a look at the connection", async () => {
  const tab = await begin();
  const pings = () => network.latest.sent.filter(({ type }) => type === "ping").length;
  const before = pings();
  tab.chat.retryNow();
  await tab.frame();
  assert.equal(pings(), before + 1);
  assert.deepEqual([phase(tab), network.sockets.length], ["online", 1]);
});

test("trying now what lives no more finds that out", async () => {
  const tab = await begin();
  network.latest.fallSilent();
  tab.chat.retryNow();
  await tab.pass(9000);
  assert.deepEqual([phase(tab), network.sockets.length], ["online", 2]);
});

test("trying now does not bring back who is nobody, or elsewhere", async () => {
  const tab = await begin();
  const other = await begin();
  for (const [one, expected] of [
    [tab, "elsewhere"],
    [browser.tab(), "out"],
  ]) {
    one.chat.retryNow();
    await one.pass(60_000);
    assert.equal(phase(one), expected);
  }
  assert.equal(phase(other), "online");
});

test("who signs out while it waits stays out", async () => {
  const tab = await begin();
  server.crash();
  await tab.frame();
  tab.chat.quit();
  server.start();
  await tab.pass(60_000);
  assert.deepEqual([phase(tab), network.sockets.length], ["out", 1]);
});

for (const code of ["server_fault", "handshake_timeout", "idle", "protocol_error"]) {
  test(`after ${code} it tries again, in the greeting and later`, async () => {
    server.silent.add("hello");
    const tab = browser.tab();
    tab.chat.start("ann");
    await tab.frame();
    network.latest.say({ type: "error", code, message: "…" });
    network.latest.end();
    await tab.frame();
    assert.equal(phase(tab), "waiting");
    server.silent.clear();
    await tab.pass(1000);
    assert.equal(phase(tab), "online");
    network.latest.say({ type: "error", code, message: "…" });
    network.latest.end();
    await tab.frame();
    assert.equal(phase(tab), "waiting");
    await tab.pass(1000);
    assert.equal(phase(tab), "online");
  });
}

test("an error that answers the hello is followed by a new try, even if no end comes", async () => {
  server.silent.add("hello");
  const tab = browser.tab();
  tab.chat.start("ann");
  await tab.frame();
  const { ref } = network.latest.command("hello");
  network.latest.say({ type: "error", code: "server_fault", message: "…", ref });
  server.silent.clear();
  await tab.pass(9000);
  assert.equal(phase(tab), "online");
});

test("an error of old is not why a later connection ends", async () => {
  const tab = await begin();
  network.latest.say({ type: "error", code: "name_not_allowed", message: "for a direct" });
  network.latest.end();
  await tab.frame();
  assert.equal(phase(tab), "waiting");
  server.crash();
  await tab.pass(2000);
  assert.equal(phase(tab), "waiting");
});

test("a name that nobody can have is refused with the server's words", async () => {
  server.silent.add("hello");
  const tab = browser.tab();
  tab.chat.start("hubbub");
  await tab.frame();
  network.latest.say({ type: "error", code: "name_not_allowed", message: "It is the server's." });
  network.latest.end();
  await tab.pass(60_000);
  const { sentence } = tab.chat.connection;
  assert.deepEqual([phase(tab), sentence], ["refused", "It is the server's."]);
  assert.equal(network.sockets.length, 1);
});

test("a name that was lost to somebody else meanwhile is asked for again", async () => {
  const tab = await begin();
  server.crash();
  server.start();
  const thief = browser.tab(undefined, { storage: new FakeStorage() });
  await thief.start("ann");
  await tab.pass(1000);
  assert.equal(phase(tab), "refused");
  assert.equal(phase(thief), "online");
});

test("a password that was changed is asked for, and nothing else is lost", async () => {
  const tab = await begin();
  server.crash();
  server.password = "rolu";
  tab.chat.say("lobby", "hello");
  server.start();
  await tab.pass(1000);
  assert.equal(phase(tab), "locked");
  assert.deepEqual(tab.shown(), ["hello…"]);
  tab.chat.unlock("rolu");
  await tab.frame();
  assert.deepEqual(tab.shown(), ["hello"]);
});

test("too many guesses: the password stays known, and is given again after a while", async () => {
  server.password = "rolu";
  server.silent.add("unlock");
  const tab = browser.tab(undefined, { password: "rolu" });
  tab.chat.start("ann");
  await tab.frame();
  const { ref } = network.latest.command("unlock");
  network.latest.say({ type: "error", code: "slow_down", message: "Wait 10 seconds.", ref });
  network.latest.end();
  assert.deepEqual([phase(tab), tab.chat.connection.sentence], ["waiting", "Wait 10 seconds."]);
  server.silent.clear();
  await tab.pass(60_000);
  assert.equal(phase(tab), "online");
});

test("rooms are entered again with the seq up to which they are known", async () => {
  const tab = await begin();
  await tab.chat.join("kitchen");
  server.say("bob", "one");
  server.say("bob", "two", "kitchen");
  server.say("bob", "three");
  await tab.frame();
  assert.deepEqual(
    joins(network.latest).map(({ room, after }) => [room, after]),
    [
      ["lobby", undefined],
      ["kitchen", undefined],
    ],
  );
  network.latest.end();
  await tab.pass(1000);
  assert.deepEqual(
    joins(network.latest).map(({ room, after }) => [room, after]),
    [
      ["lobby", 3],
      ["kitchen", 2],
    ],
  );
});

test("what a lost connection interrupts is rejected as offline", async () => {
  const tab = await begin();
  for (const type of ["topic", "search", "rooms", "join", "leave", "direct"]) server.silent.add(type);
  const doing = [
    tab.chat.setTopic("lobby", "new"),
    tab.chat.finding.search("word"),
    tab.chat.finding.rooms(),
    tab.chat.join("kitchen"),
    tab.chat.leave("lobby"),
    tab.chat.direct("bob"),
  ];
  const outcomes = Promise.allSettled(doing);
  await settled();
  network.latest.end();
  for (const { status, reason } of await outcomes) {
    assert.equal(status, "rejected");
    assert.equal(reason.code, "offline");
    assert.match(reason.message, /connection is lost/);
  }
  assert.equal(tab.chat.current?.name, "lobby");
});

test("what an older connection said does not count for the one that follows it", async () => {
  const tab = await begin();
  const old = network.latest;
  tab.chat.start("ann");
  await tab.frame();
  old.say({ type: "bye", reason: "…", code: "resumed" });
  old.end();
  await tab.frame();
  assert.equal(phase(tab), "online");
});
