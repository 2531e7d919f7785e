/** index.html in a DOM under node, so that views can be tested without a browser. */

import { readFileSync } from "node:fs";
import { Window } from "happy-dom";

const WEB = new URL("../../../src/hubbub/web/", import.meta.url);
const HTML = readFileSync(new URL("index.html", WEB), "utf8").replace(/<script[^>]*>.*?<\/script>/g, "");
const GLOBALS = [
  "document",
  "Node",
  "Text",
  "Element",
  "Image",
  "Event",
  "KeyboardEvent",
  "MouseEvent",
  "Notification",
  "ResizeObserver",
  "history",
  "location",
];

const NO_MEDIA = { matchMedia: (media) => ({ media, matches: false, addEventListener() {} }) };

/** What browsers have as properties of elements. */
const ARIA = ["Current", "Expanded", "Invalid", "Label", "Pressed", "Selected"].map((word) => [
  `aria${word}`,
  `aria-${word.toLowerCase()}`,
]);

/** @param {object} prototype @param {string} property @param {string} attribute */
function reflect(prototype, property, attribute) {
  Object.defineProperty(prototype, property, {
    configurable: true,
    get() {
      return this.getAttribute(attribute);
    },
    set(value) {
      if (value === null) this.removeAttribute(attribute);
      else this.setAttribute(attribute, value);
    },
  });
}

/**
 * Put the page into a new window, and its names where modules look for them.
 *
 * @param {object} [of]
 * @param {number} [of.width] of the window, in pixels
 */
export function screen({ width = 1280 } = {}) {
  const window = new Window({ url: "http://localhost/", width, height: 800 });
  window.document.write(HTML);
  window.Element.prototype.checkVisibility ??= () => true;
  for (const [property, attribute] of ARIA) reflect(window.Element.prototype, property, attribute);
  const classes = Object.getOwnPropertyNames(window).filter((name) => /^HTML\w*Element$/.test(name));
  for (const name of [...GLOBALS, ...classes]) globalThis[name] = window[name];
  globalThis.window = window;
  // Of what a browser can say of a device, the width alone matters here.
  globalThis.matchMedia = (query) => (query.includes("width") ? window : NO_MEDIA).matchMedia(query);
  globalThis.requestAnimationFrame = (run) => setTimeout(run);
  return window;
}

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/** @param {Element} element @returns {string} its text, with single spaces */
export const textOf = (element) => element.textContent.replace(/\s+/g, " ").trim();

/** @param {EventTarget} target @param {string} key @param {object} [how] @returns {KeyboardEvent} */
export function press(target, key, how = {}) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...how });
  target.dispatchEvent(event);
  return event;
}
