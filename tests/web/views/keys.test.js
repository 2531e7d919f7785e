/** Chords, and the one table of keys. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { chordOf } from "../../../src/hubbub/web/js/keys/chords.js";
import { KEYS_SHOWN, messageActOf, pageActOf, writingActOf } from "../../../src/hubbub/web/js/keys/table.js";

/** @param {string} key @param {...string} held */
const press = (key, ...held) => {
  const [ctrlKey, metaKey, altKey, shiftKey] = ["ctrl", "meta", "alt", "shift"].map((one) =>
    held.includes(one),
  );
  return chordOf({ key, ctrlKey, metaKey, altKey, shiftKey });
};

test("a chord is named by what is held", () => {
  assert.equal(press("k", "ctrl"), "Ctrl+k");
  assert.equal(press("k", "meta"), "Ctrl+k");
  assert.equal(press("K", "ctrl"), "Ctrl+k", "capitals are locked");
  assert.equal(press("F", "ctrl", "shift"), "Ctrl+Shift+f");
  assert.equal(press("ArrowUp", "alt", "shift"), "Alt+Shift+ArrowUp");
  assert.equal(press("F6"), "F6");
});

test("a sign is itself, whatever the keyboard needs for it", () => {
  assert.equal(press("?", "shift"), "?");
  assert.equal(press("?"), "?");
});

test("the help names no key twice in one place", () => {
  for (const [, rows] of KEYS_SHOWN) assert.equal(new Set(rows.map(({ keys }) => keys)).size, rows.length);
});

test("what the help says is what keys do", () => {
  const names = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };
  for (const [, rows] of KEYS_SHOWN)
    for (const { does, keys } of rows)
      for (const chord of Object.keys(does)) {
        const key = chord.split("+").at(-1) ?? "";
        const shown = names[/** @type {keyof typeof names} */ (key)] ?? key;
        if (chord === "Shift+Home" || chord === "Shift+End") continue; // which the purpose names
        assert.ok(keys.toLowerCase().includes(shown.toLowerCase()), `${chord} is in "${keys}"`);
      }
});

test("the composer's field, the messages and the page know their keys", () => {
  assert.deepEqual(["Enter", "Tab", "Escape", "ArrowUp"].map(writingActOf), [
    "send",
    "complete",
    "end",
    "editLast",
  ]);
  assert.equal(writingActOf("Shift+Enter"), undefined, "the browser begins a line");
  assert.equal(writingActOf("Shift+Tab"), undefined);
  assert.deepEqual(["ArrowUp", "Shift+End", "Escape"].map(messageActOf), ["up", "selectLast", "leave"]);
  assert.deepEqual(pageActOf("?"), { act: "help", isText: true });
  assert.equal(pageActOf("x"), undefined);
});
