/** What the server refuses, or what is not possible now: a code and a sentence for people. */
export class ChatError extends Error {
  /**
   * @param {string} code as in docs/protocol.md, section 5.4, or "offline"
   * @param {string} sentence
   * @param {number} [retryAfter] in how many seconds the reason will have passed, if that is known
   */
  constructor(code, sentence, retryAfter) {
    super(sentence);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
