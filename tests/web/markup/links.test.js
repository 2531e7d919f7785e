/** Links: what can be clicked, and that it leads where it says. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { links } from "./texts.js";

const LINKS = {
  "see https://example.org/a_b/_c_?d=*e*#f now": "https://example.org/a_b/_c_?d=*e*#f",
  "HTTP://EXAMPLE.ORG": "HTTP://EXAMPLE.ORG",
  "http://localhost:8000/x.": "http://localhost:8000/x",
  "(https://a.org/b_(c)), and": "https://a.org/b_(c)",
  "[a [b]](https://a.org/b)": "https://a.org/b",
  "<https://a.org/b>": "https://a.org/b",
  "*https://a.org/b*!": "https://a.org/b",
  "~~https://a.org/b.~~": "https://a.org/b",
  "https://a.org/b`c`": "https://a.org/b",
  "看https://a.org/b。": "https://a.org/b",
  "'https://a.org/b?'": "https://a.org/b",
  "https://a.org/-/": "https://a.org/-/",
  "see https://a.org/wiki/Name_ and": "https://a.org/wiki/Name_",
  "https://a.org/~": "https://a.org/~",
  "https://a.org/~~ and": "https://a.org/~~",
  "so_ https://a.org/b_": "https://a.org/b_",
  "https://a.org/b_.": "https://a.org/b_",
  "_https://a.org/b_": "https://a.org/b",
  "_see https://a.org/b_ now": "https://a.org/b",
  "_see https://a.org/b__ now": "https://a.org/b_",
  "*https://a.org/b_*": "https://a.org/b_",
  "**_https://a.org/b_**": "https://a.org/b",
  "_**https://a.org/b**_": "https://a.org/b",
  "~~no: https://a.org/b~~": "https://a.org/b",
  "看https://a.org/b，然后": "https://a.org/b",
  "（见https://a.org/b）。": "https://a.org/b",
  "「https://a.org/b」と": "https://a.org/b",
  "https://a.org/b（参考）": "https://a.org/b",
  "https://a.org/b：说明": "https://a.org/b",
  "https://a.org/b～": "https://a.org/b",
  "https://a.org/b！": "https://a.org/b",
  "https://a.org/b、https": "https://a.org/b",
  "https://a.org/b……好": "https://a.org/b",
  "“https://a.org/b”, she said": "https://a.org/b",
  "«https://a.org/b»,": "https://a.org/b",
  "https://a.org/b، ثم": "https://a.org/b",
  "https://a.org/b؟": "https://a.org/b",
  "https://a.org/b\u200f ועוד": "https://a.org/b",
  "https://a.org/b।": "https://a.org/b",
  "https://a.org/wiki/维基百科": "https://a.org/wiki/维基百科",
  "https://a.org/wiki/Michelson–Morley": "https://a.org/wiki/Michelson–Morley",
  "https://a.org/wiki/ダ・ヴィンチ": "https://a.org/wiki/ダ・ヴィンチ",
  "https://a.org/wiki/צה״ל": "https://a.org/wiki/צה״ל",
  "{https://a.org/[b]}": "https://a.org/[b]",
};

for (const [text, url] of Object.entries(LINKS)) {
  test(`a link can be clicked: ${text}`, () => {
    assert.deepEqual(links(text), [[url, new URL(url).href, ""]]);
  });
}

const SEVERAL = {
  "[https://a.org/b](https://a.org/c)": ["https://a.org/b", "https://a.org/c"],
  "https://a.org/b，https://a.org/c。": ["https://a.org/b", "https://a.org/c"],
  "https://a.org/b,https://a.org/c": ["https://a.org/b", "https://a.org/c"],
  "_https://a.org/b_ https://a.org/c_": ["https://a.org/b", "https://a.org/c_"],
  "https://a.org/?to=https://b.org/": ["https://a.org/?to=https://b.org/"],
};

for (const [text, urls] of Object.entries(SEVERAL)) {
  test(`each of several links can be clicked: ${text}`, () => {
    assert.deepEqual(
      links(text).map(([url]) => url),
      urls,
    );
  });
}

const NO_LINKS = [
  "example.org and www.example.org",
  "ann@example.org mailto:ann@example.org",
  "ftp://example.org javascript://example.org file:///etc/passwd data:text/html,x",
  "xhttps://example.org",
  "https:// and http://",
  "`https://example.org`",
  "```\nhttps://example.org\n```",
  `https://example.org/${"x".repeat(1981)}`,
  "https://bank.example@evil.example/",
  "https://ann:secret@example.org/",
  "https://[nonsense/",
];

for (const text of NO_LINKS) {
  test(`what is no honest link cannot be clicked: ${text.slice(0, 60)}`, () => {
    assert.deepEqual(links(text), []);
  });
}

test("the longest link can be clicked", () => {
  assert.equal(links(`https://example.org/${"x".repeat(1980)}`).length, 1);
});

const OTHER_HOSTS = {
  "https://\u0430pple.com/login": "xn--pple-43d.com",
  "https://é.org/ü?a=b": "xn--9ca.org",
  "http://0x7f.1/": "127.0.0.1",
  "https://good%2eexample/": "good.example",
};

for (const [text, host] of Object.entries(OTHER_HOSTS)) {
  test(`a host that is written otherwise is told: ${text}`, () => {
    assert.deepEqual(
      links(text).map(([, , told]) => told),
      [host],
    );
  });
}

test("a backslash does not hide the host", () => {
  const [[, to, host]] = links("https://good.example\\@evil.example/");
  assert.equal(new URL(to).hostname, "good.example");
  assert.equal(host, "");
});

test("a name for an address is shown with the host", () => {
  assert.deepEqual(links("see [my bank](https://evil.example/a) now"), [
    ["my bank", "https://evil.example/a", "evil.example"],
  ]);
});
