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
const nonces = (outbox) => outbox.posts.map(({ nonce }) => nonce);

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
  assert.deepEqual(begun().posts, [post("1"), { ...post("3"), failure: "too long" }]);
  outbox.mark("3");
  assert.equal(begun().posts[1].failure, undefined);
});

test("what is done is done once", () => {
  const outbox = begun();
  outbox.add(post("1"));
  assert.equal(outbox.remove("1"), true);
  assert.equal(outbox.remove("1"), false);
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
  '[null, 7, {}, {"nonce": 1, "room": "lobby", "text": "x", "at": 1}]',
]) {
  test(`storage that holds ${corrupt} holds no posts`, () => {
    storage.setItem("hubbub.of.ann.outbox", corrupt);
    const outbox = begun();
    assert.deepEqual(outbox.posts, []);
    outbox.add(post("1"));
    assert.deepEqual(nonces(begun()), ["1"]);
  });
}

test("what is sound among what is not is kept", () => {
  storage.setItem("hubbub.of.ann.outbox", JSON.stringify([null, post("1"), { nonce: "2" }]));
  assert.deepEqual(nonces(begun()), ["1"]);
});

test("a full storage loses nothing while the page is open", () => {
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
