/**
 * The states of a session, and which may follow which; `client/states.py` has the same.
 *
 *     state      what it is                                     may become
 *     out        nobody yet, or no more                         dialling
 *     dialling   a connection is being made                     greeting, …
 *     greeting   hello is said                                  unlocking, identifying, resuming, …
 *     unlocking  the password is given                          identifying, resuming, online, …
 *     identifying  the secret of this browser is given          online, …
 *     resuming   the secret is given that makes us who we were  online, …
 *     online     events flow                                    …
 *     waiting    the connection is lost; it is made again       dialling, out
 *     locked     the user has to give a password                dialling, out
 *     refused    the user has to choose another name            dialling, out
 *     elsewhere  it goes on in another tab                      dialling, out
 *     … is any of the last four, and what `connect` and `end` lead to.
 *
 * @typedef {"out" | "dialling" | "greeting" | "unlocking" | "identifying" | "resuming" | "online"
 *   | "waiting" | "locked" | "refused" | "elsewhere"} State
 */

/** @type {State[]} */
const ENDS = ["waiting", "locked", "refused", "elsewhere", "dialling", "out"];
/** @type {Record<State, State[]>} */
export const NEXT = {
  out: ["dialling", "out"],
  dialling: ["greeting", ...ENDS],
  greeting: ["unlocking", "identifying", "resuming", "online", ...ENDS],
  unlocking: ["identifying", "resuming", "online", ...ENDS],
  identifying: ["online", ...ENDS],
  resuming: ["online", ...ENDS],
  online: ENDS,
  waiting: ["dialling", "out"],
  locked: ["dialling", "out"],
  refused: ["dialling", "out"],
  elsewhere: ["dialling", "out"],
};
