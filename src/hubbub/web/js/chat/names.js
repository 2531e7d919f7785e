/** When two names are the same, and which rooms are private. */

/**
 * @param {string} name
 * @returns {string} what all spellings have in common that the server takes for the same name
 */
export const nameKey = (name) => name.trim().replace(/\s+/gu, " ").normalize("NFKC").toLowerCase();

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
