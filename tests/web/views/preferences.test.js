import assert from "node:assert/strict";
import { test } from "node:test";

import { Preferences } from "../../../src/hubbub/web/js/views/preferences.js";
import { FakeStorage } from "../chat/doubles.js";

/** @type {[string, string][]} */
const SCHEMES = [
  ["system", "As the system"],
  ["dark", "Dark"],
];

test("what was chosen is there at the next visit", () => {
  const storage = new FakeStorage();
  const first = new Preferences(storage);
  const scheme = first.choice("scheme", "Colours", SCHEMES);
  assert.equal(scheme.value(), "system");
  scheme.set("dark");
  first.toggle("sound", "A sound").set(true);
  const next = new Preferences(storage);
  assert.equal(next.choice("scheme", "Colours", SCHEMES).value(), "dark");
  assert.equal(next.toggle("sound", "A sound").value(), true);
});

test("what is no option any more is as at first", () => {
  const storage = new FakeStorage();
  new Preferences(storage).choice("scheme", "Colours", SCHEMES).set("pink");
  assert.equal(new Preferences(storage).choice("scheme", "Colours", SCHEMES).value(), "system");
});

test("those who follow a preference hear of it from every tab", () => {
  const preferences = new Preferences(new FakeStorage());
  let heard = 0;
  preferences.subscribe(() => (heard += 1));
  preferences.toggle("sound", "A sound").set(true);
  preferences.changedElsewhere("hubbub.setting.scheme");
  preferences.changedElsewhere("hubbub.of.ann.drafts");
  preferences.changedElsewhere(null);
  assert.equal(heard, 3);
});
