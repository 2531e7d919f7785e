/** How long messages are kept, as a rule of a room and as people write it; `hubbub/chat/retention.py` has the same. */

/** @typedef {{days?: number, messages?: number}} Retention 0, or nothing, is no bound */

/**
 * @param {string} words such as `30 days`, `1000 messages`, both, or `off`
 * @returns {Retention | null} null if they mean nothing
 */
export function parseRetention(words) {
  if (words.trim().toLowerCase() === "off") return {};
  /** @type {Retention} */
  const found = {};
  for (const part of words.split(/ and |,/)) {
    const said = /^([0-9]{1,9}) *(d|days?|messages?)$/i.exec(part.trim());
    if (!said || !Number(said[1])) return null;
    found[said[2][0].toLowerCase() === "d" ? "days" : "messages"] = Number(said[1]);
  }
  return found;
}

/** @param {Retention} retention @returns {string} how long, as "messages are kept …" ends; empty for ever */
export function keptWords({ days = 0, messages = 0 }) {
  const parts = [
    days && (days === 1 ? "for 1 day" : `for ${days} days`),
    messages && `while they are among the newest ${messages}`,
  ];
  return parts.filter(Boolean).join(" and ");
}
