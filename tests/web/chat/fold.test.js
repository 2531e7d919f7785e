import assert from "node:assert/strict";
import { test } from "node:test";

import { fold, targetOf } from "../../../src/hubbub/web/js/chat/fold.js";

const SAID = { type: "message", room: "lobby", seq: 1, prev: 0, from: "ann", at: 1, text: "first" };
const deepFrozen = (message) => {
  Object.values(message.reactions ?? {}).forEach(Object.freeze);
  Object.freeze(message.reactions ?? {});
  return Object.freeze(message);
};
const after = (...events) => events.reduce((one, event) => fold(deepFrozen(one), event), SAID);

const edited = (text, at) => ({ type: "edited", from: "ann", at, target: 1, text });
const deleted = { type: "deleted", from: "ann", at: 9, target: 1 };
const reaction = (from, emoji, on = true) => ({ type: "reaction", from, target: 1, emoji, on });

test("an edit gives the new text and its time, in a new object", () => {
  assert.deepEqual(after(edited("second", 2), edited("third", 5)), {
    ...SAID,
    text: "third",
    edited: 5,
  });
  assert.equal(SAID.text, "first");
});

test("reactions collect names in order, each once", () => {
  const given = [reaction("bob", "+"), reaction("cat", "+"), reaction("bob", "+")];
  assert.deepEqual(after(...given).reactions, { "+": ["cat", "bob"] });
  const takenBack = [reaction("bob", "+", false), reaction("cat", "+", false)];
  assert.deepEqual(after(...given, ...takenBack), SAID, "no empty reactions are left");
});

test("a name in other capitals gives and takes back the same reaction", () => {
  assert.deepEqual(after(reaction("bob", "+"), reaction("Bob", "+")).reactions, { "+": ["Bob"] });
  assert.deepEqual(after(reaction("bob", "+"), reaction("BOB", "+", false)), SAID);
});

test("an emoji that every object has something for is an emoji like others", () => {
  for (const emoji of ["constructor", "toString", "__proto__"]) {
    const { reactions } = after(reaction("bob", emoji));
    assert.deepEqual(Object.entries(reactions), [[emoji, ["bob"]]]);
    assert.deepEqual(after(reaction("bob", emoji, false)), SAID);
  }
});

test("a deletion takes text and reactions, keeps the rest, and is final", () => {
  const gone = after(edited("second", 2), reaction("bob", "+"), deleted);
  assert.deepEqual(gone, { ...SAID, text: "", edited: 2, deleted: true });
  assert.equal(fold(gone, edited("again", 10)), gone);
  assert.equal(fold(gone, reaction("bob", "+")), gone);
});

test("only what changes a message has a target", () => {
  assert.equal(targetOf(deleted), 1);
  assert.equal(targetOf(edited("second", 2)), 1);
  assert.equal(targetOf(reaction("bob", "+")), 1);
  const topic = { type: "topic", from: "ann", at: 2, text: "a topic" };
  assert.equal(targetOf(topic), undefined);
  assert.equal(targetOf({ ...topic, target: 1 }), undefined, "whatever a newer server adds");
  assert.equal(fold(SAID, topic), SAID);
});
