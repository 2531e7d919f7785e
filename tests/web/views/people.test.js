/** The list of people in the room. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { byId, screen, textOf } from "./screen.js";

screen();
const { People } = await import("../../../src/hubbub/web/js/views/people.js");

const MEMBERS = {
  ann: { person: "1" },
  bob: { person: "2", away: true, text: "lunch" },
  Zoë: {},
};

/** @param {Record<string, object>} members @param {object} [more] of the room */
function drawn(members, more = {}) {
  screen();
  const roster = { names: Object.keys(members), of: (name) => members[name] };
  const room = { title: "#tea", members: roster.names, roster, rules: {}, ...more };
  const order = { roleOf: (_room, name) => (name === "ann" ? "owner" : undefined) };
  const done = [];
  const note = (what) => (name) => done.push([what, name]);
  const chat = { name: "ann", current: room, order };
  const people = new People(chat, {
    direct: note("direct"),
    mention: note("mention"),
    profile: note("profile"),
  });
  people.update();
  return { chat, people, done, rows: [...byId("members").children] };
}

test("everybody is listed by name, with what they are and whether they are away", () => {
  const { rows } = drawn(MEMBERS);
  assert.deepEqual(
    rows.map((row) => textOf(row.querySelector(".titled"))),
    ["ann (you)owner", "bobaway: lunch", "Zoëpassing"],
  );
  assert.deepEqual(
    rows.map((row) => row.matches(".absent")),
    [false, true, false],
  );
  assert.equal(textOf(byId("people").querySelector("h2")), "People · 3");
  assert.equal(textOf(byId("leave")), "Leave #tea");
});

test("with everybody else one can talk alone, mention them, and see who they are", () => {
  const { rows, done } = drawn(MEMBERS);
  assert.equal(rows[0].querySelectorAll("button").length, 0);
  for (const button of rows[1].querySelectorAll("button")) button.click();
  assert.deepEqual(done, [
    ["direct", "bob"],
    ["mention", "bob"],
    ["profile", "bob"],
  ]);
});

test("members of a private room who are not here are told apart", () => {
  const { rows } = drawn(MEMBERS, { rules: { members: ["ann", "kim"] } });
  const kim = rows.find((row) => row.dataset.key === "kim");
  assert.ok(kim.matches(".absent"));
  assert.equal(textOf(kim.querySelector(".role")), "not here");
});

test("under another name the user finds themselves anew", () => {
  const { chat, people } = drawn(MEMBERS);
  chat.name = "bob";
  people.update();
  const you = [...byId("members").children].filter((row) => textOf(row).includes("(you)"));
  assert.deepEqual(
    you.map((row) => row.dataset.key),
    ["bob"],
  );
});
