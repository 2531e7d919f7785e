/** Panels beside the log: columns where there is room, else drawers over it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Drawers } from "../../../src/hubbub/web/js/views/drawers.js";
import { byId, press, screen } from "./screen.js";

const app = () => byId("app");

/** @param {number} width */
function drawersIn(width) {
  screen({ width });
  app().hidden = false;
  return new Drawers();
}

test("in a wide window the panels are columns, and the people's can be folded", () => {
  drawersIn(1280);
  assert.ok(app().hasAttribute("data-people"));
  assert.equal(byId("show-people").getAttribute("aria-expanded"), "true");
  byId("show-people").click();
  assert.ok(!app().hasAttribute("data-people"));
  assert.equal(byId("show-people").getAttribute("aria-expanded"), "false");
  assert.equal(app().dataset.drawer, undefined, "it is no drawer");
});

test("in a narrow window a panel is a drawer that covers all else", () => {
  drawersIn(390);
  byId("show-rooms").click();
  assert.equal(app().dataset.drawer, "rooms");
  assert.equal(byId("show-rooms").getAttribute("aria-expanded"), "true");
  assert.equal(byId("main").inert, true);
  assert.equal(byId("sidebar").inert, false);
  assert.ok(byId("sidebar").contains(document.activeElement), "it has the focus");
});

for (const [how, close] of [
  ["Escape", () => press(document, "Escape")],
  ["a click beside it", () => byId("shade").click()],
  ["the next thing that is done", (drawers) => drawers.close()],
]) {
  test(`${how} closes a drawer, and its button has the focus again`, () => {
    const drawers = drawersIn(390);
    byId("show-people").click();
    close(drawers);
    assert.equal(app().dataset.drawer, undefined);
    assert.equal(byId("main").inert, false);
    assert.equal(document.activeElement, byId("show-people"));
    assert.equal(byId("show-people").getAttribute("aria-expanded"), "false");
  });
}

test("Tab stays in a drawer", () => {
  drawersIn(390);
  byId("show-rooms").click();
  const stops = [...byId("sidebar").querySelectorAll("button")];
  stops.at(-1).focus();
  assert.ok(press(document, "Tab").defaultPrevented);
  assert.equal(document.activeElement, stops[0]);
  assert.ok(press(document, "Tab", { shiftKey: true }).defaultPrevented);
  assert.equal(document.activeElement, stops.at(-1));
  stops[1].focus();
  assert.ok(!press(document, "Tab").defaultPrevented, "within it, the browser moves the focus");
});
