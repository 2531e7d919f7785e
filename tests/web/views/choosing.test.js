import assert from "node:assert/strict";
import { test } from "node:test";

import { roomName } from "../../../src/hubbub/web/js/views/choosing.js";

test("what is typed becomes a room's name, as the server would write it", () => {
  assert.equal(roomName("Lunch"), "lunch");
  assert.equal(roomName(" #Küche "), "küche");
  assert.equal(roomName("web design"), "web-design");
  assert.equal(roomName("v1.2_a-b"), "v1.2_a-b");
});

test("what cannot be a room's name becomes none", () => {
  for (const typed of ["", " ", "#", "a/b", "@ann", "x".repeat(65), "<b>", "😀"]) {
    assert.equal(roomName(typed), "", typed);
  }
});
