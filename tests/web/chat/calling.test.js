import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Calling } from "../../../src/hubbub/web/js/chat/calling.js";
import { FakeStorage } from "./doubles.js";

const table = JSON.parse(readFileSync(new URL("../../golden/tables/calls.json", import.meta.url), "utf8"));

for (const { title, settings, room, is_call, minutes, calls } of table) {
  test(`golden: ${title}`, () => {
    const calling = new Calling(new FakeStorage());
    if (settings.of) calling.of = settings.of;
    if (settings.quiet) calling.quiet = settings.quiet;
    for (const [name, of] of Object.entries(settings.rooms ?? {})) calling.setRoom(name, of);
    assert.equal(calling.isWanted(room, is_call, minutes), calls);
  });
}

test("what was chosen is kept, and can be changed back", () => {
  const storage = new FakeStorage();
  const calling = new Calling(storage);
  calling.words = ["Hubbub", " deploy ", "", "Hubbub"];
  calling.setRoom("lobby", "nothing");
  assert.throws(() => (calling.quiet = "25:00-07:00"), RangeError);
  const again = new Calling(storage);
  assert.deepEqual([again.words, again.inRoom("lobby"), again.quiet], [["Hubbub", "deploy"], "nothing", ""]);
  again.setRoom("lobby", "default");
  assert.equal(new Calling(storage).inRoom("lobby"), "default");
});
