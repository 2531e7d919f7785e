/** Brings one file to the server, from wherever it got to (docs/protocol.md, Files). */

import { ChatError } from "./errors.js";

/**
 * @typedef {import("./transfer.js").Answer} Answer
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").FileSummary} FileSummary
 * @typedef {import("./types.js").WireEvent} WireEvent
 *
 * @typedef {object} Item a file that is to go with a message
 * @property {string} id
 * @property {string} name
 * @property {Blob} bytes
 * @property {number} sent how many bytes of it are there, as far as is known
 * @property {string} [address] where they go
 * @property {FileSummary} [file] what the server says of it, when all are there
 * @property {string} [failure] why the server does not take it
 *
 * @typedef {object} Ways
 * @property {(command: Command) => Promise<WireEvent>} ask
 * @property {typeof import("./transfer.js").transfer} transfer
 */

/** What one request brings: so much is sent again if the connection is lost in its middle. */
export const SLICE_BYTES = 4_194_304;

const ASTRAY = "The server is at another place of the file. It is asked again.";
const GONE = 404;
const ELSEWHERE = 409;

/**
 * @param {Item} item whose `address` and `sent` are kept up to date
 * @param {string} room
 * @param {Ways} ways
 * @param {AbortSignal} signal
 * @param {() => void} moved
 * @returns {Promise<FileSummary>}
 */
export async function bring(item, room, { ask, transfer }, signal, moved) {
  const offset = item.address ? await reached(item.address, transfer) : undefined;
  if (offset === undefined) {
    const { address } = await ask({ type: "upload", room, name: item.name, size: item.bytes.size });
    item.address = `${address}`;
  }
  item.sent = offset ?? 0;
  moved();
  for (;;) {
    const start = item.sent;
    const answer = await transfer("PATCH", `${item.address}`, {
      headers: { "Upload-Offset": `${start}`, "Content-Type": "application/offset+octet-stream" },
      body: item.bytes.slice(start, start + SLICE_BYTES),
      signal,
      progress: (bytes) => {
        item.sent = start + bytes;
        moved();
      },
    });
    if (answer.status === 200) return JSON.parse(answer.text).file;
    if (answer.status === GONE || answer.status === ELSEWHERE) throw new ChatError("offline", ASTRAY);
    item.sent = offsetOf(answer);
    moved();
  }
}

/**
 * @param {string} address
 * @param {Ways["transfer"]} transfer
 * @returns {Promise<number | undefined>} how far the server is; undefined if it has forgotten the upload
 */
async function reached(address, transfer) {
  const answer = await transfer("HEAD", address);
  return answer.status === GONE ? undefined : offsetOf(answer);
}

/** @param {Answer} answer */
function offsetOf(answer) {
  const offset = Number(answer.header("Upload-Offset") ?? Number.NaN);
  if (answer.status < 300 && Number.isSafeInteger(offset)) return offset;
  throw refused(answer);
}

/** @param {Answer} answer */
function refused({ status, text, header }) {
  /** @type {{code?: string, detail?: string}} */
  let problem = {};
  try {
    problem = JSON.parse(text);
  } catch {
    // What stands between us and the server says it in its own words.
  }
  const code = problem.code ?? (status >= 500 ? "server_fault" : "refused");
  const sentence = problem.detail ?? `The server does not take the file (${status}).`;
  return new ChatError(code, sentence, Number(header("Retry-After")) || undefined);
}
