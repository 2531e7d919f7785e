/**
 * Which refusals pass by themselves; those with other codes last, and are told to the user.
 *
 * The table of `hubbub/chat/errors.py`: a test compares both (docs/protocol.md, section 5.4).
 */
const PASSING = new Set([
  "handshake_timeout",
  "http_unavailable",
  "idle",
  "log_unavailable",
  "not_ready",
  "server_fault",
  "slow_body",
  "slow_down",
  "slow_frame",
  "too_much",
]);

/** @param {string} code */
export const isPassing = (code) => PASSING.has(code);
