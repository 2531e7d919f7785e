/** How long messages are kept, as people say it: as the server's own code reads it. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { isOwn } from "../../../src/hubbub/web/js/chat/me.js";
import { keptWords, parseRetention } from "../../../src/hubbub/web/js/chat/retention.js";

const TABLE = new URL("../../golden/tables/retention.json", import.meta.url);

test("what people type is read as by the terminal client", () => {
  for (const [words, meant] of JSON.parse(readFileSync(TABLE, "utf8")))
    assert.deepEqual(parseRetention(words), meant, words);
});

test("how long is said in words", () => {
  assert.equal(keptWords({ days: 1, messages: 5 }), "for 1 day and while they are among the newest 5");
  assert.equal(keptWords({}), "");
});

test("what was said elsewhere is nobody's here", () => {
  const me = { name: "ann", person: "" };
  assert.equal(isOwn({ from: "ann" }, me), true);
  assert.equal(isOwn({ from: "ann", imported: "slack" }, me), false);
});
