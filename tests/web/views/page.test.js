import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const WEB = new URL("../../../src/hubbub/web/", import.meta.url);
const page = readFileSync(new URL("index.html", WEB), "utf8");
const files = (folder) => readdirSync(new URL(folder, WEB), { recursive: true });
const sources = files("js/").filter((path) => path.endsWith(".js"));

test("every style sheet is linked", () => {
  const linked = [...page.matchAll(/rel="stylesheet" href="\/styles\/(.+?)"/g)].map(([, path]) => path);
  assert.deepEqual(linked.sort(), files("styles/").sort());
});

test("nothing is inline, and nothing comes from elsewhere", () => {
  assert.doesNotMatch(page, /<script(?![^>]* src="\/)|<style|\sstyle=|\son[a-z]+=|https?:/);
});

test("no text can become HTML", () => {
  for (const path of sources) {
    const source = readFileSync(new URL(`js/${path}`, WEB), "utf8");
    assert.doesNotMatch(
      source,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/,
      path,
    );
  }
});

test("the views find the elements they ask for", () => {
  const ids = new Set([...page.matchAll(/ id="(.+?)"/g)].map(([, id]) => id));
  for (const path of sources.filter((one) => one === "main.js" || one.startsWith("views/"))) {
    const source = readFileSync(new URL(`js/${path}`, WEB), "utf8");
    for (const [, id] of source.matchAll(/\bpart\("(.+?)"/g)) assert.ok(ids.has(id), `${path}: #${id}`);
  }
});

test("while one chats, the composer is the last textbox", () => {
  assert.equal([...page.matchAll(/<(?:input|textarea)[^>]* id="(.+?)"/g)].at(-1)[1], "message");
});

test("text can be read on every ground, in light and in dark", () => {
  const styles = readFileSync(new URL("styles/base.css", WEB), "utf8");
  const [light, dark] = colours(styles);
  const grounds = ["ground", "surface", "raised", "tint", "mention", "code-ground"];
  const texts = [
    "text",
    "muted",
    "accent",
    "danger",
    "ok",
    ...Array.from({ length: 12 }, (_, at) => `name-${at}`),
  ];
  for (const scheme of [light, dark]) {
    for (const ground of grounds) {
      for (const text of texts) {
        const found = contrast(scheme[text], scheme[ground]);
        assert.ok(found >= 4.5, `--${text} on --${ground}: ${found.toFixed(2)}`);
      }
    }
    assert.ok(contrast(scheme["on-accent"], scheme.accent) >= 4.5);
    assert.ok(contrast(scheme.edge, scheme.raised) >= 3, "fields must be seen");
    assert.ok(contrast(scheme.focus, scheme.ground) >= 3);
  }
});

/** The colours that a style sheet names, in light and in dark. */
function colours(styles) {
  const pairs = [...styles.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)];
  return [2, 3].map((at) => Object.fromEntries(pairs.map((found) => [found[1], found[at]])));
}

/** The contrast of two colours as WCAG defines it, from 1 to 21. */
function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
