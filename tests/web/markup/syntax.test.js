/** Colours of code: every character stays, and what is coloured is what the language says. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { tokensOf } from "../../../src/hubbub/web/js/later/syntax.js";

/** @param {string} code @param {string} language */
function shown(code, language) {
  return tokensOf(code, language)
    .map(([kind, text]) => (kind ? `<${kind} ${text}>` : text))
    .join("");
}

/** @type {[string, string, string][]} */
const CODES = [
  [
    "py",
    'def f(x):  # c\n  return "a" + 1',
    '<keyword def> <function f>(x):  <comment # c>\n  <keyword return> <string "a"> + <number 1>',
  ],
  ["py", '"""a\n"b"""', '<string """a\n"b""">'],
  ["js", "const a1 = `x${y}`; // c", "<keyword const> a1 = <string `x${y}`>; <comment // c>"],
  ["C++", "/* a\nb */ int x;", "<comment /* a\nb */> <keyword int> x;"],
  ["sql", "Select 1 -- x", "<keyword Select> <number 1> <comment -- x>"],
  ["html", '<a href="x">b</a>', '<keyword <a> href=<string "x"><keyword >>b<keyword </a><keyword >>'],
  ["diff", "+a\n-b\n c", "<string +a\n><number -b\n> c"],
  ["sh", "echo 'it' # no", "<keyword echo> <string 'it'> <comment # no>"],
  ["rust", "let größe = 0x1f;", "<keyword let> größe = <number 0x1f>;"],
];

for (const [language, code, colours] of CODES) {
  test(`code in ${language}: ${JSON.stringify(code)}`, () => {
    assert.equal(shown(code, language), colours);
  });
}

test("code in no known language, and long code, is shown as it is", () => {
  assert.deepEqual(tokensOf("let x", "klingon"), []);
  assert.deepEqual(tokensOf("let x", "constructor"), []);
  assert.deepEqual(tokensOf("x".repeat(5001), "js"), []);
});

const PIECES = [
  '"',
  "'",
  "`",
  '"""',
  "/*",
  "*/",
  "//",
  "\\",
  "\n",
  "#",
  "<!--",
  "<",
  "1.",
  "a(",
  "é",
  "'a\\",
  "--",
];

test("no code takes long, and none of it is lost", () => {
  const started = process.cpuUsage();
  for (const language of ["py", "js", "sql", "html", "lua", "yaml"]) {
    for (const piece of PIECES) {
      const code = piece.repeat(5000 / piece.length);
      const whole = tokensOf(code, language).map(([, text]) => text);
      assert.equal(whole.join(""), code);
    }
  }
  assert.ok(process.cpuUsage(started).user / 1e6 < 20, "102 codes; the square would take minutes");
});
