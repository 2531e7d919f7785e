/** The dialog of settings, which is drawn from data. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ChatError } from "../../../src/hubbub/web/js/chat/errors.js";
import { screen, textOf } from "./screen.js";

screen();
const { openSettings } = await import("../../../src/hubbub/web/js/views/settings.js");

const settled = () => new Promise((done) => setTimeout(done));
const dialog = () => document.querySelector("dialog");

/** @param {object[]} settings */
function opened(settings) {
  screen();
  openSettings([{ title: "Notifications", settings }]);
}

/** @param {Element} input @param {boolean} isOn */
async function check(input, isOn = true) {
  input.checked = isOn;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await settled();
}

test("a choice shows what holds, and sets what is chosen at once", async () => {
  const chosen = [];
  const options = [
    ["all", "Of everything"],
    ["calls", "Of what calls me"],
  ];
  opened([
    { kind: "choice", label: "Tell me", options, value: () => "calls", set: (one) => chosen.push(one) },
  ]);
  const radios = [...dialog().querySelectorAll("[type=radio]")];
  assert.deepEqual(
    radios.map(({ checked }) => checked),
    [false, true],
  );
  assert.deepEqual([...dialog().querySelectorAll("label")].map(textOf), [
    "Of everything",
    "Of what calls me",
  ]);
  await check(radios[0]);
  assert.deepEqual(chosen, ["all"]);
});

test("a switch and a button do what they say", async () => {
  const done = [];
  opened([
    { kind: "switch", label: "A sound", value: () => true, set: (isOn) => done.push(isOn) },
    { kind: "deed", label: "Try it", run: () => done.push("tried") },
  ]);
  const box = dialog().querySelector("[type=checkbox]");
  assert.equal(box.checked, true);
  await check(box, false);
  [...dialog().querySelectorAll("button")].find((one) => textOf(one) === "Try it").click();
  assert.deepEqual(done, [false, "tried"]);
});

test("what is refused is told in the dialog", async () => {
  const refusing = () => Promise.reject(new ChatError("forbidden", "Not here."));
  opened([{ kind: "switch", label: "A sound", value: () => false, set: refusing }]);
  await check(dialog().querySelector("[type=checkbox]"));
  assert.equal(textOf(dialog().querySelector("[role=alert]")), "Not here.");
});
