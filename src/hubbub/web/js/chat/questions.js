/**
 * What the server owes an answer. Every ref comes from here, and nowhere else is it kept what a ref
 * stands for. `client/questions.py` follows the same rules.
 */

/**
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").WireEvent} WireEvent
 *
 * @typedef {"greeting" | "unlocking" | "identifying" | "resuming" | "living" | "posting" | "returning"
 *   | "asking" | "proving"} About what is done with the answer
 *
 * @typedef {object} Question
 * @property {About} about
 * @property {Command} command
 * @property {number} at when it was asked
 * @property {(event: WireEvent) => void} resolve
 * @property {(error: Error) => void} reject
 */

/** How long a question may stay unanswered on a connection that lives. */
export const ANSWER_MS = 25_000;

export class Questions {
  #latest = 0;
  /** @type {Map<string, Question>} */
  #open = new Map();
  /**
   * Messages have their own patience: a server may take many before it answers the first, and answer
   * as slowly as its pace demands. So they wait from the latest answer to one of them.
   *
   * @type {Map<string, Question>}
   */
  #posting = new Map();
  #postedAt = 0;
  /** @type {Map<unknown, string>} by room, the ref of the newest message that is not answered yet */
  #newest = new Map();

  /**
   * @param {Question} question
   * @returns {string} its ref
   */
  ask(question) {
    this.#latest += 1;
    const ref = `${this.#latest}`;
    (question.about === "posting" ? this.#posting : this.#open).set(ref, question);
    if (question.about === "posting") this.#newest.set(question.command.room, ref);
    return ref;
  }

  /**
   * @param {unknown} room
   * @returns {string | undefined} the ref of the newest message to it that is not answered yet
   */
  newest(room) {
    return this.#newest.get(room);
  }

  /** Whether nothing is waited for. */
  get areAnswered() {
    return !this.#open.size && !this.isPosting;
  }

  /** Whether a message is not answered yet. */
  get isPosting() {
    return this.#posting.size > 0;
  }

  /**
   * @param {string | undefined} ref
   * @param {number} now
   * @returns {Question | undefined} which is open no more
   */
  answered(ref, now) {
    if (ref === undefined) return undefined;
    const question = this.#posting.get(ref) ?? this.#open.get(ref);
    if (this.#posting.delete(ref)) this.#postedAt = now;
    const room = question?.command.room;
    if (this.#newest.get(room) === ref) this.#newest.delete(room);
    this.#open.delete(ref);
    return question;
  }

  /** When messages will have waited too long for any answer. */
  get postingOverdueAt() {
    const [oldest] = this.#posting.values();
    return oldest ? Math.max(oldest.at, this.#postedAt) + ANSWER_MS : Infinity;
  }

  /** When another question will have waited too long. */
  get overdueAt() {
    const [oldest] = this.#open.values();
    return oldest ? oldest.at + ANSWER_MS : Infinity;
  }

  /**
   * @param {number} now
   * @returns {Question[]} the questions, but for messages, that have waited too long; open no more
   */
  overdue(now) {
    const late = [];
    for (const [ref, question] of this.#open) {
      if (now < question.at + ANSWER_MS) break;
      this.#open.delete(ref);
      late.push(question);
    }
    return late;
  }

  /** @returns {Question[]} all; none is open any more: their connection is lost */
  giveUp() {
    const all = [...this.#open.values(), ...this.#posting.values()];
    this.#open.clear();
    this.#posting.clear();
    this.#newest.clear();
    return all;
  }
}
