import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Session } from "../../../src/hubbub/web/js/chat/session.js";
import { FakeClock, Network, settled } from "./doubles.js";

let clock, network, session, phases, told, secret, chance;

beforeEach(() => {
  clock = new FakeClock();
  network = new Network();
  phases = [];
  told = { online: [], heard: [], latency: [] };
  secret = "";
  chance = 1;
  session = new Session(
    { url: "ws://x/ws", WebSocket: network.Socket, clock, random: () => chance },
    {
      phase: (...phase) => phases.push(phase),
      secret: () => secret,
      online: (welcome) => told.online.push(welcome),
      heard: (...heard) => told.heard.push(heard),
      latency: (ms) => told.latency.push(ms),
    },
  );
});

const welcome = (ref, more = {}) => ({
  type: "welcome",
  name: "ann",
  session: "s1",
  held: false,
  limits: {},
  ref,
  ...more,
});
const phase = () => phases.at(-1)[0];

/** Answer the latest command of a type. */
async function answer(type, event) {
  const { ref } = network.latest.command(type);
  network.latest.say({ ...event, ref });
  await settled();
}

async function refuse(type, code) {
  await answer(type, { type: "error", code, message: `${code}!` });
}

/** Connect, up to the first word. */
async function open(password = "") {
  session.begin({ name: "ann", password });
  network.latest.open();
  await settled();
}

async function online() {
  await open();
  await answer("hello", welcome());
}

async function reopened() {
  network.latest.open();
  await settled();
  await answer("hello", welcome());
}

test("it says hello, and is online with the welcome", async () => {
  await open();
  assert.equal(phase(), "connecting");
  assert.equal(network.latest.command("hello").name, "ann");
  await answer("hello", welcome());
  assert.equal(phase(), "online");
  assert.equal(told.online[0].session, "s1");
  assert(session.isOnline);
});

test("it takes a held name back with the secret", async () => {
  secret = "s0";
  await open();
  await answer("hello", welcome("", { held: true }));
  assert.equal(phase(), "connecting");
  assert.equal(network.latest.command("resume").session, "s0");
  await answer("resume", { type: "ok" });
  assert.equal(phase(), "online");
});

test("with a name that is free it says whose it was before, ahead of all else", async () => {
  secret = "s0";
  await online();
  assert.deepEqual(
    network.latest.sent.map(({ type }) => type),
    ["hello", "resume", "ping"],
  );
  assert.equal(network.latest.command("resume").session, "s0");
  secret = "";
  network.latest.end();
  session.connect();
  await reopened();
  assert.equal(network.latest.command("resume"), undefined);
});

test("a welcome does not count when it has begun anew meanwhile", async () => {
  await open();
  const { ref } = network.latest.command("hello");
  network.latest.say(welcome(ref));
  session.connect();
  await settled();
  assert.deepEqual([phase(), told.online], ["connecting", []]);
});

test("a taken name is refused for good", async () => {
  await open();
  await answer("hello", welcome("", { held: true }));
  await refuse("resume", "name_taken");
  network.latest.end();
  assert.deepEqual(phases.at(-1), ["refused", "name_taken!"]);
  await clock.pass(600_000);
  assert.equal(network.sockets.length, 1);
});

test("a refusal counts even if the end comes with it, in one piece", async () => {
  await open();
  const { ref } = network.latest.command("hello");
  network.latest.say({ type: "error", code: "name_not_allowed", message: "no", ref });
  network.latest.end();
  await settled();
  assert.equal(phase(), "refused");
});

test("a locked server waits for a password, and gets it at once when it is known", async () => {
  await open();
  await answer("hello", welcome("", { locked: true, session: "" }));
  assert.equal(phase(), "locked");
  await open("rolu");
  await answer("hello", welcome("", { locked: true, session: "" }));
  assert.equal(network.latest.command("unlock").password, "rolu");
  secret = "s0";
  await answer("unlock", welcome("", { held: true, session: "s2" }));
  await answer("resume", { type: "ok" });
  assert.equal(phase(), "online");
  assert.equal(told.online[0].session, "s2");
});

test("a wrong password is asked for again, and forgotten", async () => {
  await open("wrong");
  await answer("hello", welcome("", { locked: true, session: "" }));
  await refuse("unlock", "wrong_password");
  network.latest.end();
  assert.deepEqual(phases.at(-1), ["locked", "wrong_password!"]);
  assert.equal(session.password, "");
});

test("too many guesses of others do not take the password from who has it", async () => {
  await open("rolu");
  await answer("hello", welcome("", { locked: true, session: "" }));
  await refuse("unlock", "slow_down");
  assert.deepEqual(phases.at(-1), ["locked", "slow_down!"]);
  assert.equal(session.password, "rolu");
});

test("what is not about name or password is tried again", async () => {
  await open();
  network.latest.say({ type: "error", code: "handshake_timeout", message: "too slow" });
  network.latest.end();
  assert.equal(phase(), "waiting");
});

test("a server that is away is tried again, more and more rarely, spread out", async () => {
  session.begin({ name: "ann", password: "" });
  const waits = [];
  for (let attempt = 0; attempt < 8; attempt += 1) {
    chance = attempt % 2;
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
  await clock.pass(10_000);
  assert(network.sockets.length > 1);
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
  assert.equal(phase(), "waiting");
});

test("a question has its answer, its refusal, or is refused with the connection", async () => {
  await online();
  const rooms = session.ask({ type: "rooms" });
  await answer("rooms", { type: "rooms", rooms: [] });
  assert.deepEqual((await rooms).rooms, []);
  const refused = session.ask({ type: "join", room: "?" });
  const [lost, after] = [session.ask({ type: "rooms" }), (error) => error];
  lost.catch(after);
  refused.catch(after);
  await refuse("join", "room_not_allowed");
  await assert.rejects(refused, { code: "room_not_allowed", message: "room_not_allowed!" });
  network.latest.end();
  await assert.rejects(lost, { code: "offline" });
  await assert.rejects(session.ask({ type: "rooms" }), { code: "offline" });
});

test("an answer is told with the command it answers, before what follows it", async () => {
  await online();
  const { length } = told.heard;
  const join = session.ask({ type: "join", room: "a", after: 4 });
  const { ref } = network.latest.command("join");
  network.latest.say({ type: "room", room: "a", ref }, { type: "message", room: "a", seq: 5 });
  const [[room, answered], [message, none]] = told.heard.slice(length);
  assert.deepEqual([room.type, answered.after], ["room", 4]);
  assert.deepEqual([message.seq, none], [5, undefined]);
  network.latest.say({ type: "room", room: "a", ref });
  assert.equal(told.heard.at(-1)[1], undefined, "there is one answer");
  await join;
});

test("what is no event is passed over", async () => {
  await online();
  const { length } = told.heard;
  network.latest.say("{", "null", "[]", "7", '{"type":7}', '{"no":"type"}');
  assert.equal(told.heard.length, length);
  assert.equal(phase(), "online");
});

test("an old connection is not heard any more", async () => {
  await online();
  const old = network.latest;
  session.connect();
  const { length } = told.heard;
  old.say({ type: "typing", room: "lobby", name: "bob" });
  old.end();
  assert.equal(told.heard.length, length);
  assert.equal(phase(), "connecting");
  session.end();
  await clock.pass(600_000);
  assert.equal(network.sockets.length, 2);
});
