/** Whatever the text, it is shown whole, safely, and in time that grows no faster than it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginning, blocksOf, isEmoji } from "../../../src/hubbub/web/js/markup/markup.js";
import { oneLine, visible } from "../../../src/hubbub/web/js/markup/visible.js";
import { characters, shown } from "./texts.js";

const KNOWN = { isName: () => true, isRoom: () => true };
const TEXT_CHARS = 16_384;
const TIMES = 4;
// The square would be 16 times as much; compilation and garbage take their part.
const FACTOR = 12;
const LEAST_MS = 20; // below, no clock tells

/**
 * @param {string} text
 * @returns {number} the milliseconds of its own time that it takes, of several times the least
 */
function cost(text) {
  let least = Infinity;
  for (let time = 0; time < 3; time++) {
    const start = process.cpuUsage();
    blocksOf(text, "ann", KNOWN);
    least = Math.min(least, process.cpuUsage(start).user / 1000);
  }
  return least;
}

const PIECES = [
  ..."*_~`[(<@#\n",
  "**",
  "``",
  "```\n",
  "~~~\n",
  "> ",
  "*a ",
  "a* ",
  "*a* ",
  "_a *b ",
  "a_ b* c~~ ",
  "重*点**",
  "ann",
  "@",
  "http://a.b/(",
  "http://a@",
  "# ",
  "# a\n",
  "- a\n",
  "- *a\n",
  "1. `a`\n",
  "[a](",
  "](http://a.b)",
  "[a](http://a.b)",
  "- [a](http://a.b)\n",
  "http://a.b ",
  "\u0301",
  "e\u0301\u200d",
  "\ufe0f",
  "\u202e",
  "\ud800",
  "👍",
  " ` `` ``` ",
  "x\n\n",
  "http://a.b/....",
  "http://a.b_ _",
  "http://a.b，",
  "http://a.b)",
  "http://",
  "https://",
  "http://[",
  "http://1.1.",
  "_http://a_",
  "~~http://a~~",
  "@ann ",
  "@a b c d ",
  "ann: x\n",
  "#a",
  " #a",
  " #a.",
  "#1 ",
  "#fff ",
  "hubbub://a/b ",
];

for (const piece of PIECES) {
  test(`much of ${JSON.stringify(piece)}`, () => {
    const text = `x${piece.repeat(TEXT_CHARS / piece.length)}x`;
    assert.ok(cost(text.repeat(TIMES)) <= FACTOR * Math.max(cost(text), LEAST_MS / TIMES));
    const blocks = blocksOf(text, "ann", KNOWN);
    const runs = blocks.flatMap((block) => (block.kind === "code" ? [] : block.runs));
    assert.ok(runs.every((run) => run.tags.length <= 3));
  });
}

test("nothing but marks gets lost", () => {
  const bare = (/** @type {string} */ text) => text.replace(/[`*_~\s]|> /g, "");
  let state = 1;
  const random = (/** @type {number} */ below) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  const words = [
    "*",
    "**",
    "_",
    "~~",
    "`",
    "``",
    " ",
    "\n",
    "(",
    ")",
    ".",
    "ann",
    "2",
    "x_y",
    "é",
    "李",
    "https://a.org/",
    "\u0301",
    "> ",
  ];
  for (let round = 0; round < 3000; round++) {
    const text = Array.from({ length: random(25) }, () => words[random(words.length)]).join("");
    assert.equal(bare(characters(text)), bare(visible(text)), JSON.stringify(text));
  }
});

test("markup of the web is text", () => {
  const text = "<script>alert(1)</script> <img src=x onerror=alert(1)> &lt;";
  assert.equal(shown(text), text);
});

test("what moves other characters vanishes", () => {
  assert.equal(visible("\x1b[31mred\x07 \u202etxt.exe\u2066"), "[31mred txt.exe");
  assert.equal(visible("a\r\nb\u2028c\x85d"), "a\nb\nc\nd");
  assert.equal(visible("a\ud800b"), "a\ufffdb");
  assert.equal(oneLine(" a\n\t b "), "a b");
});

test("marks pile up four high and no higher", () => {
  const mark = "\u0301";
  assert.equal(visible(`e${mark.repeat(4)}`), `e${mark.repeat(4)}`);
  assert.equal(visible(`e${mark.repeat(50)}f${mark.repeat(9)}`), `e${mark.repeat(4)}f${mark.repeat(4)}`);
  assert.equal(visible(`e${`${mark}\u200d`.repeat(20)}`).split(mark).length - 1, 4);
});

for (const text of ["👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "❤️🏳️‍🌈1️⃣", "नमस्ते दुनिया", "เกี๊ยวน้ำ", "שָׁלוֹם", "བསྒྲུབས", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]) {
  test(`scripts and emoji that need marks keep them: ${text}`, () => assert.equal(visible(text), text));
}

test("a few emoji and nothing else are large", () => {
  for (const text of ["👍", "👩‍👩‍👧‍👦 🎉", "🏳️‍🌈", "🇩🇪🇫🇷", "1️⃣", "👍🏽"]) assert.ok(isEmoji(text), text);
  for (const text of ["", "1", "a👍", "👍".repeat(9), "#", " ", "👍 ok"]) assert.ok(!isEmoji(text), text);
});

test("a long message has a beginning, a short one none", () => {
  assert.equal(beginning(blocksOf("short", ""), 100, 10), null);
  const text = Array.from({ length: 30 }, (_, at) => `line ${at}`).join("\n");
  const [block] = beginning(blocksOf(text, ""), 1000, 10) ?? [];
  assert.ok(block.kind === "prose" && block.runs[0].text.endsWith("line 9"));
  const [code] = beginning(blocksOf(`\`\`\`\n${text}\n\`\`\``, ""), 1000, 3) ?? [];
  assert.ok(code.kind === "code" && code.text === "line 0\nline 1\nline 2");
});

test("the beginning of a long message ends with a whole character", () => {
  for (const character of ["😀", "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301", "नि"]) {
    for (let fill = 0; fill < 12; fill += 1) {
      const [block] = beginning(blocksOf(`${"x".repeat(fill)}${character.repeat(20)}`, ""), 20, 9) ?? [];
      assert.ok(block.kind === "prose");
      const text = block.runs.map((run) => run.text).join("");
      assert.match(text, new RegExp(`^x*(?:${character})*$`));
    }
  }
});

test("a link is shown whole or not at all", () => {
  const [block] = beginning(blocksOf("see https://example.org/path more", ""), 15, 10) ?? [];
  assert.ok(block.kind === "prose");
  assert.deepEqual(
    block.runs.map((run) => run.text),
    ["see "],
  );
});
