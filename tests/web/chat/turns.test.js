import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Homecoming } from "../../../src/hubbub/web/js/chat/homecoming.js";
import { Memory } from "../../../src/hubbub/web/js/chat/memory.js";
import { Turns, socketsOf } from "../../../src/hubbub/web/js/chat/turns.js";
import { FakeClock, settled } from "./doubles.js";
import { Listener } from "./listener.js";

const HOME = "ws://x/ws";
const TOLD = ["ws://y/ws", "ws://z/ws"];

let listener, clock, network, session, turns, phases, phase, open, online, reopened;

beforeEach(() => {
  listener = new Listener();
  ({ clock, network, session, turns, phases, phase, open, online, reopened } = listener);
});

const dialled = () => network.sockets.map(({ url }) => url);

/** Lose the connection, or the attempt, and let time go by until the next one. */
async function lose() {
  network.latest.end();
  const [name, , retryAt] = phases.at(-1);
  assert.equal(name, "waiting");
  const wait = retryAt - clock.now();
  await clock.pass(wait);
  return wait;
}

test("if its own server is lost, the others have their turn at once, then it waits and begins anew", async () => {
  await online();
  turns.led(TOLD, true);
  turns.stood();
  const waits = [await lose(), await lose(), await lose(), await lose()];
  assert.deepEqual(dialled(), [HOME, ...TOLD, HOME, TOLD[0]]);
  assert.deepEqual(waits, [250, 250, 500, 250]);
});

test("from another server that is lost it comes home, or to the next", async () => {
  turns.led(TOLD, true);
  await open();
  await lose();
  await reopened();
  assert.equal(phase(), "online");
  assert(session.isAway);
  assert.deepEqual(phases.at(-1), ["online", "y"]);
  await lose();
  await lose();
  assert.deepEqual(dialled(), [HOME, TOLD[0], HOME, TOLD[1]]);
});

test("what was told is kept for the next visit, if anything is", () => {
  const again = () => new Turns(HOME, (told) => told ?? [], new Memory(listener.storage, ""));
  turns.led(TOLD, true);
  const next = again();
  assert(next.failed());
  assert.equal(next.url, TOLD[0]);
  turns.led(TOLD, false);
  assert(!again().failed());
});

test("it goes home when that is ready, and not in the middle of something", async () => {
  let isReady = false;
  const homecoming = new Homecoming(session, async () => isReady, clock);
  network.heard = (socket, { type, ref }) => type === "ping" && socket.say({ type: "ok", ref });
  turns.led(TOLD, true);
  await open();
  await lose();
  await reopened();
  homecoming.online();
  await clock.pass(20_000);
  assert(session.isAway, "home is not ready");
  isReady = true;
  void session.ask({ type: "rooms" }).catch(() => {});
  await clock.pass(15_000);
  assert(session.isAway, "an answer is awaited");
  await listener.answer("rooms", { type: "rooms", rooms: [] });
  await clock.pass(15_000);
  await reopened();
  assert(session.isOnline && !session.isAway);
});

test("a page that is at home looks for nothing", async () => {
  let looks = 0;
  const own = new FakeClock();
  const homecoming = new Homecoming(
    { isAway: false, goHome: () => assert.fail() },
    async () => Boolean((looks += 1)),
    own,
  );
  homecoming.online();
  await own.pass(100_000);
  await settled();
  assert.equal(looks, 0);
});

const at = (href) => new URL(href);

test("addresses become those of WebSockets", () => {
  const told = ["n1.example:1234", "n2.example:80", "hubbubs://n3.example:443", "[2001:db8::1]:5"];
  assert.deepEqual(socketsOf(told, at("http://n1.example:1234/")), [
    "ws://n2.example/ws",
    "wss://n3.example/ws",
    "ws://[2001:db8::1]:5/ws",
  ]);
});

test("from https nothing leads to plaintext, and from elsewhere nothing to this machine", () => {
  const told = ["n2.example:1234", "127.0.0.1:1234", "localhost:5", "[::1]:5"];
  assert.deepEqual(socketsOf(told, at("https://n1.example/")), ["wss://n2.example:1234/ws"]);
  assert.equal(socketsOf(told, at("http://127.0.0.1:9/")).length, told.length);
});

test("what is no address leads nowhere", () => {
  assert.deepEqual(socketsOf(undefined, at("http://n1/")), []);
  assert.deepEqual(socketsOf("n2", at("http://n1/")), []);
  assert.deepEqual(socketsOf(["n2/x?", "a@b", "x y", "n2#", 7, null, ""], at("http://n1/")), []);
});
