import assert from "node:assert/strict";
import { test } from "node:test";

import { Histories } from "../../../src/hubbub/web/js/views/histories.js";

test("a history that was replaced is told of, once each time", () => {
  const told = [];
  const [lobby, kitchen] = [{ histories: 0 }, { histories: 0 }];
  const rooms = [
    { title: "#lobby", replica: lobby },
    { title: "#kitchen", replica: kitchen },
  ];
  const histories = new Histories({ rooms }, (text) => told.push(text));
  histories.update();
  assert.deepEqual(told, []);
  lobby.histories += 1;
  histories.update();
  histories.update();
  assert.match(told.join(), /^The chatroom's history was replaced .* #lobby is all that it still has\.$/);
  for (const replica of [lobby, kitchen]) replica.histories += 1;
  histories.update();
  assert.match(told[1], /What you see of #lobby and #kitchen is all/);
  assert.equal(told.length, 2);
});
