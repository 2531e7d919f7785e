/** Who the user is to the server. */

import { sameName } from "./names.js";

/**
 * @typedef {object} Me
 * @property {string} name as the server writes it
 * @property {string} person the id by which the server knows the user, "" if it knows but the name
 */

/**
 * People may change their names, and names their people: where the server knows a person, only the id counts.
 *
 * Whoever said something elsewhere is nobody of their name here.
 *
 * @param {{from: string, person?: string, imported?: string}} event
 * @param {Me} me
 * @returns {boolean} whether it is by the user, on whatever device
 */
export function isOwn({ from, person = "", imported }, me) {
  if (imported) return false;
  return me.person || person ? person === me.person : sameName(from, me.name);
}
