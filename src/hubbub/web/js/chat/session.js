/**
 * A person's life on the server, over many connections (docs/protocol.md, section 3).
 *
 * It says hello, gives the password, proves that we are who had the name before, and connects again
 * when the connection is lost; the words of the caller travel with refs, and get answers.
 *
 * A state machine: it changes with what a connection brings, what the user does and what the clock
 * says, never in the middle of waiting for something. `client/session.py` follows the same rules, and
 * both play the scenarios in `tests/golden/scenarios`.
 * Its states and what may follow them are in states.js, what it gives to be let in is in admission.js.
 *
 * What holds at all times: a connection that was dropped says and brings nothing.
 * The new secret counts only when `resume` is answered: a connection lost in between would leave us
 * with one that the server never took.
 * A connection that is lost before the server has answered may still hold our name there, until the
 * server notices.
 */

import { answerTo } from "./admission.js";
import { isPassing } from "./codes.js";
import { ChatError } from "./errors.js";
import { report } from "./faults.js";
import { Link } from "./link.js";
import { sameName } from "./names.js";
import { Pulse } from "./pulse.js";
import { ANSWER_MS, Questions } from "./questions.js";
import { Repeating } from "./repeating.js";
import { NEXT } from "./states.js";

/**
 * @typedef {import("./questions.js").About} About
 * @typedef {import("./questions.js").Question} Question
 * @typedef {import("./types.js").Clock} Clock
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Phase} Phase
 * @typedef {import("./types.js").WireEvent} WireEvent
 * @typedef {import("./admission.js").Proof} Proof
 * @typedef {import("./states.js").State} State
 * @typedef {{name: string, password: string, proof?: Proof}} Identity
 */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const DIAL_MS = 8000;
const PASSWORD_CODES = new Set(["wrong_password", "password_needed"]);
const NAME_CODES = new Set(["name_taken", "name_not_allowed", "banned", "not_admitted"]);
const SHADOW_MS = 90_000; // so long a server may take a lost connection for one that lives; ours do for 60 s
const LINKING_MS = 600_000; // so long a code for another device counts, and somebody may think it over
/** @type {Set<State>} in which the server has our name, and has not answered yet */
const NAMED = new Set(["greeting", "unlocking", "identifying", "resuming"]);
const LOST = "The connection is lost. Try again when it is back.";
const STUMBLED = "Something went wrong in this page.";
const LATE = `The server has not answered within ${ANSWER_MS / 1000} s. Try again later.`;

export class Session {
  #turns;
  #Socket;
  #clock;
  #random;
  #callbacks;
  /** @type {State} */
  #state = "out";
  #since = 0; // when the state began, or in `waiting` when it ends
  /** @type {Identity} */
  #identity = { name: "", password: "" };
  /** @type {Link | null} */
  #link = null;
  /** @type {WireEvent | null} */
  #welcome = null;
  #questions = new Questions();
  #repeating;
  #pulse = new Pulse(0);
  #unsentBytes = 0;
  #progressAt = 0; // when something came of what was missed
  #wait = FIRST_WAIT_MS;
  /** @type {ChatError | null} what the server said before it hung up, if it did not let us in */
  #farewell = null;
  #shadowUntil = 0; // when no lost connection of ours holds our name any more
  #lastWords = ""; // what it said before it hung up, if it had let us in
  /** @type {{id: number, at: number} | null} */
  #timer = null;

  /**
   * @param {object} options
   * @param {import("./turns.js").Turns} options.turns where the chatroom is
   * @param {typeof WebSocket} options.WebSocket
   * @param {Clock} options.clock
   * @param {() => number} options.random from 0 to 1
   * @param {object} callbacks
   * @param {(phase: Phase, sentence?: string, retryAt?: number, code?: string) => void} callbacks.phase online, the
   *   sentence is the name of the server, if that is not the page's own
   * @param {() => string} callbacks.label what the user's other devices call this one
   * @param {() => void} callbacks.loggedOut the server knows our device no longer
   * @param {() => string} callbacks.device the secret by which the server knows the user again
   * @param {(name: string) => string} callbacks.secret of the latest session of this name, to resume it with
   * @param {(welcome: WireEvent) => void} callbacks.online the session may speak
   * @param {(event: WireEvent, answered?: Command) => void} callbacks.heard answers as well, at once
   * @param {(ms: number) => void} callbacks.latency
   * @param {() => void} callbacks.delayed another question waits, or one less (see `isDelayed`)
   * @param {() => boolean} callbacks.isMissing whether something that was missed is still on its way
   */
  constructor({ turns, WebSocket, clock, random }, callbacks) {
    this.#turns = turns;
    this.#Socket = WebSocket;
    this.#clock = clock;
    this.#random = random;
    this.#callbacks = callbacks;
    this.#repeating = new Repeating(random);
  }

  get isOnline() {
    return this.#state === "online";
  }

  /** Whether the chat goes on at another server than the page's own. */
  get isAway() {
    return this.isOnline && !this.#turns.isHome;
  }

  /** Whether a change of a message or topic waits until the server can do it. */
  get isDelayed() {
    return this.#repeating.isDelayed;
  }

  /** Whether something waits until the server can read its log. */
  get isUnanswered() {
    return this.#repeating.isUnanswered;
  }

  /** What opens the server's lock, as far as is known. */
  get password() {
    return this.#identity.password;
  }

  /** @param {State} state */
  #become(state) {
    if (!NEXT[this.#state].includes(state)) throw new Error(`${this.#state} becomes ${state}`);
    this.#state = state;
    this.#since = this.#clock.now();
  }

  // What the user wants.

  /** @param {Identity} identity */
  begin(identity) {
    this.#identity = { ...identity };
    this.#shadowUntil = 0;
    this.#wait = FIRST_WAIT_MS;
    this.#turns.begin();
    this.connect();
  }

  /** Go on at the page's own server, unless an answer is just awaited. */
  goHome() {
    if (!this.isAway || !this.#questions.areAnswered || this.#callbacks.isMissing()) return;
    this.#turns.begin();
    this.connect();
  }

  /** Connect now, whatever was waited for. */
  connect() {
    this.#drop("dialling");
    this.#farewell = null;
    this.#lastWords = "";
    this.#welcome = null;
    this.#callbacks.phase("connecting");
    this.#link = new Link(this.#turns.url, this.#Socket, {
      opened: () => this.#within(() => this.#greet()),
      heard: (event) => this.#within(() => this.#hear(event)),
      closed: () => this.#lost(),
    });
    this.#setTimer();
  }

  /**
   * Act, and connect again after a fault of this page: what it missed comes then. That takes a while, for
   * the fault may come again.
   *
   * @param {() => void} act
   */
  #within(act) {
    try {
      act();
    } catch (fault) {
      report(fault);
      this.#wait = LONGEST_WAIT_MS;
      if (NEXT[this.#state].includes("waiting")) this.#lost(STUMBLED);
    }
  }

  /** End for good. */
  end() {
    this.#drop("out");
    this.#identity = { name: "", password: "" };
  }

  /** Look at once whether the connection lives, as after a sleep. */
  check() {
    if (this.isOnline) this.#ping();
  }

  /**
   * @param {Command} command
   * @param {About} [about]
   * @returns {Promise<WireEvent>} the answer; a refusal or a lost connection is a ChatError
   */
  ask(command, about = "asking") {
    if (!this.isOnline) return Promise.reject(new ChatError("offline", LOST));
    return new Promise((resolve, reject) => {
      const question = { about, command, at: this.#clock.now(), resolve, reject };
      if (this.#repeating.lineUp(question)) this.#ask(question);
    });
  }

  /** @param {Command} command that needs no answer */
  tell(command) {
    if (this.isOnline) this.#link?.send(command);
  }

  /** @param {Question} question */
  #ask(question) {
    const { about, command } = question;
    question.at = this.#clock.now();
    // So that no message is posted while one before it is not (docs/protocol.md, section 5.4).
    const behind = about === "posting" ? this.#questions.newest(command.room) : undefined;
    const ref = this.#questions.ask(question);
    if (about === "posting") this.#pulse.said(question.at);
    this.#link?.send({ ...command, ref, ...(behind && { behind }) });
    this.#setTimer();
  }

  /** Ask for ourselves. @param {About} about @param {Command} command */
  #askFor(about, command) {
    this.#ask({ about, command, at: 0, resolve: () => {}, reject: () => {} });
  }

  #ping() {
    this.#pulse.asked(this.#clock.now());
    this.#askFor("living", { type: "ping" });
  }

  // How it begins.

  #greet() {
    this.#become("greeting");
    this.#pulse = new Pulse(this.#clock.now());
    this.#askFor("greeting", { type: "hello", name: this.#identity.name });
  }

  /** @param {WireEvent} welcome */
  #welcomed(welcome) {
    if (!sameName(welcome.name, this.#identity.name))
      return this.#lost("The server takes us for somebody else.");
    this.#welcome = welcome;
    const { device, label, secret } = this.#callbacks;
    const answer = answerTo(welcome, {
      ...this.#identity,
      isUnlocked: this.#state !== "greeting",
      device: device(),
      label: label(),
      secret: secret(welcome.name),
    });
    if (answer === null) this.#goOnline(welcome);
    else if (answer === "locked") this.#stop("locked");
    else if ("refused" in answer) this.#stop("refused", answer.refused);
    else {
      this.#become(answer.about);
      this.#askFor(answer.about, answer.command);
    }
    return undefined;
  }

  /** @param {WireEvent} welcome */
  #goOnline(welcome) {
    this.#become("online");
    this.#turns.stood();
    this.#identity.name = welcome.name;
    delete this.#identity.proof;
    this.#shadowUntil = 0;
    this.#wait = FIRST_WAIT_MS;
    this.#callbacks.online(welcome);
    this.#callbacks.phase("online", this.#turns.elsewhere);
    this.#ping();
  }

  /**
   * @param {WireEvent} event
   * @param {About} [about]
   */
  #hearBeforeOnline(event, about) {
    const isNew = about === "greeting" || about === "unlocking";
    if (event.type === "welcome" && isNew) this.#welcomed(event);
    else if (event.type === "welcome" && about === "identifying") this.#goOnline(event);
    else if (about === "resuming" && this.#welcome && (event.type === "ok" || !this.#welcome.held)) {
      // If the name is not held it is ours, even if the server has forgotten who we were.
      this.#goOnline(this.#welcome);
    } else if (event.type === "error") {
      this.#farewell = new ChatError(event.code, event.message, event.retry_after);
      if (about) this.#lost();
    }
  }

  /**
   * @param {ChatError} error
   * @returns {boolean} whether the user has to say something else; or it may be better next time
   */
  #turnedAway({ code, message, retryAfter }) {
    if (this.#identity.proof) {
      delete this.#identity.proof; // another try is the user's
      this.#stop("refused", message, 0, code);
      return true;
    }
    if (retryAfter !== undefined) return false;
    if (code === "name_taken" && this.#clock.now() < this.#shadowUntil) return false;
    if (code === "wrong_password") this.#identity.password = "";
    if (PASSWORD_CODES.has(code)) this.#stop("locked", code === "wrong_password" ? message : "");
    else if (NAME_CODES.has(code)) this.#stop("refused", message);
    else return false;
    return true;
  }

  /**
   * @param {"locked" | "refused" | "elsewhere"} state
   * @param {string} [sentence]
   * @param {[retryAt?: number, code?: string]} more
   */
  #stop(state, sentence = "", ...more) {
    this.#drop(state);
    this.#callbacks.phase(state, sentence, ...more);
  }

  // How it goes on.

  /** @param {WireEvent} event */
  #hear(event) {
    const now = this.#clock.now();
    this.#pulse.heard(now);
    const question = this.#questions.answered(event.ref, now);
    if (!this.#questions.isPosting) this.#pulse.answered();
    if (event.type === "bye" && event.code === "resumed") this.#stop("elsewhere");
    else if (event.type === "bye" && event.code === "logged_out") this.#loggedOut(event.reason);
    else if (event.type === "bye" && event.code === "banned") this.#stop("refused", event.reason);
    else if (!this.isOnline) this.#hearBeforeOnline(event, question?.about);
    else if (event.type === "error") {
      if (question) this.#refused(question, event);
      else this.#lastWords = event.message;
    } else if (event.type === "bye") this.#lastWords = event.reason;
    else {
      if (question?.about === "living") this.#callbacks.latency(now - question.at);
      if (event.type === "welcome") this.#identity.name = event.name; // somebody who has another name by now
      // Before the promise is kept: a `room` must be known when the events that follow it come.
      this.#callbacks.heard(event, question?.command);
      if (event.seq || event.type === "room") this.#progressAt = now;
      question?.resolve(event);
      if (question) this.#done(question);
    }
    this.#setTimer();
  }

  /** @param {string} reason */
  #loggedOut(reason) {
    this.#callbacks.loggedOut();
    this.#stop("refused", reason);
  }

  /**
   * @param {Question} question
   * @param {WireEvent} error
   */
  #refused(question, { code, message, retry_after: retryAfter }) {
    const isPutOff =
      question.about !== "posting" &&
      question.about !== "proving" && // another guess is the user's
      isPassing(code) &&
      this.#repeating.putOff(question, this.#clock.now());
    if (isPutOff) this.#callbacks.delayed();
    else {
      question.reject(new ChatError(code, message, retryAfter));
      this.#done(question);
    }
  }

  /** Nothing more becomes of a question. @param {Question} question */
  #done(question) {
    const wasRepeated = this.#repeating.repeats(question);
    const next = this.#repeating.done(question);
    if (next) this.#ask(next);
    if (wasRepeated) this.#callbacks.delayed();
  }

  /** @param {string} [sentence] why, if it was us who ended it */
  #lost(sentence) {
    const farewell = this.isOnline ? null : this.#farewell;
    if (farewell && this.#turnedAway(farewell)) return;
    // A node whose log is out of reach may have claimed our name all the same.
    const isOpen = !farewell || farewell.code === "log_unavailable";
    if (isOpen && NAMED.has(this.#state)) this.#shadowUntil = this.#clock.now() + SHADOW_MS;
    this.#drop("waiting");
    const { retryAfter, code, message } = farewell ?? {};
    if (this.#turns.failed())
      this.#since += (FIRST_WAIT_MS * this.#random()) / 2; // many who were there come spread out
    else {
      const wait = this.#wait * (0.5 + this.#random() / 2);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
      this.#since += Math.max(wait, (retryAfter ?? 0) * 1000);
    }
    // Said while many guess at the same address, or while the name is kept for somebody.
    const isTold = retryAfter !== undefined || code === "slow_down";
    const said = (isTold && message) || (sentence ?? this.#lastWords);
    this.#callbacks.phase("waiting", said, this.#since);
    this.#setTimer();
  }

  /** Give up the connection, if there is one. @param {State} state what comes then */
  #drop(state) {
    this.#link?.close();
    this.#link = null;
    this.#become(state);
    const open = [...this.#questions.giveUp(), ...this.#repeating.giveUp()];
    for (const { reject } of open) reject(new ChatError("offline", LOST));
    this.#setTimer();
  }

  // What time brings.

  /** When something is due, if nothing happens before. */
  get #wakeAt() {
    switch (this.#state) {
      case "waiting":
        return this.#since;
      case "dialling":
        return this.#since + DIAL_MS;
      case "greeting":
      case "unlocking":
      case "resuming":
        return this.#since + ANSWER_MS;
      case "identifying":
        return this.#since + (this.#identity.proof?.type === "link" ? LINKING_MS : ANSWER_MS);
      case "online": {
        const { overdueAt, postingOverdueAt } = this.#questions;
        const { askAt, deadAt } = this.#pulse;
        const overdue = Math.min(overdueAt, postingOverdueAt, this.#missedOverdueAt);
        return Math.min(askAt, deadAt, overdue, this.#repeating.dueAt);
      }
      default:
        return Infinity;
    }
  }

  get #missedOverdueAt() {
    return this.#callbacks.isMissing() ? this.#progressAt + ANSWER_MS : Infinity;
  }

  #tick() {
    this.#timer = null;
    const now = this.#clock.now();
    const unsentBytes = this.#link?.unsentBytes ?? 0;
    if (unsentBytes < this.#unsentBytes) this.#pulse.heard(now); // a big message is on its way
    this.#unsentBytes = unsentBytes;
    if (now >= this.#wakeAt) this.#act(now);
    this.#setTimer();
  }

  /** @param {number} now when something is due */
  #act(now) {
    if (this.#state === "waiting") this.connect();
    else if (!this.isOnline) this.#lost("The server does not answer.");
    else if (now >= this.#questions.postingOverdueAt) this.#lost("The server does not answer what is said.");
    else if (now >= this.#missedOverdueAt) this.#lost("The server does not send what was missed.");
    else if (now >= this.#pulse.deadAt) this.#lost("The server has fallen silent.");
    else {
      for (const question of this.#questions.overdue(now)) {
        if (question.about === "returning") return this.#lost("The server does not let us back into a room.");
        question.reject(new ChatError("no_answer", LATE));
        this.#done(question);
      }
      for (const question of this.#repeating.due(now)) this.#ask(question);
      if (now >= this.#pulse.askAt) this.#ping();
    }
    return undefined;
  }

  /** Wake up no later than is needed; too early does no harm, and costs less. */
  #setTimer() {
    const at = this.#wakeAt;
    if (this.#timer && (at < this.#timer.at || at === Infinity)) {
      this.#clock.clearTimeout(this.#timer.id);
      this.#timer = null;
    }
    if (this.#timer || at === Infinity) return;
    const tick = () => this.#within(() => this.#tick());
    const id = this.#clock.setTimeout(tick, Math.max(0, at - this.#clock.now()));
    this.#timer = { id, at };
  }
}
