/** When two names are the same, and what rooms are by their names. */

const KEYS_MAX = 5000;
/** @type {Map<string, string>} keys of names, which are compared again and again */
const keys = new Map();

/**
 * @param {string} name
 * @returns {string} what all spellings have in common that the server takes for the same name
 */
export function nameKey(name) {
  let key = keys.get(name);
  if (key === undefined) {
    key = name.trim().replace(/\s+/gu, " ").normalize("NFKC").toLowerCase();
    if (keys.size >= KEYS_MAX) keys.clear();
    keys.set(name, key);
  }
  return key;
}

/**
 * @param {string} one
 * @param {string} other
 * @returns {boolean} whether the server takes them for the same name
 */
export function sameName(one, other) {
  return one === other || nameKey(one) === nameKey(other);
}

/**
 * @param {string} room
 * @returns {boolean} whether it is a private room of two
 */
export function isDirect(room) {
  return room.startsWith("@");
}

/**
 * @param {string} room
 * @returns {boolean} whether the server keeps it by itself
 */
export function isSystem(room) {
  return room.startsWith("$");
}

const REPORTS = "$reports/"; // about a room, whose name follows

/**
 * @param {string} room
 * @returns {string} what it is called, unless it has a title of its own
 */
export function titleOf(room) {
  if (room === "$audit") return "Audit record";
  if (room === "$reports") return "Reports";
  return room.startsWith(REPORTS) ? `Reports about #${room.slice(REPORTS.length)}` : `#${room}`;
}
