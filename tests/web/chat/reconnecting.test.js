import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Listener } from "./listener.js";

let listener, clock, network, session, phases, told, phase, answer, open, online, reopened;

beforeEach(() => {
  listener = new Listener();
  ({ clock, network, session, phases, told, phase, answer, open, online, reopened } = listener);
});

test("a server that is away is tried again, more and more rarely, spread out", async () => {
  session.begin({ name: "ann", password: "" });
  const waits = [];
  for (let attempt = 0; attempt < 8; attempt += 1) {
    listener.chance = attempt % 2;
    network.latest.end();
    const [name, , retryAt] = phases.at(-1);
    assert.equal(name, "waiting");
    waits.push(retryAt - clock.now());
    await clock.pass(retryAt - clock.now());
    assert.equal(network.sockets.length, attempt + 2);
  }
  assert.deepEqual(waits, [250, 1000, 1000, 4000, 4000, 15_000, 7500, 15_000]);
});

test("after it was online, it waits briefly again", async () => {
  await online();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    network.latest.end();
    await clock.pass(15_000);
  }
  await reopened();
  network.latest.end();
  assert.equal(phases.at(-1)[2] - clock.now(), 500);
});

test("who does not want to wait tries at once", async () => {
  await online();
  network.latest.end();
  session.connect();
  assert.equal(network.sockets.length, 2);
  await clock.pass(1000);
  assert.equal(network.sockets.length, 2);
});

test("a server that accepts and says nothing is given up", async () => {
  await open();
  await clock.pass(24_000);
  assert.equal(network.sockets.length, 1);
  await clock.pass(2000);
  assert.equal(network.sockets.length, 2);
});

test("a connection that died in silence is found out by a ping", async () => {
  await online();
  await answer("ping", { type: "ok" });
  network.latest.fallSilent();
  await clock.pass(20_000);
  assert.equal(phase(), "online");
  assert.equal(network.latest.sent.filter(({ type }) => type === "ping").length, 2);
  await clock.pass(8000);
  assert.equal(phase(), "waiting");
  await clock.pass(500);
  await reopened();
  assert.equal(phase(), "online");
});

test("what is said and not answered has the connection looked at sooner", async () => {
  await online();
  await answer("ping", { type: "ok" });
  network.latest.fallSilent();
  session.ask({ type: "say" }, "posting").catch(() => {});
  await clock.pass(4000);
  assert.equal(network.latest.sent.filter(({ type }) => type === "ping").length, 2);
  await clock.pass(8000);
  assert.equal(phase(), "waiting");
});

test("what is said and never answered is a lost connection, though it lives", async () => {
  await online();
  session.ask({ type: "say" }, "posting").catch(() => {});
  for (let second = 0; second < 25; second += 1) {
    assert.equal(phase(), "online");
    await clock.pass(1000);
    network.latest.say({ type: "typing", room: "lobby", name: "bob" });
  }
  assert.equal(phase(), "waiting");
});

test("a question that is never answered is refused with a sentence, and the connection goes on", async () => {
  await online();
  const asked = assert.rejects(session.ask({ type: "rooms" }), { code: "no_answer" });
  for (let second = 0; second < 26; second += 1) {
    await clock.pass(1000);
    network.latest.say({ type: "typing", room: "lobby", name: "bob" });
  }
  await asked;
  assert.equal(phase(), "online");
});

test("a big message on its way out is a sign of life", async () => {
  await online();
  await answer("ping", { type: "ok" });
  session.ask({ type: "say" }, "posting").catch(() => {});
  for (let second = 20; second > 0; second -= 1) {
    network.latest.bufferedAmount = second * 1000;
    await clock.pass(1000);
  }
  assert.equal(phase(), "online");
});

test("after a sleep the connection is looked at once", async () => {
  await online();
  await answer("ping", { type: "ok" });
  network.latest.fallSilent();
  session.check();
  await clock.pass(8000);
  assert.equal(phase(), "waiting");
});

test("a busy connection is alive without pings", async () => {
  await online();
  await answer("ping", { type: "ok" });
  for (let round = 0; round < 10; round += 1) {
    await clock.pass(15_000);
    network.latest.say({ type: "typing", room: "lobby", name: "bob" });
  }
  assert.equal(phase(), "online");
  assert.equal(network.latest.sent.filter(({ type }) => type === "ping").length, 1);
});

test("pings measure the latency", async () => {
  await online();
  await clock.pass(120);
  await answer("ping", { type: "ok" });
  assert.deepEqual(told.latency, [120]);
});

test("a name that went on elsewhere is not fought for", async () => {
  await online();
  network.latest.say({ type: "bye", reason: "…", code: "resumed" });
  network.latest.end();
  await clock.pass(600_000);
  assert.equal(phase(), "elsewhere");
  assert.equal(network.sockets.length, 1);
});

test("a bye of a server that stops is a lost connection", async () => {
  await online();
  network.latest.say({ type: "bye", reason: "The server stops." });
  network.latest.end();
  assert.deepEqual(phases.at(-1).slice(0, 2), ["waiting", "The server stops."]);
});
