/** What a server is given to let us in, and what it is never given. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { answerTo } from "../../../src/hubbub/web/js/chat/admission.js";

const WELCOME = { type: "welcome", name: "ann", held: false, features: ["people"] };
const LOCKED = { ...WELCOME, locked: true };
const OURS = { password: "", isUnlocked: false, device: "d", label: "", secret: "" };
const INVITED = { type: "identify", invitation: "i" };

const answer = (welcome, proofs = {}) => answerTo(welcome, { ...OURS, ...proofs });
const identified = (more) => ({
  about: "identifying",
  command: { type: "identify", device: "d", label: undefined, ...more },
});

test("an invitation is given with the device, through a lock as well, whatever password there is", () => {
  for (const welcome of [WELCOME, LOCKED, { ...WELCOME, held: true }])
    assert.deepEqual(answer(welcome, { proof: INVITED, password: "p" }), identified({ invitation: "i" }));
});

test("a device that may have been invited comes through a lock without a password", () => {
  assert.deepEqual(answer(LOCKED), identified());
  assert.equal(answer(LOCKED, { isUnlocked: true }), "locked", "which was refused");
});

test("a password is given once, and only to a lock", () => {
  assert.equal(answer(LOCKED, { password: "p" }).command.type, "unlock");
  assert.equal(answer(LOCKED, { password: "p", isUnlocked: true }), "locked");
  assert.deepEqual(answer(WELCOME, { password: "p" }), identified());
});

test("other proofs wait until the lock is open", () => {
  const proof = { type: "login", name: "ann", password: "mine" };
  assert.equal(answer(LOCKED, { proof }), "locked");
  assert.equal(answer(LOCKED, { proof, password: "p" }).command.type, "unlock");
  assert.equal(answer(WELCOME, { proof }).command.type, "login");
});

test("a server that knows no people is never given the device", () => {
  const features = [];
  assert.equal(answer({ ...WELCOME, features }), null);
  assert.equal(answer({ ...LOCKED, features }), "locked");
  assert.match(answer({ ...WELCOME, features }, { proof: INVITED }).refused, /knows nobody/);
});
