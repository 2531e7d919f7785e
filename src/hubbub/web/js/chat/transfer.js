/** One request that carries bytes, and tells how many are on their way: `fetch` does not. */

import { ChatError } from "./errors.js";

const LOST = "The connection is lost. The file goes on when it is back.";

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} text
 * @property {(name: string) => string | null} header
 *
 * @typedef {object} Sending
 * @property {Record<string, string>} [headers]
 * @property {Blob} [body]
 * @property {AbortSignal} [signal]
 * @property {(bytes: number) => void} [progress] called with how much of the body is on its way
 */

/**
 * @param {string} method
 * @param {string} address
 * @param {Sending} [sending]
 * @returns {Promise<Answer>} whatever the status; a connection that is lost is a ChatError `offline`
 */
export function transfer(method, address, { headers = {}, body, signal, progress } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (progress) request.upload.addEventListener("progress", ({ loaded }) => progress(loaded));
    const lost = () => reject(new ChatError("offline", LOST));
    for (const end of ["error", "abort", "timeout"]) request.addEventListener(end, lost);
    request.addEventListener("load", () => {
      const header = (/** @type {string} */ name) => request.getResponseHeader(name);
      resolve({ status: request.status, text: request.responseText, header });
    });
    signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}
