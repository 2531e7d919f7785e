/** The page's client passes the scenarios that the Python client passes as well. */

import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Stage } from "./stage.js";

const FOLDER = new URL("../../golden/scenarios/", import.meta.url);

for (const file of readdirSync(FOLDER)) {
  for (const scenario of JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"))) {
    test(`${file}: ${scenario.title}`, async () => {
      const stage = new Stage(scenario);
      for (const step of scenario.steps) await stage.step(step);
    });
  }
}
