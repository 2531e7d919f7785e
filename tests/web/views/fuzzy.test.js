import assert from "node:assert/strict";
import { test } from "node:test";

import { best, fit } from "../../../src/hubbub/web/js/views/fuzzy.js";

const ROOMS = ["#lobby", "#build", "#web-design", "#website", "#old-library-of-bytes", "@bob"];

const found = (typed) => best(typed, ROOMS, (room) => room);

test("letters must stand in order", () => {
  assert.notEqual(fit("lby", "#lobby"), null);
  assert.equal(fit("ybl", "#lobby"), null);
  assert.equal(fit("lobbyy", "#lobby"), null);
});

test("nothing typed keeps all, as it stands", () => {
  assert.deepEqual(found("  "), ROOMS);
});

test("what holds the letters in one piece comes first", () => {
  assert.deepEqual(found("lob"), ["#lobby", "#old-library-of-bytes"]);
  assert.equal(found("LOBBY")[0], "#lobby");
});

test("a whole word comes before a longer one, whatever else stands there", () => {
  const rooms = ["room-77", "room-7 with a long topic behind it"];
  assert.equal(best("room-7", rooms, (room) => room)[0], rooms[1]);
});

test("starts of words count", () => {
  assert.deepEqual(found("wd")[0], "#web-design");
});

test("what was typed may hold spaces and signs beyond the basic plane", () => {
  assert.equal(found("web des")[0], "#web-design");
  assert.notEqual(fit("😀b", "a 😀 b"), null);
});
