/** What the user's other devices call this one. */

/** The first that fits: browsers name those that they descend from, too. */
const BROWSERS = /** @type {const} */ ([
  ["Edg", "Edge"],
  ["OPR", "Opera"],
  ["Firefox", "Firefox"],
  ["FxiOS", "Firefox"],
  ["Chrome", "Chrome"],
  ["CriOS", "Chrome"],
  ["Safari", "Safari"],
]);
const SYSTEMS = /** @type {const} */ ([
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["Mac OS", "Mac"],
  ["CrOS", "Chromebook"],
  ["Linux", "Linux"],
]);

/**
 * @param {string} userAgent
 * @returns {string} such as "Firefox on Linux"
 */
export function deviceLabel(userAgent) {
  /** @param {typeof BROWSERS | typeof SYSTEMS} table */
  const named = (table) => table.find(([sign]) => userAgent.includes(sign))?.[1];
  return [named(BROWSERS) ?? "Browser", named(SYSTEMS)].filter(Boolean).join(" on ");
}
