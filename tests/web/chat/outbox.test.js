import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Memory } from "../../../src/hubbub/web/js/chat/memory.js";
import { Outbox } from "../../../src/hubbub/web/js/chat/outbox.js";
import { FakeStorage } from "./doubles.js";

let storage;
beforeEach(() => {
  storage = new FakeStorage();
});

const begun = (prefix = "hubbub.of.ann.") => new Outbox(new Memory(storage, prefix));
const post = (nonce, room = "lobby") => ({ nonce, room, text: `text ${nonce}`, at: 1 });
const nonces = (outbox) => [...outbox].map(({ nonce }) => nonce);

test("it keeps the order, in each room and over all", () => {
  const outbox = begun();
  for (const one of [post("1"), post("2", "kitchen"), post("3")]) outbox.add(one);
  assert.deepEqual(nonces(outbox), ["1", "2", "3"]);
  assert.deepEqual(outbox.of("lobby"), [post("1"), post("3")]);
});

test("it is there when the page is loaded anew", () => {
  const outbox = begun();
  for (const one of [post("1"), post("2"), post("3")]) outbox.add(one);
  outbox.remove("2");
  outbox.mark("3", "too long");
  assert.deepEqual([...begun()], [post("1"), { ...post("3"), failure: "too long" }]);
  outbox.mark("3");
  assert.equal([...begun()][1].failure, undefined);
});

test("what is done is done once", () => {
  const outbox = begun();
  outbox.add(post("1"));
  assert.deepEqual(outbox.remove("1"), post("1"));
  assert.equal(outbox.remove("1"), undefined);
});

test("every key begins with hubbub, and other names' posts are theirs", () => {
  begun("hubbub.of.ann.").add(post("1"));
  begun("hubbub.of.bob.").add(post("2"));
  assert.deepEqual(nonces(begun("hubbub.of.ann.")), ["1"]);
  for (const key of storage.values.keys()) assert.match(key, /^hubbub\./);
});

for (const corrupt of [
  "{",
  "null",
  "7",
  '"posts"',
  "{}",
  '{"nonce": 1, "room": "lobby", "text": "x", "at": 1}',
]) {
  test(`storage that holds ${corrupt} holds no posts`, () => {
    storage.setItem("hubbub.of.ann.outbox.000000000007.x", corrupt);
    const outbox = begun();
    assert.deepEqual(nonces(outbox), []);
    assert.equal(storage.values.size, 0, "nor will it");
    outbox.add(post("1"));
    assert.deepEqual(nonces(begun()), ["1"]);
  });
}

test("two tabs that add at once lose nothing of each other", () => {
  const [one, other] = [begun(), begun()];
  one.add(post("1"));
  other.add(post("2"));
  one.add(post("3"));
  one.remove("1");
  assert.deepEqual(nonces(begun()), ["2", "3"]);
});

test("the order is kept from one visit to the next, beyond any number of posts", () => {
  for (let visit = 0; visit < 3; visit += 1) {
    const outbox = begun();
    for (let count = 0; count < 12; count += 1) outbox.add(post(`${visit * 12 + count}`));
  }
  assert.deepEqual(
    nonces(begun()),
    Array.from({ length: 36 }, (_, count) => `${count}`),
  );
});

test("what a post costs does not depend on how many there are", () => {
  const written = (count) => {
    const kept = new FakeStorage();
    let bytes = 0;
    const { setItem } = kept;
    kept.setItem = (key, value) => {
      bytes += value.length;
      setItem(key, value);
    };
    const outbox = new Outbox(new Memory(kept, ""));
    for (let number = 0; number < count; number += 1) outbox.add(post(`${number}`));
    for (let number = 0; number < count; number += 1) outbox.remove(`${number}`);
    return bytes / count;
  };
  assert(written(2000) < 1.5 * written(20));
});

test("a full storage loses nothing while the page is open, and is written when there is room", () => {
  const memory = new Memory(storage, "hubbub.of.ann.");
  const outbox = new Outbox(memory);
  outbox.add(post("1"));
  storage.isFull = true;
  outbox.add(post("2"));
  outbox.add(post("3"));
  outbox.remove("1");
  assert.deepEqual(nonces(outbox), ["2", "3"]);
  assert.deepEqual(nonces(new Outbox(memory)), ["2", "3"]);
  storage.isFull = false;
  outbox.add(post("4"));
  assert.deepEqual(nonces(begun()), ["2", "3", "4"]);
});

test("a storage that may not be read is an empty one", () => {
  storage.getItem = () => {
    throw new DOMException("forbidden", "SecurityError");
  };
  storage.isFull = true;
  const outbox = begun();
  outbox.add(post("1"));
  assert.deepEqual(nonces(outbox), ["1"]);
});
