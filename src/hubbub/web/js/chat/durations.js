/** How long something holds, as people write it and as they are told; as `chat/durations.py`. */

import { ChatError } from "./errors.js";

const DAY = 86_400;
const DAYS_MAX = 3660;
const UNITS = new Map(
  Object.entries({
    1: "s sec secs second seconds",
    60: "m min mins minute minutes",
    3600: "h hr hrs hour hours",
    [DAY]: "d day days",
    [7 * DAY]: "w week weeks",
    [30 * DAY]: "month months",
    [365 * DAY]: "y year years",
  }).flatMap(([seconds, words]) => words.split(" ").map((word) => [word, Number(seconds)])),
);
const SPOKEN = Object.entries({ day: DAY, hour: 3600, minute: 60, second: 1 });

const FOR_GOOD = /^(?:for\s+good|for\s*ever|permanently)(?!\S)\s*/i;
const FOR = /^for\s+(?=\S*\d)/i;
const PART = /^(\d{1,9})\s*([a-z]+)(?![^\s\d,:;])\s*/i;

/**
 * @param {string} text
 * @returns {{seconds?: number, rest: string}} no seconds: for good, or nothing is said of it; a number that
 *   is no time is refused, for it could have been meant as one
 */
export function splitDuration(text) {
  const good = FOR_GOOD.exec(text);
  if (good) return { rest: text.slice(good[0].length) };
  let rest = text.replace(FOR, "");
  let seconds = 0;
  for (let part = PART.exec(rest); part; part = PART.exec(rest)) {
    const unit = UNITS.get((part[2] ?? "").toLowerCase());
    if (!unit) break;
    seconds += Number(part[1]) * unit;
    rest = rest.slice(part[0].length);
  }
  if (/^[-+.,~]*\d/.test(rest)) throw noTime(rest.split(/\s+/).slice(0, 2).join(" "));
  if (rest === text) return { rest };
  if (!seconds) throw noTime(text);
  if (seconds > DAYS_MAX * DAY)
    throw new ChatError("bad_command", "That is longer than ten years. Write 'for good' instead.");
  return { seconds, rest: rest.replace(/^[,:; ]+/, "") };
}

/** @param {string} said */
const noTime = (said) =>
  new ChatError(
    "bad_command",
    `'${said.slice(0, 40)}' is no time. Write it like 10m, 2h, 7 days or 'for good', and then the reason.`,
  );

/**
 * @param {number} seconds
 * @returns {string} to its two largest units: "1 hour 30 minutes"
 */
export function spokenDuration(seconds) {
  const parts = [];
  let left = seconds;
  for (const [word, size] of SPOKEN) {
    const count = Math.floor(left / size);
    left %= size;
    if (count) parts.push(`${count.toLocaleString("en")} ${word}${count > 1 ? "s" : ""}`);
    else if (parts.length) break; // 1 day 3 seconds would claim to be exact
  }
  return parts.slice(0, 2).join(" ") || "no time";
}
