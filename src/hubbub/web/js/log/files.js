/** The files of a message as DOM nodes. Pictures have their place before they come: nothing jumps. */

import { oneLine } from "../markup/visible.js";
import { el } from "./element.js";

/** @typedef {import("../chat/types.js").FileSummary} FileSummary */

const SHOWN_WIDTH_MAX = 400;
const SHOWN_HEIGHT_MAX = 300;
const UNITS = ["bytes", "kB", "MB", "GB"];

/**
 * @param {readonly FileSummary[]} [files]
 * @param {boolean} [isPosted] whether the message stands: before that, its files cannot be had
 * @returns {HTMLElement[]}
 */
export function filesOf(files = [], isPosted = true) {
  return files.length ? [el("div", { class: "files" }, ...files.map(isPosted ? fileOf : named))] : [];
}

/** @param {{text: string, files?: FileSummary[]}} message @returns {string} its text, or what it brings */
export const saidIn = ({ text, files = [] }) => text || files.map(({ name }) => name).join(", ");

/** @param {FileSummary} file @returns {string} where its bytes are */
export const addressOf = ({ id, name }) => `/files/${id}/${encodeURIComponent(name)}`;

/** @param {FileSummary} file @returns {string} where what is seen of a picture is */
export const previewOf = (file) => (file.preview ? `/files/${file.id}/preview` : addressOf(file));

/** @param {number} bytes @returns {string} as people read it */
export function sizeOf(bytes) {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const amount = bytes / 1000 ** power;
  return `${amount.toFixed(power && amount < 10 ? 1 : 0)} ${UNITS[power]}`;
}

/** @param {FileSummary} file */
function named({ name, size }) {
  return el(
    "p",
    { class: "file" },
    el("bdi", { class: "name" }, oneLine(name)),
    " ",
    el("small", {}, sizeOf(size)),
  );
}

/** @param {FileSummary} file */
function fileOf(file) {
  const name = oneLine(file.name);
  if (file.width && file.height) return picture(file, name);
  const [kind] = file.type.split("/");
  const link = el(
    "a",
    { class: "file", href: addressOf(file), target: "_blank", rel: "noopener" },
    el("bdi", { class: "name" }, name),
    " ",
    el("small", {}, sizeOf(file.size)),
  );
  if (kind !== "audio" && kind !== "video") return link;
  const player = el(kind, { controls: true, preload: "metadata", src: addressOf(file), "aria-label": name });
  return el("figure", {}, player, el("figcaption", {}, link));
}

/**
 * @param {FileSummary} file
 * @param {string} name
 */
function picture(file, name) {
  const { width = 1, height = 1 } = file;
  const scale = Math.min(1, SHOWN_WIDTH_MAX / width, SHOWN_HEIGHT_MAX / height);
  const image = el("img", {
    src: previewOf(file),
    alt: name,
    width: `${Math.max(1, Math.round(width * scale))}`,
    height: `${Math.max(1, Math.round(height * scale))}`,
    decoding: "async",
  });
  return el(
    "button",
    { type: "button", class: "picture", "data-act": "view", "data-file": file.id, title: name },
    image,
  );
}
