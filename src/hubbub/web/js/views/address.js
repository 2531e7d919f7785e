/** The page's own address, and the secrets that come after its `#`, which browsers send to nobody. */

import { home } from "../addresses/home.js";

/**
 * @typedef {object} Brought what the address had
 * @property {string} [password]
 * @property {string} [invite] an invitation
 * @property {string} [link] a code that another device shows
 */

/**
 * Take what comes with the address out of it, and out of the browser's history.
 * @returns {Brought}
 */
export function takeFragment() {
  const brought = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (location.hash) history.replaceState(null, "", location.pathname);
  return brought;
}

/**
 * @param {string} typed an invitation, or the whole address that brings it
 * @returns {string} the invitation
 */
export const invitationIn = (typed) => /#invite=([^&\s]+)/.exec(typed)?.[1] ?? typed.trim();

/**
 * @param {keyof Brought} what
 * @param {string} secret
 */
export const addressWith = (what, secret) => `${home().origin}/#${what}=${encodeURIComponent(secret)}`;

/** Why nobody elsewhere reaches this address, or "". */
export const reach = () =>
  /^(localhost|127\.|\[::1\])/.test(home().hostname)
    ? "This address leads to this machine alone. For others, put one in its place by which they reach it."
    : "";
