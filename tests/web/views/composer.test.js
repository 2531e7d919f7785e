/** Where one writes: what Enter does with a text, and what becomes of it when it is refused. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ChatError } from "../../../src/hubbub/web/js/chat/errors.js";
import { FakeStorage } from "../chat/doubles.js";
import { byId, press, screen, textOf } from "./screen.js";

screen();
const { Composer } = await import("../../../src/hubbub/web/js/views/composer.js");

const settled = () => new Promise((done) => setTimeout(done));
const field = () => byId("message");

function composing() {
  screen();
  const done = [];
  const room = {
    name: "tea",
    title: "#tea",
    draft: "",
    typing: [],
    messages: [],
    pending: [],
    indexOf: () => -1,
    setDraft(text) {
      room.draft = text;
    },
  };
  const chat = {
    name: "ann",
    current: room,
    rooms: [room],
    limits: { text_bytes_max: 65_536 },
    order: { silence: () => "", may: () => true, role: () => "guest" },
    connection: { phase: "online" },
    isOwn: () => true,
    say: (name, text, how) => done.push(["say", name, text, how]),
    changing: {
      edit: (message, text) => {
        done.push(["edit", message.seq, text]);
        return chat.outcome;
      },
    },
    typing: () => {},
    outcome: Promise.resolve(),
  };
  const desk = {
    names: () => [],
    isName: () => false,
    mayEdit: () => true,
    said: () => done.push(["said"]),
    topic: (text) => {
      done.push(["topic", text]);
      return chat.outcome;
    },
    emoji: { load: async () => {}, matching: () => [], isWantedFor: () => false, inText: (text) => text },
    pickEmoji: () => {},
    attach: () => {},
    hasFiles: () => false,
    sendFiles: () => false,
    remove: () => {},
  };
  const composer = new Composer(chat, desk, new FakeStorage());
  composer.update();
  return { composer, chat, room, done };
}

/** @param {string} text */
function enter(text) {
  field().value = text;
  field().dispatchEvent(new Event("input", { bubbles: true }));
  press(field(), "Enter");
}

test("Enter says the text, and the field is free at once", () => {
  const { done } = composing();
  enter("hello");
  assert.deepEqual(done[0].slice(0, 3), ["say", "tea", "hello"]);
  assert.equal(field().value, "");
});

test("a command is run, and one that does not exist stays and says so", async () => {
  const { done } = composing();
  enter("/topic Green");
  await settled();
  assert.deepEqual(done, [["topic", "Green"]]);
  enter("/nonsense");
  await settled();
  assert.equal(field().value, "/nonsense");
  assert.match(textOf(byId("notice")), /no command \/nonsense/);
});

test("a refused command comes back when the field is free, with the sentence why", async () => {
  const { chat, composer } = composing();
  chat.outcome = Promise.reject(new ChatError("forbidden", "Only moderators may."));
  enter("/topic Green");
  field().value = "what I write meanwhile";
  field().dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  composer.update();
  assert.equal(field().value, "what I write meanwhile");
  assert.match(textOf(byId("notice")), /Only moderators may\./);
  press(field(), "Enter");
  await settled();
  composer.update();
  assert.equal(field().value, "/topic Green");
});

test("an edit begins with the text as it is, and Escape ends it", async () => {
  const { composer, done } = composing();
  const message = { seq: 3, room: "tea", from: "ann", text: "helo" };
  composer.edit(message);
  composer.update();
  assert.equal(field().value, "helo");
  press(field(), "Escape");
  assert.equal(field().value, "");
  composer.edit(message);
  enter("hello");
  await settled();
  assert.deepEqual(
    done.filter(([what]) => what === "edit"),
    [["edit", 3, "hello"]],
  );
});
