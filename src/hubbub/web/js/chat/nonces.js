/** Nonces for messages, made like those of `client/nonces.py`, which says why. */

const RANDOM_BYTES = 6;

export class Nonces {
  #beginning = randomHex();
  #number = 0;

  /** @returns {string} a nonce that no message has */
  next() {
    const number = this.#number++;
    return this.#beginning + number.toString(16).padStart(6, "0") + randomHex();
  }
}

function randomHex() {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
