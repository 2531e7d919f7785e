/** Where addresses lead, and what rooms and messages are called by. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, isOfChatroom, placeOf } from "../../../src/hubbub/web/js/addresses/places.js";

const HERE = new URL("http://chat.example:1234/lobby");

const LEADS = {
  "http://chat.example:1234/lobby": { room: "lobby" },
  "http://chat.example:1234/lobby/1042": { room: "lobby", seq: 1042 },
  "http://chat.example:1234/%E5%A4%A7%E5%8E%85/": { room: "大厅" },
  "hubbub://chat.example:1234/lobby/7": { room: "lobby", seq: 7 },
  "hubbubs://Chat.Example/lobby": { room: "lobby" },
  "hubbub://chat.example:1234/api": { room: "api" },
  "hubbub://chat.example:1234/v1.txt/3": { room: "v1.txt", seq: 3 },
};

for (const [href, place] of Object.entries(LEADS))
  test(`leads to a place here: ${href}`, () => assert.deepEqual(placeOf(href, [HERE]), place));

const LEADS_NOWHERE = [
  "http://chat.example:1234/",
  "http://chat.example:1234/api",
  "http://chat.example:1234/notes.txt",
  "http://chat.example:1234/lobby/a",
  "http://chat.example:1234/a/b/c",
  "http://chat.example:1234/%E5",
  "http://chat.example/lobby",
  "https://chat.example:1234/lobby",
  "hubbub://chat.example:999/lobby",
  "hubbub://other.example:1234/lobby",
  "hubbub://chat.example:1234",
  "mailto:ann@chat.example",
];

for (const href of LEADS_NOWHERE)
  test(`leads to no place here: ${href}`, () => assert.equal(placeOf(href, [HERE]), null));

test("the address of a place leads there", () => {
  for (const place of [
    { room: "lobby" },
    { room: "大厅", seq: 3 },
    { room: "api" },
    { room: "v1.txt", seq: 9 },
  ])
    assert.deepEqual(placeOf(addressOf(place, HERE), [HERE]), place);
});

test("browsers do not open the addresses of chatrooms", () => {
  assert.ok(isOfChatroom("hubbub://a.org/x") && isOfChatroom("HUBBUBS://a.org"));
  assert.ok(!isOfChatroom("https://a.org/x"));
});
