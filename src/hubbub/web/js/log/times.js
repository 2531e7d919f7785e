/** Times of messages as people write them. A message may claim any time, even an impossible one. */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const DAY_AND_CLOCK = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "short",
});
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });

/**
 * @param {Intl.DateTimeFormat} format
 * @param {Date} date
 */
function written(format, date) {
  return Number.isNaN(date.getTime()) ? "" : format.format(date);
}

/** @param {number} at */
export const clock = (at) => written(CLOCK, new Date(at));

/** @param {number} at */
export const dayAndClock = (at) => written(DAY_AND_CLOCK, new Date(at));

/**
 * @param {number} at
 * @returns {string | undefined} for machines; none where it is no time
 */
export function isoTime(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** @param {number} at */
export const fullTime = (at) => written(FULL, new Date(at));

/**
 * @param {number} at
 * @returns {string} what two times of one day have in common
 */
export const dayOf = (at) => new Date(at).toDateString();

/**
 * @param {number} at
 * @param {Date} now
 * @returns {string}
 */
export function dayTitle(at, now) {
  const date = new Date(at);
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (dayOf(at) === now.toDateString()) return "Today";
  if (dayOf(at) === yesterday.toDateString()) return "Yesterday";
  return written(date.getFullYear() === now.getFullYear() ? DAY : DATE, date) || "An unknown day";
}
