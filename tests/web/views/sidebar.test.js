/** The list of rooms. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { byId, screen, textOf } from "./screen.js";

screen();
const { Sidebar } = await import("../../../src/hubbub/web/js/views/sidebar.js");

const room = (name, more = {}) => ({
  name,
  title: `#${name}`,
  isDirect: false,
  unread: 0,
  mentions: 0,
  pending: [],
  messages: [],
  draft: "",
  ...more,
});
const rows = (id = "rooms") => [...byId(id).querySelectorAll("li")];
const badge = (row) => row.querySelector(".badge");

/** @param {object[]} rooms @param {object} [more] */
function drawn(rooms, more = {}) {
  screen();
  const shown = [];
  const chat = { name: "ann", rooms, current: rooms[0], ...more };
  const sidebar = new Sidebar(chat, (one) => shown.push(one.name));
  sidebar.update();
  return { chat, sidebar, shown };
}

test("the room that is shown is marked, and others open at a click", () => {
  const { shown } = drawn([room("lobby"), room("tea")]);
  assert.deepEqual(
    rows().map((row) => row.querySelector("button").getAttribute("aria-current")),
    ["true", null],
  );
  rows()[1].querySelector("button").click();
  assert.deepEqual(shown, ["tea"]);
});

test("a badge tells what is unread, and screen readers hear what it means", () => {
  const failed = [{ failure: "Too long." }, {}];
  drawn([
    room("lobby"),
    room("tea", { unread: 3 }),
    room("busy", { unread: 1000, mentions: 2 }),
    room("stuck", { pending: failed, unread: 1 }),
  ]);
  const [lobby, tea, busy, stuck] = rows();
  assert.equal(badge(lobby).hidden, true);
  assert.equal(textOf(badge(tea)), "3");
  assert.equal(textOf(badge(busy)), "99+");
  assert.ok(badge(busy).matches(".mention"));
  assert.equal(textOf(busy.querySelector(".unseen")), "unread, 2 mentions");
  assert.equal(textOf(badge(stuck)), "!");
  assert.equal(textOf(stuck.querySelector(".unseen")), "1 message not sent, 1 unread");
});

test("direct messages have a list of their own, without those in which nothing was said", () => {
  const direct = { isDirect: true };
  drawn([
    room("lobby"),
    room("d1", { ...direct, title: "@bob", messages: [{}] }),
    room("d2", { ...direct, title: "@eve" }),
    room("d3", { ...direct, title: "@kim", draft: "hm" }),
  ]);
  assert.deepEqual(
    rows("directs").map((row) => textOf(row.querySelector(".name"))),
    ["@bob", "@kim"],
  );
});

test("a row that stays keeps the focus", () => {
  const { chat, sidebar } = drawn([room("lobby"), room("tea")]);
  const button = rows()[1].querySelector("button");
  button.focus();
  chat.rooms = [room("lobby"), room("cake"), room("tea", { unread: 1 })];
  sidebar.update();
  assert.equal(rows()[2].querySelector("button"), button);
  assert.equal(document.activeElement, button);
});
