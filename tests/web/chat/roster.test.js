/** Who is in a room, and what they are. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Roster } from "../../../src/hubbub/web/js/chat/roster.js";

let roster;

beforeEach(() => {
  roster = new Roster();
  roster.observe({
    type: "members",
    members: [{ name: "ann", person: "1", kind: "member" }, { name: "bob" }],
  });
});

test("those who come and go are in it or not", () => {
  roster.observe({ type: "presence", name: "cleo", state: "joined", kind: "bot" });
  roster.observe({ type: "presence", name: "BOB", state: "left" });
  assert.deepEqual(roster.names, ["ann", "cleo"]);
  assert.equal(roster.of("Cleo").kind, "bot");
});

test("away is why, until back", () => {
  roster.observe({ type: "away", name: "ann", on: true, text: "lunch" });
  assert.deepEqual([roster.of("ann").away, roster.of("ann").text], [true, "lunch"]);
  roster.observe({ type: "away", name: "ann", on: false });
  assert.equal(roster.of("ann").away, false);
  assert.equal(roster.of("ann").kind, "member");
});

test("who has another name is the same one, in the same place", () => {
  roster.observe({ type: "away", name: "ann", on: true, text: "lunch" });
  roster.rename("ann", "anna");
  roster.observe({ type: "presence", name: "anna", state: "joined", person: "1", formerly: "ann" });
  roster.observe({ type: "presence", name: "ann", state: "left", person: "1" });
  assert.deepEqual(roster.names.sort(), ["anna", "bob"]);
  assert.equal(roster.of("anna").text, "lunch");
});

test("nobody takes the place of somebody else by a name", () => {
  roster.rename("ann", "bob");
  assert.deepEqual(roster.names, ["ann", "bob"]);
});
