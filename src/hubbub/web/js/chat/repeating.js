/**
 * Asks again what the server could not answer or do just now.
 *
 * A question that is refused for a passing reason is put off, and asked again, ever more rarely. What
 * changes one message goes one at a time, and so do the topics of a room: the next is asked when the
 * one before is done. So no older text of a message comes after a newer one, however often each is
 * repeated. `client/repeating.py` follows the same rules.
 */

import { ANSWER_MS } from "./questions.js";

/**
 * @typedef {import("./questions.js").Question} Question
 * @typedef {import("./types.js").Command} Command
 */

const FIRST_MS = 500;
const LONGEST_MS = 15_000;
const CHANGES = new Set(["edit", "delete", "react", "pin", "topic"]);
const READS = new Set([
  ...["join", "direct", "history", "search", "rooms"],
  ...["replies", "pins", "revisions", "mentions"],
]);

/**
 * @param {Command} command
 * @returns {string | undefined} what it changes, if it says how something shall stand from now on
 */
function subjectOf({ type, room, seq }) {
  return CHANGES.has(type) ? JSON.stringify([room, seq ?? null]) : undefined;
}

/** The questions of one connection that are asked again, or wait for another one to be done. */
export class Repeating {
  #random;
  /** @type {Map<Question, {nextMs: number, waitedMs: number}>} all that were refused so far */
  #waits = new Map();
  /** @type {Map<Question, number>} those that are not asked now, and when they are */
  #putOff = new Map();
  /** @type {Map<string, Question[]>} changes of one thing that are not done; the first was asked */
  #lines = new Map();

  /** @param {() => number} random from 0 to 1 */
  constructor(random) {
    this.#random = random;
  }

  /** @param {Question} question @returns {boolean} whether it was refused so far */
  repeats(question) {
    return this.#waits.has(question);
  }

  /** Whether a change waits until the server can do it. */
  get isDelayed() {
    return [...this.#waits.keys()].some(({ command }) => subjectOf(command) !== undefined);
  }

  /** Whether something waits until the server can answer it. */
  get isUnanswered() {
    return [...this.#waits.keys()].some(({ command }) => subjectOf(command) === undefined);
  }

  /**
   * @param {Question} question
   * @returns {boolean} whether it may be asked now, and need not wait for an earlier change
   */
  lineUp(question) {
    const subject = subjectOf(question.command);
    if (subject === undefined) return true;
    const line = this.#lines.get(subject) ?? [];
    this.#lines.set(subject, line);
    return line.push(question) === 1;
  }

  /**
   * Take in a refusal that passes.
   *
   * @param {Question} question
   * @param {number} now
   * @returns {boolean} whether it is asked again
   */
  putOff(question, now) {
    const isChange = subjectOf(question.command) !== undefined;
    if (!isChange && !READS.has(question.command.type)) return false;
    const wait = this.#waits.get(question) ?? { nextMs: FIRST_MS, waitedMs: 0 };
    // What only looks for something is given up at some time; a room that we return to is not.
    const lasts = isChange || question.about === "returning";
    if (!lasts && wait.waitedMs >= ANSWER_MS) return false;
    const ms = wait.nextMs * (0.5 + this.#random() / 2);
    this.#waits.set(question, {
      nextMs: Math.min(wait.nextMs * 2, LONGEST_MS),
      waitedMs: wait.waitedMs + ms,
    });
    this.#putOff.set(question, now + ms);
    return true;
  }

  /**
   * Take in that a question has its answer.
   *
   * @param {Question} question
   * @returns {Question | undefined} what may be asked now
   */
  done(question) {
    this.#waits.delete(question);
    const subject = subjectOf(question.command);
    const line = subject === undefined ? undefined : this.#lines.get(subject);
    if (subject === undefined || line?.[0] !== question) return undefined;
    line.shift();
    if (!line.length) this.#lines.delete(subject);
    return line[0];
  }

  /** When to ask something again. */
  get dueAt() {
    return Math.min(...this.#putOff.values());
  }

  /**
   * @param {number} now
   * @returns {Question[]} what is to be asked again now, in the order in which it was put off
   */
  due(now) {
    const due = [...this.#putOff].filter(([, until]) => until <= now).map(([question]) => question);
    for (const question of due) this.#putOff.delete(question);
    return due;
  }

  /** @returns {Question[]} all that are not under way; their connection is lost, and none waits */
  giveUp() {
    const waiting = [...this.#lines.values()].flatMap((line) => line.slice(1));
    const all = [...this.#putOff.keys(), ...waiting];
    this.#waits.clear();
    this.#putOff.clear();
    this.#lines.clear();
    return all;
  }
}
