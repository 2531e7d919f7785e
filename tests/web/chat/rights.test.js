/** The page offers what the server's table of rights allows. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Order } from "../../../src/hubbub/web/js/chat/order.js";
import { RIGHTS, may } from "../../../src/hubbub/web/js/chat/rights.js";
import { RoomState } from "../../../src/hubbub/web/js/chat/room.js";

const TABLE = new URL("../../golden/tables/rights.json", import.meta.url);

/** A room with rules, and the order in it as somebody sees it. */
function seen(rules, { name = "plans", role = "", me = { name: "ann", kind: "guest", person: "1" } } = {}) {
  const room = new RoomState(name, { seen: null, draft: "" }, () => {});
  room.rules = rules;
  room.role = role;
  return { room, order: new Order(null, () => ({ isOperator: false, ...me })) };
}

test("the page has the same table as the server", () => {
  assert.deepEqual(RIGHTS, JSON.parse(readFileSync(TABLE, "utf8")));
});

test("where a room is of several kinds, the strictest cell holds", () => {
  assert(may("say", "guest", ["private"]));
  assert(!may("say", "guest", ["private", "locked"]));
  assert(!may("say", "operator", ["public", "archived"]));
});

for (const [rules, sentence] of [
  [{}, /^$/],
  [{ locked: true, owner: "bob" }, /locked.*bob can change that/],
  [{ read_only: true, owner: "ann" }, /read-only: only moderators write here\.$/],
  [{ read_only: true, writers: ["Ann"] }, /^$/],
  [{ archived: true }, /archived/],
]) {
  test(`a guest is told why they cannot write: ${JSON.stringify(rules)}`, () => {
    const { room, order } = seen(rules);
    assert.match(order.silence(room), sentence);
    assert.equal(order.may("say", room), order.silence(room) === "");
  });
}

test("moderators write in a locked room, and nobody in an archived one", () => {
  const { room, order } = seen({ locked: true }, { role: "moderator" });
  assert.equal(order.silence(room), "");
  room.rules = { archived: true };
  assert.match(order.silence(room), /archived/);
});

test("what the server keeps is written by nobody", () => {
  const { room, order } = seen({}, { name: "$audit", me: { name: "ann", kind: "member", isOperator: true } });
  assert.match(order.silence(room), /by itself/);
  assert.equal(room.title, "Audit record");
});

test("who is put out is offered nothing there, and is told why", () => {
  const { room, order } = seen({});
  room.barred = "You are banned.";
  assert.equal(order.silence(room), "You are banned.");
  assert.deepEqual(
    ["say", "topic", "react"].filter((act) => order.may(act, room)),
    [],
  );
});

test("the topic is for those whom the owner lets set it", () => {
  const { room, order } = seen({ topic_by: "moderator" });
  assert(!order.may("topic", room));
  room.role = "moderator";
  assert(order.may("topic", room));
});

test("nobody acts on their like: a moderator deletes no owner's message, and reports it", () => {
  const { room, order } = seen({ owner: "bob", moderators: ["ann"] }, { role: "moderator" });
  const said = (from, person) => ({ room: "plans", seq: 1, from, person });
  const offered = (message) =>
    ["edit", "remove", "report", "copy"].filter((deed) => order.mayDo(deed, message, room));
  assert.deepEqual(offered(said("ann", "1")), ["edit", "remove", "copy"]);
  assert.deepEqual(offered(said("bob", "2")), ["report", "copy"]);
  assert.deepEqual(offered(said("cleo", "3")), ["remove", "report", "copy"]);
});
