/** Addresses in a message that can be opened. */

const URL_CHARS_MAX = 2000;

const CANDIDATE = /(?<![A-Za-z0-9])https?:\/\/[^\s`<>"]+/gi;
const NOT_LAST = /[*_~]|(?![/)\]}&#%@-])\p{P}/u;
const CLOSING = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);

/**
 * @typedef {object} Link
 * @property {number} start
 * @property {number} end
 * @property {string} to where it leads
 * @property {string} host the host, where it is written otherwise than it is; else empty
 */

/**
 * @param {string} text
 * @returns {Link[]}
 */
export function linksIn(text) {
  const links = [];
  for (const found of text.matchAll(CANDIDATE)) {
    const written = trimmed(found[0]);
    const target = written.length <= URL_CHARS_MAX && targetOf(written);
    if (target) links.push({ start: found.index, end: found.index + written.length, ...target });
  }
  return links;
}

/**
 * @param {string} url
 * @returns {string} the URL without what belongs to the sentence around it
 */
function trimmed(url) {
  /** @type {Record<string, number>} */
  const open = {};
  let end = 0;
  for (; end < url.length; end++) {
    const opening = CLOSING.get(url[end]);
    if (opening) {
      if (!open[opening]) break;
      open[opening]--;
    } else open[url[end]] = (open[url[end]] ?? 0) + 1;
  }
  while (NOT_LAST.test(url[end - 1])) end--;
  return url.slice(0, end);
}

/**
 * @param {string} written
 * @returns {{to: string, host: string} | null} null if it is no address, or one that misleads
 */
function targetOf(written) {
  if (!URL.canParse(written)) return null;
  const url = new URL(written);
  // A name before the host looks like a host: https://bank.example@evil.example
  if (url.username || url.password || url.href.length > URL_CHARS_MAX) return null;
  const shown = /\/\/([^/?#\\]*?)(:\d*)?(?=[/?#\\]|$)/.exec(written);
  const isPlain = shown?.[1].toLowerCase() === url.hostname;
  return { to: url.href, host: isPlain ? "" : url.hostname };
}
