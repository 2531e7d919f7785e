/** A list that narrows while one types. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ChatError } from "../../../src/hubbub/web/js/chat/errors.js";
import { press, screen, textOf } from "./screen.js";

screen();
const { openPicker } = await import("../../../src/hubbub/web/js/views/picker.js");

const settled = () => new Promise((done) => setTimeout(done, 5));
const options = () => [...document.querySelectorAll("[role=option]")];
const selected = () => options().findIndex((one) => one.getAttribute("aria-selected") === "true");
const field = () => document.querySelector("dialog input");

/** @param {string[]} words @param {object} [more] */
async function opened(words, more = {}) {
  screen();
  window.Element.prototype.scrollIntoView ??= () => {};
  const done = [];
  const find = (typed) =>
    words.filter((word) => word.includes(typed)).map((title) => ({ title, act: () => done.push(title) }));
  const said = [];
  const what = { title: "Go to", hint: "a room", nothing: "Nothing is called so.", find, ...more };
  openPicker(what, (sentence) => said.push(sentence));
  await settled();
  return { done, said };
}

/** @param {string} text */
async function type(text) {
  field().value = text;
  field().dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
}

test("arrows go round, and Enter chooses and closes", async () => {
  const { done } = await opened(["one", "two", "three"]);
  assert.equal(document.activeElement, field());
  assert.equal(selected(), 0);
  press(field(), "ArrowUp");
  assert.equal(selected(), 2);
  press(field(), "ArrowDown");
  press(field(), "ArrowDown");
  assert.equal(selected(), 1);
  assert.equal(field().getAttribute("aria-activedescendant"), "option-1");
  press(field(), "Enter");
  await settled();
  assert.deepEqual(done, ["two"]);
  assert.equal(document.querySelector("dialog"), null);
});

test("typing narrows the list, and says when nothing is left", async () => {
  await opened(["one", "two", "three"]);
  await type("t");
  assert.deepEqual(options().map(textOf), ["two", "three"]);
  await type("zzz");
  assert.equal(options().length, 0);
  assert.equal(textOf(document.querySelector(".found")), "Nothing is called so.");
});

test("Enter takes what fits all that was typed, though the search has just begun", async () => {
  const { done } = await opened(["one", "two"]);
  field().value = "tw";
  field().dispatchEvent(new Event("input", { bubbles: true }));
  press(field(), "Enter");
  await settled();
  assert.deepEqual(done, ["two"]);
});

test("an answer that comes late does not replace a newer one", async () => {
  const answers = [];
  await opened([], { find: (typed) => new Promise((answer) => answers.push([typed, answer])) });
  await type("a");
  await type("ab");
  answers[2][1]([{ title: "new" }]);
  answers[1][1]([{ title: "old" }]);
  await settled();
  assert.deepEqual(options().map(textOf), ["new"]);
});

test("a search that is refused says why", async () => {
  await opened([], { find: () => Promise.reject(new ChatError("bad_command", "That is no date.")) });
  assert.equal(textOf(document.querySelector(".found")), "That is no date.");
});

test("more rows than anybody reads are not drawn, and it says so", async () => {
  await opened(Array.from({ length: 250 }, (_, number) => `row ${number}`));
  assert.equal(options().length, 200);
  assert.match(textOf(document.querySelector(".found")), /^200 of 250 rows\./);
});
