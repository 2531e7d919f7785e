/**
 * What we give a server so that it lets us in: the password, and the secrets that say who we are.
 *
 * Nothing else ever sends any of them. The password goes only to a server that says it is locked,
 * once on a connection; the secret of a session only under the name for which it was given; that of
 * the device only to a server that knows people. `client/admission.py` follows the same rules.
 */

/**
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").WireEvent} WireEvent
 *
 * @typedef {Command & {type: "login" | "link" | "recover" | "identify"}} Proof tells once who we are, to
 *   a server that does not know our device yet; it does from then on. `identify`: with an invitation
 *
 * @typedef {object} Proofs what we have
 * @property {string} password
 * @property {boolean} isUnlocked whether the password was given on this connection
 * @property {string} device the secret by which the server knows the user again
 * @property {string} label what the user's other devices call this one
 * @property {string} secret of the latest session of this name
 * @property {Proof} [proof]
 *
 * @typedef {{about: "unlocking" | "identifying" | "resuming", command: Command}} Answer
 */

const PEOPLE = "people"; // the feature of a server that knows people, and not only names
const UNKNOWING = "This chatroom knows nobody but by name.";

/**
 * @param {WireEvent} welcome
 * @param {Proofs} proofs
 * @returns {Answer | "locked" | {refused: string} | null} null: we are in
 */
export function answerTo(welcome, { password, isUnlocked, device, label, secret, proof }) {
  const knowsPeople = device !== "" && welcome.features.includes(PEOPLE);
  /** @type {Answer} */
  const identify = {
    about: "identifying",
    command: { ...(proof ?? { type: "identify" }), device, label: label || undefined },
  };
  if (welcome.locked) {
    // A device that was invited needs no password, neither with the invitation nor later.
    if (knowsPeople && !isUnlocked && (proof ? proof.invitation : !password)) return identify;
    return password && !isUnlocked ? { about: "unlocking", command: { type: "unlock", password } } : "locked";
  }
  if (knowsPeople) return identify;
  if (proof) return { refused: UNKNOWING };
  // Whether or not the name is held, we are who had it before, in private rooms as well.
  if (secret || welcome.held) return { about: "resuming", command: { type: "resume", session: secret } };
  return null;
}
