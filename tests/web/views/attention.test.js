/** What reaches users who look elsewhere. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeStorage } from "../chat/doubles.js";
import { byId, screen } from "./screen.js";

screen();
const { Attention } = await import("../../../src/hubbub/web/js/views/attention.js");

const CALL = { room: "tea", seq: 7, from: "bob", text: "ann, *look*" };

/**
 * @param {"default" | "granted" | "denied"} permission
 * @param {object} [more] of the chat
 */
function attended(permission, more = {}) {
  const window = screen();
  const shown = [];
  const opened = [];
  const asked = [];
  class Notification extends window.EventTarget {
    static permission = permission;
    static requestPermission = () => asked.push(true);
    close = () => {};
    constructor(title, { body }) {
      super();
      shown.push({ title, body, click: () => this.dispatchEvent(new Event("click")) });
    }
  }
  window.Notification = globalThis.Notification = Notification;
  const rooms = [{ name: "tea", title: "#tea", unread: 2, mentions: 0, isDirect: false }];
  const chat = { rooms, current: rooms[0], attentive: false, takeMentions: () => [CALL], ...more };
  const storage = new FakeStorage();
  const calling = { isSilent: () => false, isWanted: () => true, hasSound: () => false };
  const attention = new Attention(chat, calling, (message) => opened.push(message), storage);
  attention.update();
  return { attention, shown, opened, asked, storage };
}

test("the title counts what is unread, and names the room", () => {
  attended("denied");
  assert.equal(document.title, "(2) #tea – hubbub");
});

test("the same number is a badge on the icon of the program that the page may be", () => {
  const counted = [];
  const { attention } = attended("denied");
  const badges = {
    setAppBadge: async (count) => counted.push(count),
    clearAppBadge: async () => counted.push(0),
  };
  Object.assign(window.navigator, badges);
  const rooms = [{ name: "tea", title: "#tea", unread: 3, mentions: 0, isDirect: false }];
  const chat = { rooms, current: rooms[0], attentive: false, takeMentions: () => [] };
  const calling = { isSilent: () => false };
  const seen = new attention.constructor(chat, calling, () => {}, new FakeStorage());
  seen.update();
  seen.update();
  rooms[0].unread = 0;
  seen.update();
  assert.deepEqual(counted, [3, 0]);
});

test("a mention is shown to somebody who looks elsewhere, and leads to the message", () => {
  const { shown, opened } = attended("granted");
  assert.deepEqual(
    shown.map(({ title, body }) => [title, body]),
    [["bob in #tea", "ann, *look*"]],
  );
  shown[0].click();
  assert.deepEqual(opened, [CALL]);
});

test("who looks at the page is not disturbed, nor by what was deleted", () => {
  assert.equal(attended("granted", { attentive: true }).shown.length, 0);
  const deleted = { ...CALL, deleted: true };
  assert.equal(attended("granted", { takeMentions: () => [deleted] }).shown.length, 0);
});

test("before the first notification the user is asked, once", () => {
  const { asked, attention, storage, shown } = attended("default");
  assert.equal(byId("offer").hidden, false);
  byId("agree").click();
  assert.equal(asked.length, 1);
  assert.equal(byId("offer").hidden, true);
  attention.update();
  byId("decline").click();
  attention.update();
  assert.equal(byId("offer").hidden, true, "a no is kept");
  assert.ok(storage.length > 0);
  assert.equal(shown.length, 0);
});
