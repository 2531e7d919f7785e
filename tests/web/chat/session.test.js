import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { settled } from "./doubles.js";
import { Listener, welcome } from "./listener.js";

let listener, clock, network, session, phases, told, phase, answer, refuse, open, online, reopened;

beforeEach(() => {
  listener = new Listener();
  ({ clock, network, session, phases, told, phase, answer, refuse, open, online, reopened } = listener);
});

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
  listener.secret = "s0";
  await open();
  await answer("hello", welcome("", { held: true }));
  assert.equal(phase(), "connecting");
  assert.equal(network.latest.command("resume").session, "s0");
  await answer("resume", { type: "ok" });
  assert.equal(phase(), "online");
});

test("with a name that is free it says whose it was before, ahead of all else", async () => {
  listener.secret = "s0";
  await online();
  assert.equal(phase(), "connecting");
  assert.equal(network.latest.command("resume").session, "s0");
  await answer("resume", { type: "ok" });
  assert.deepEqual(
    network.latest.sent.map(({ type }) => type),
    ["hello", "resume", "ping"],
  );
  listener.secret = "";
  network.latest.end();
  session.connect();
  await reopened();
  assert.equal(network.latest.command("resume"), undefined);
});

test("a welcome to somebody else is told nothing", async () => {
  listener.secret = "s0";
  await open("rolu");
  await answer("hello", welcome("", { name: "eve", locked: true }));
  assert.equal(phase(), "waiting");
  assert.deepEqual(
    network.latest.sent.map(({ type }) => type),
    ["hello"],
  );
});

test("a welcome to a name that the user has given up is told nothing of the new one", async () => {
  listener.secret = "secret of the new name";
  await open();
  const { latest } = network;
  session.begin({ name: "bob", password: "rolu" });
  latest.say(welcome(latest.command("hello").ref, { name: "bob", locked: true }));
  latest.say(welcome(latest.command("hello").ref, { name: "bob", held: true }));
  assert.deepEqual(
    network.sockets.flatMap(({ sent }) => sent.map(({ type }) => type)),
    ["hello"],
  );
});

test("a server that was started anew knows no secret, and lets us in all the same", async () => {
  listener.secret = "s0";
  await online();
  await refuse("resume", "bad_command");
  assert.equal(phase(), "online");
  assert.equal(told.online[0].session, "s1");
});

test("the new secret counts only when the elder one is answered", async () => {
  listener.secret = "s0";
  await online();
  network.latest.end();
  assert.deepEqual(told.online, []);
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

test("a name that a node may have claimed for us without knowing is waited for", async () => {
  await open();
  await refuse("hello", "log_unavailable");
  network.latest.end();
  await clock.pass(1_000);
  assert.equal(network.sockets.length, 2);
  network.latest.open();
  await answer("hello", welcome("", { held: true }));
  await refuse("resume", "name_taken");
  network.latest.end();
  assert.equal(phase(), "waiting");
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
  listener.secret = "s0";
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

test("while others guess, who has the password waits and tries it again", async () => {
  await open("rolu");
  await answer("hello", welcome("", { locked: true, session: "" }));
  await refuse("unlock", "slow_down");
  network.latest.end();
  assert.deepEqual(phases.at(-1)?.slice(0, 2), ["waiting", "slow_down!"]);
  assert.equal(session.password, "rolu");
});

test("what is not about name or password is tried again", async () => {
  await open();
  network.latest.say({ type: "error", code: "handshake_timeout", message: "too slow" });
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
