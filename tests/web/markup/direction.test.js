/** In which direction a text runs: names, commands and addresses at its start do not count. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { directionOf } from "../../../src/hubbub/web/js/markup/direction.js";
import { namesIn } from "../../../src/hubbub/web/js/markup/people.js";
import { shown } from "./texts.js";

const isName = (/** @type {string} */ name) => ["bob", "Ann Lee", "אבי"].includes(name);

const DIRECTIONS = {
  "": "auto",
  hello: "auto",
  שלום: "auto",
  "@bob שלום": "rtl",
  "@stranger مرحبا": "rtl",
  "@Ann Lee שלום": "rtl",
  "@אבי hello": "ltr",
  "bob: שלום": "rtl",
  "bob, מה שלומך": "rtl",
  "/msg bob שלום": "rtl",
  "/msg @Ann Lee שלום": "rtl",
  "/topic שלום": "rtl",
  "#lobby שלום": "rtl",
  "https://a.org/b שלום": "rtl",
  "@bob @stranger 👍 שלום": "rtl",
  "@bob ": "auto",
  "@bob hello שלום": "ltr",
};

for (const [text, direction] of Object.entries(DIRECTIONS)) {
  test(`${text || "nothing"} is ${direction}`, () => assert.equal(directionOf(text, isName), direction));
}

test("names are found where they are called or spoken to", () => {
  const found = (/** @type {string} */ text) =>
    namesIn(text, isName).map(([start, end]) => text.slice(start, end));
  assert.deepEqual(found("@bob and @Ann Lee, not me@bob"), ["@bob", "@Ann Lee"]);
  assert.deepEqual(found("bob: a\nAnn Lee, b\nstranger: c"), ["bob", "Ann Lee"]);
  assert.deepEqual(found("@stranger's @x-y_z."), ["@stranger", "@x-y_z"]);
});

test("setting names apart changes no text", () => {
  for (const text of ["@bob שלום", "*@bob* x", "@bob@bob", "@", "ann @ann @bob"])
    assert.equal(shown(text).replace(/<.+?>|[*]/g, ""), text.replace(/[*]/g, ""));
});
