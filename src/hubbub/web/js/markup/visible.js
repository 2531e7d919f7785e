/** Removes from a text what would disturb the text around it. */

const MARKS_IN_A_ROW_MAX = 4;

const LINE_END = /\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;
// Control characters, and the bidirectional overrides, embeddings and isolates that put characters
// where they are not.
const UNSAFE = /[\0-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]/g;
const LONE_SURROGATE = /\p{Cs}/gu;
const PILE = new RegExp(
  `((?:[\\p{Mn}\\p{Me}]\\p{Cf}*){${MARKS_IN_A_ROW_MAX}})[\\p{Mn}\\p{Me}\\p{Cf}]+`,
  "gu",
);

/**
 * @param {string} text
 * @returns {string} the text without what disturbs; its only line ends are newlines
 */
export function visible(text) {
  return text
    .replace(LINE_END, "\n")
    .replace(UNSAFE, "")
    .replace(LONE_SURROGATE, "\ufffd")
    .replace(PILE, "$1");
}

/**
 * @param {string} text
 * @returns {string} the text as one line, for names and excerpts
 */
export function oneLine(text) {
  return visible(text).replace(/\s+/g, " ").trim();
}
