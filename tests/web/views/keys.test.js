import assert from "node:assert/strict";
import { test } from "node:test";

import { chordOf, KEYS_SHOWN, writingAct } from "../../../src/hubbub/web/js/views/keys.js";

const press = (key, ...held) =>
  chordOf({ key, ...Object.fromEntries(held.map((one) => [`${one}Key`, true])) });

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

test("the help names no key twice", () => {
  assert.equal(new Set(KEYS_SHOWN.map(({ keys }) => keys)).size, KEYS_SHOWN.length);
});

test("what the help says of the field is what its keys do", () => {
  const does = (key, shiftKey = false) => writingAct({ key, shiftKey });
  assert.deepEqual(
    ["Enter", "Tab", "Escape", "ArrowUp"].map((key) => does(key)),
    ["send", "complete", "end", "editLast"],
  );
  assert.equal(does("Enter", true), undefined, "the browser begins a line");
  assert.equal(does("Tab", true), undefined);
});
