/** Emphasis, code within a line, blocks of code, and quotes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { shown } from "./texts.js";

const MARKED_UP = {
  "a *b* c": "a <em>b</em> c",
  "a _b_ c": "a <em>b</em> c",
  "a **b** c": "a <strong>b</strong> c",
  "a ~~b~~ c": "a <s>b</s> c",
  "a ***b*** c": "a <strong><em>b</em></strong> c",
  "**b _c_ d**": "<strong>b </strong><strong><em>c</em></strong><strong> d</strong>",
  "**b *c***": "<strong>b </strong><strong><em>c</em></strong>",
  "~~*c*~~": "<s><em>c</em></s>",
  "(*c*), really": "(<em>c</em>), really",
  "**Note:** c": "<strong>Note:</strong> c",
  "*a\nb*": "<em>a\nb</em>",
  "**`b`**": "<strong><code>b</code></strong>",
  "这是**重点**内容": "这是<strong>重点</strong>内容",
  "**a*": "*<em>a</em>",
  "*a _b* c_": "<em>a _b</em> c_",
  "a `b` c": "a <code>b</code> c",
  "`2 *x* _y_`": "<code>2 *x* _y_</code>",
  "``a`b``": "<code>a`b</code>",
  "` a  b `": "<code> a  b </code>",
  "```one line```": "<code>one line</code>",
  "`https://example.org`": "<code>https://example.org</code>",
  "it`s *a* `` b": "it`s <em>a</em> `` b",
};

for (const [text, wanted] of Object.entries(MARKED_UP)) {
  test(`marks are shown as what they mean: ${text}`, () => assert.equal(shown(text), wanted));
}

const AS_WRITTEN = [
  "2*3*4 = 24",
  "snake_case_name and __init__.py",
  "a * b * c",
  String.raw`C:\*dir and D:\*dir or C:\_x_y`,
  String.raw`\*not\* and \`x`,
  "src/*.py, *.js, lib/*.ts",
  "f(*args, **options) calls g(*args, **options)",
  "/* a */ and /** b */",
  "*mind '*' and _mind '_' as well",
  "(*_*) (^_^) -_- (*.*) o_o ~~~~ ***",
  "** spaced ** and * spaced *",
  "*/5 * * * *",
  "~~~tildes~~~ ~a~ and __b__",
  "变量_名字_值",
  "<b>bold</b> &amp; ![image](x) [text](y)",
  ">no quote\n >neither",
  "```hello",
  "a\n```",
];

for (const text of AS_WRITTEN) {
  test(`what is no mark stays as written: ${text}`, () => assert.equal(shown(text), text));
}

const BLOCKS = {
  "look:\n\n```js\n  if *x*:\n\n\ty `z` \n```\n\nok?": "look:|<pre>  if *x*:\n\n\ty `z` </pre>|ok?",
  "~~~\na\n~~~": "<pre>a</pre>",
  "````\n```\na\n```\n````": "<pre>```\na\n```</pre>",
  "a\n```\nb\n\n*c*": "a|<pre>b\n\n*c*</pre>",
  "```\na\nb```\nc": "<pre>a\nb</pre>|c",
  "```is this hidden\nx": "<pre>is this hidden\nx</pre>",
  "```\n```": "<pre></pre>",
  "> is *this* so?\n> yes\nI *think* so": "<q>is *this* so?\nyes</q>|I <em>think</em> so",
  "> as in https://a.org/b": "<q>as in <a>https://a.org/b</a></q>",
  "a\n\n> b\n\nc\n": "a|<q>b</q>|c",
};

for (const [text, wanted] of Object.entries(BLOCKS)) {
  test(`blocks stand apart: ${JSON.stringify(text)}`, () => assert.equal(shown(text), wanted));
}
