/** What was read last stays in the browser, bounded, and never for longer than it should. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Homes } from "../../../src/hubbub/web/js/chat/homes.js";
import { KEPT, Keeping } from "../../../src/hubbub/web/js/chat/keeping.js";
import { Rooms } from "../../../src/hubbub/web/js/chat/rooms.js";
import { FakeClock, FakeStorage } from "./doubles.js";

const message = (seq, text = `message ${seq}`) => ({
  room: "lobby",
  seq,
  prev: seq - 1,
  from: "bob",
  at: 1,
  text,
});

/** @param {FakeStorage} storage @param {string} [name] */
function keepingIn(storage, name = "ann") {
  const homes = new Homes(storage);
  const rooms = new Rooms(homes.of(name));
  const clock = new FakeClock();
  return { homes, rooms, clock, keeping: new Keeping(homes.of(name), rooms, clock) };
}

/** @param {Rooms} rooms @param {object[]} messages @param {string} [name] */
function fill(rooms, messages, name = "lobby") {
  const room = rooms.open(name);
  room.restart(messages.at(-1)?.seq ?? 0);
  room.replica.addPage({ room: name, messages, more: true, last: messages.at(-1)?.seq ?? 0 });
  room.filled = true;
  return room;
}

/** @param {FakeStorage} storage @returns {string[]} what a room shows at the next visit */
function shownNext(storage) {
  const { rooms, keeping } = keepingIn(storage);
  rooms.open("lobby");
  keeping.recall();
  return rooms.list[0].messages.map(({ text }) => text);
}

test("what was read is there at the next visit, the newest of it", async () => {
  const storage = new FakeStorage();
  const { rooms, keeping, clock } = keepingIn(storage);
  fill(
    rooms,
    Array.from({ length: 100 }, (_, at) => message(at + 1)),
  );
  keeping.note(["lobby"]);
  assert.deepEqual(shownNext(storage), [], "changes are gathered");
  await clock.pass(1000);
  const shown = shownNext(storage);
  assert.equal(shown.length, 60);
  assert.equal(shown.at(-1), "message 100");
});

test("long messages take the place of many", () => {
  const storage = new FakeStorage();
  const { rooms, keeping } = keepingIn(storage);
  fill(rooms, [message(1, "x".repeat(20_000)), message(2, "y".repeat(20_000)), message(3)]);
  keeping.note(["lobby"]);
  keeping.write();
  assert.deepEqual(shownNext(storage), ["y".repeat(20_000), "message 3"]);
});

test("more rooms than are kept cost nothing more", () => {
  const storage = new FakeStorage();
  const { rooms, keeping } = keepingIn(storage);
  const names = Array.from({ length: 60 }, (_, at) => `room-${at}`);
  for (const name of names) fill(rooms, [{ ...message(1), room: name }], name);
  keeping.note(names);
  keeping.write();
  assert.equal([...storage.values.keys()].filter((key) => key.includes(KEPT)).length, 40);
});

test("what cannot be a message is not shown", () => {
  const storage = new FakeStorage();
  for (const kept of [
    "{",
    '{"messages": 5}',
    '{"messages": [null, {"seq": "1"}, {"room": "other"}]}',
    "[]",
  ]) {
    storage.setItem("hubbub.of.ann.kept.lobby", kept);
    assert.deepEqual(shownNext(storage), [], kept);
  }
});

test("nothing of others stays when somebody comes, whatever they are called", () => {
  const storage = new FakeStorage();
  for (const name of ["ann", "ann.b", "Bob"]) {
    const { rooms, keeping } = keepingIn(storage, name);
    fill(rooms, [message(1)]);
    keeping.note(["lobby"]);
    keeping.write();
  }
  storage.setItem("hubbub.of.bob.drafts", "{}");
  new Homes(storage).forgetOthers("ann", KEPT);
  assert.deepEqual([...storage.values.keys()].sort(), ["hubbub.of.ann.kept.lobby", "hubbub.of.bob.drafts"]);
});

test("a room that may not be entered any more shows nothing, and is not kept", () => {
  const storage = new FakeStorage();
  storage.setItem("hubbub.of.ann.kept.lobby", JSON.stringify({ topic: "t", messages: [message(1)] }));
  const { rooms, keeping } = keepingIn(storage);
  const room = rooms.open("lobby");
  keeping.recall();
  assert.deepEqual([room.messages.length, room.topic], [1, "t"]);
  room.forgetKept();
  keeping.note(["lobby"]);
  keeping.write();
  assert.deepEqual([room.messages.length, room.topic], [0, ""]);
  assert.deepEqual(shownNext(storage), []);
});
