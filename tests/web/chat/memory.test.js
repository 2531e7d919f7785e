import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Memory } from "../../../src/hubbub/web/js/chat/memory.js";
import { FakeStorage } from "./doubles.js";

let storage, memory;

beforeEach(() => {
  storage = new FakeStorage();
  memory = new Memory(storage, "hubbub.");
});

const forbid = () => {
  throw new DOMException("forbidden", "SecurityError");
};

test("what is set is got, now and on the next visit", () => {
  for (const value of ["text", 7, true, ["a", { b: null }], { c: [1] }, null]) {
    memory.set("key", value);
    for (const one of [memory, new Memory(storage, "hubbub.")]) {
      assert.deepEqual(one.get("key", value), value);
    }
  }
});

test("what was never set is what it is at first", () => {
  assert.equal(memory.get("name", "nobody"), "nobody");
  assert.deepEqual(memory.get("rooms", []), []);
});

test("keys have the prefix, so that two memories have nothing in common", () => {
  const other = new Memory(storage, "hubbub.of.bob.");
  memory.set("draft", "ann's");
  other.set("draft", "bob's");
  assert.deepEqual([...storage.values.keys()], ["hubbub.draft", "hubbub.of.bob.draft"]);
  assert.equal(memory.get("draft", ""), "ann's");
});

test("what is no JSON was not written by us", () => {
  for (const corrupt of ["", "{", "undefined", '"half', "[1,", "\0"]) {
    storage.setItem("hubbub.key", corrupt);
    assert.equal(memory.get("key", "initial"), "initial", corrupt);
  }
});

test("what is of another kind was not written by us", () => {
  const kinds = ["text", 7, true, [], {}];
  for (const kept of [...kinds, null]) {
    memory.set("key", kept);
    for (const initial of kinds.filter((kind) => JSON.stringify(kind) !== JSON.stringify(kept))) {
      assert.equal(memory.get("key", initial), initial, `${JSON.stringify(kept)} is kept`);
    }
  }
});

test("what does not fit into the storage is kept for this visit", () => {
  memory.set("draft", "old");
  storage.isFull = true;
  memory.set("draft", "new");
  memory.set("other", ["new"]);
  assert.equal(memory.get("draft", ""), "new");
  assert.deepEqual(memory.get("other", []), ["new"]);
  assert.equal(new Memory(storage, "hubbub.").get("draft", ""), "old");
});

test("once there is space again, what is set is kept for the next visit", () => {
  storage.isFull = true;
  memory.set("draft", "one");
  storage.isFull = false;
  memory.set("draft", "two");
  new Memory(storage, "hubbub.").set("draft", "three"); // as another tab does
  assert.equal(memory.get("draft", ""), "three");
});

test("a storage that is forbidden is an empty one, for this visit", () => {
  storage.getItem = storage.setItem = forbid;
  assert.equal(memory.get("draft", "none"), "none");
  memory.set("draft", "text");
  assert.equal(memory.get("draft", "none"), "text");
});
