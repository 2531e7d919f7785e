/**
 * A person's life on the server, over many connections (docs/protocol.md, section 3).
 *
 * It says hello, gives the password, proves that we are who had the name before, and connects again
 * when the connection is lost; the words of the caller travel with refs, and get answers.
 *
 * A state machine: it changes with what a connection brings, what the user does and what the clock
 * says, never in the middle of waiting for something. `client/session.py` follows the same rules, and
 * both play the scenarios in `tests/golden/scenarios`.
 *
 *     state      what it is                                     may become
 *     out        nobody yet, or no more                         dialling
 *     dialling   a connection is being made                     greeting, …
 *     greeting   hello is said                                  unlocking, resuming, online, …
 *     unlocking  the password is given                          resuming, online, …
 *     resuming   the secret is given that makes us who we were  online, …
 *     online     events flow                                    …
 *     waiting    the connection is lost; it is made again       dialling, out
 *     locked     the user has to give a password                dialling, out
 *     refused    the user has to choose another name            dialling, out
 *     elsewhere  it goes on in another tab                      dialling, out
 *     … is any of the last four, and what `connect` and `end` lead to.
 *
 * What holds at all times: a password is sent only to a server that says it is locked, a secret only
 * under the name for which it was given, and a connection that was dropped says and brings nothing.
 * The new secret counts only when `resume` is answered: a connection lost in between would leave us
 * with one that the server never took.
 */

import { ChatError } from "./errors.js";
import { Link } from "./link.js";
import { sameName } from "./names.js";
import { Pulse } from "./pulse.js";
import { ANSWER_MS, Questions } from "./questions.js";

/**
 * @typedef {import("./questions.js").About} About
 * @typedef {import("./types.js").Clock} Clock
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Phase} Phase
 * @typedef {import("./types.js").WireEvent} WireEvent
 * @typedef {{name: string, password: string}} Identity
 *
 * @typedef {"out" | "dialling" | "greeting" | "unlocking" | "resuming" | "online" | "waiting"
 *   | "locked" | "refused" | "elsewhere"} State
 */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const DIAL_MS = 8000;
const PASSWORD_CODES = new Set(["wrong_password", "password_needed"]);
const NAME_CODES = new Set(["name_taken", "name_not_allowed"]);
const LOST = "The connection is lost. Try again when it is back.";
const LATE = `The server has not answered within ${ANSWER_MS / 1000} s. Try again later.`;

/** @type {State[]} */
const ENDS = ["waiting", "locked", "refused", "elsewhere", "dialling", "out"];
/** @type {Record<State, State[]>} */
const NEXT = {
  out: ["dialling", "out"],
  dialling: ["greeting", ...ENDS],
  greeting: ["unlocking", "resuming", "online", ...ENDS],
  unlocking: ["resuming", "online", ...ENDS],
  resuming: ["online", ...ENDS],
  online: ENDS,
  waiting: ["dialling", "out"],
  locked: ["dialling", "out"],
  refused: ["dialling", "out"],
  elsewhere: ["dialling", "out"],
};

export class Session {
  #url;
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
  #pulse = new Pulse(0);
  #unsentBytes = 0;
  #progressAt = 0; // when something came of what was missed
  #wait = FIRST_WAIT_MS;
  /** @type {ChatError | null} what the server said before it hung up, if it did not let us in */
  #farewell = null;
  #lastWords = ""; // what it said before it hung up, if it had let us in
  /** @type {{id: number, at: number} | null} */
  #timer = null;

  /**
   * @param {object} options
   * @param {string} options.url
   * @param {typeof WebSocket} options.WebSocket
   * @param {Clock} options.clock
   * @param {() => number} options.random from 0 to 1
   * @param {object} callbacks
   * @param {(phase: Phase, sentence?: string, retryAt?: number) => void} callbacks.phase
   * @param {(name: string) => string} callbacks.secret of the latest session of this name, to resume it with
   * @param {(welcome: WireEvent) => void} callbacks.online the session may speak
   * @param {(event: WireEvent, answered?: Command) => void} callbacks.heard answers as well, at once
   * @param {(ms: number) => void} callbacks.latency
   * @param {() => boolean} callbacks.isMissing whether something that was missed is still on its way
   */
  constructor({ url, WebSocket, clock, random }, callbacks) {
    this.#url = url;
    this.#Socket = WebSocket;
    this.#clock = clock;
    this.#random = random;
    this.#callbacks = callbacks;
  }

  get isOnline() {
    return this.#state === "online";
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
    this.#wait = FIRST_WAIT_MS;
    this.connect();
  }

  /** Connect now, whatever was waited for. */
  connect() {
    this.#drop("dialling");
    this.#farewell = null;
    this.#lastWords = "";
    this.#welcome = null;
    this.#callbacks.phase("connecting");
    this.#link = new Link(this.#url, this.#Socket, {
      opened: () => this.#greet(),
      heard: (event) => this.#hear(event),
      closed: () => this.#lost(),
    });
    this.#setTimer();
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

  /** Begin anew a little later: the server cannot do now what we need. @param {string} sentence */
  retry(sentence) {
    if (this.isOnline) this.#lost(sentence);
  }

  /**
   * @param {Command} command
   * @param {About} [about]
   * @returns {Promise<WireEvent>} the answer; a refusal or a lost connection is a ChatError
   */
  ask(command, about = "asking") {
    if (!this.isOnline) return Promise.reject(new ChatError("offline", LOST));
    return new Promise((resolve, reject) => this.#ask(command, about, resolve, reject));
  }

  /** @param {Command} command that needs no answer */
  tell(command) {
    if (this.isOnline) this.#link?.send(command);
  }

  /**
   * @param {Command} command
   * @param {About} about
   * @param {(event: WireEvent) => void} resolve
   * @param {(error: Error) => void} reject
   */
  #ask(command, about, resolve = () => {}, reject = () => {}) {
    const at = this.#clock.now();
    const ref = this.#questions.ask({ about, command, at, resolve, reject });
    if (about === "posting") this.#pulse.said(at);
    this.#link?.send({ ...command, ref });
    this.#setTimer();
  }

  #ping() {
    this.#pulse.asked(this.#clock.now());
    this.#ask({ type: "ping" }, "living");
  }

  // How it begins.

  #greet() {
    this.#become("greeting");
    this.#pulse = new Pulse(this.#clock.now());
    this.#ask({ type: "hello", name: this.#identity.name }, "greeting");
  }

  /** @param {WireEvent} welcome */
  #welcomed(welcome) {
    const { name, password } = this.#identity;
    if (!sameName(welcome.name, name)) return this.#lost("The server takes us for somebody else.");
    this.#welcome = welcome;
    const secret = this.#callbacks.secret(welcome.name);
    if (welcome.locked && !(password && this.#state === "greeting")) this.#stop("locked");
    else if (welcome.locked) {
      this.#become("unlocking");
      this.#ask({ type: "unlock", password }, "unlocking");
    } else if (secret || welcome.held) {
      // Whether or not the name is held, we are who had it before, in private rooms as well.
      this.#become("resuming");
      this.#ask({ type: "resume", session: secret }, "resuming");
    } else this.#goOnline(welcome);
    return undefined;
  }

  /** @param {WireEvent} welcome */
  #goOnline(welcome) {
    this.#become("online");
    this.#identity.name = welcome.name;
    this.#wait = FIRST_WAIT_MS;
    this.#callbacks.online(welcome);
    this.#callbacks.phase("online");
    this.#ping();
  }

  /**
   * @param {WireEvent} event
   * @param {About} [about]
   */
  #hearBeforeOnline(event, about) {
    const isNew = about === "greeting" || about === "unlocking";
    if (event.type === "welcome" && isNew) this.#welcomed(event);
    else if (about === "resuming" && this.#welcome && (event.type === "ok" || !this.#welcome.held)) {
      // If the name is not held it is ours, even if the server has forgotten who we were.
      this.#goOnline(this.#welcome);
    } else if (event.type === "error") {
      this.#farewell = new ChatError(event.code, event.message);
      if (about) this.#lost();
    }
  }

  /**
   * @param {ChatError} error
   * @returns {boolean} whether the user has to say something else; or it may be better next time
   */
  #turnedAway({ code, message }) {
    if (code === "wrong_password") this.#identity.password = "";
    if (PASSWORD_CODES.has(code)) this.#stop("locked", message);
    else if (NAME_CODES.has(code)) this.#stop("refused", message);
    else return false;
    return true;
  }

  /**
   * @param {"locked" | "refused" | "elsewhere"} state
   * @param {string} [sentence]
   */
  #stop(state, sentence = "") {
    this.#drop(state);
    this.#callbacks.phase(state, sentence);
  }

  // How it goes on.

  /** @param {WireEvent} event */
  #hear(event) {
    const now = this.#clock.now();
    this.#pulse.heard(now);
    const question = this.#questions.answered(event.ref, now);
    if (!this.#questions.isPosting) this.#pulse.answered();
    if (event.type === "bye" && event.code === "resumed") this.#stop("elsewhere");
    else if (!this.isOnline) this.#hearBeforeOnline(event, question?.about);
    else if (event.type === "error") {
      if (question) question.reject(new ChatError(event.code, event.message));
      else this.#lastWords = event.message;
    } else if (event.type === "bye") this.#lastWords = event.reason;
    else {
      if (question?.about === "living") this.#callbacks.latency(now - question.at);
      // Before the promise is kept: a `room` must be known when the events that follow it come.
      this.#callbacks.heard(event, question?.command);
      if (event.seq || event.type === "room") this.#progressAt = now;
      question?.resolve(event);
    }
    this.#setTimer();
  }

  /** @param {string} [sentence] why, if it was us who ended it */
  #lost(sentence) {
    const farewell = this.isOnline ? null : this.#farewell;
    if (farewell && this.#turnedAway(farewell)) return;
    this.#drop("waiting");
    const wait = this.#wait * (0.5 + this.#random() / 2);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    this.#since += wait;
    // The right password waits as well while somebody at the same address guesses.
    const said = farewell?.code === "slow_down" ? farewell.message : (sentence ?? this.#lastWords);
    this.#callbacks.phase("waiting", said, this.#since);
    this.#setTimer();
  }

  /** Give up the connection, if there is one. @param {State} state what comes then */
  #drop(state) {
    this.#link?.close();
    this.#link = null;
    this.#become(state);
    for (const { reject } of this.#questions.giveUp()) reject(new ChatError("offline", LOST));
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
      case "online": {
        const { overdueAt, postingOverdueAt } = this.#questions;
        const { askAt, deadAt } = this.#pulse;
        return Math.min(askAt, deadAt, overdueAt, postingOverdueAt, this.#missedOverdueAt);
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
      for (const { about, reject } of this.#questions.overdue(now)) {
        if (about === "returning") return this.#lost("The server does not let us back into a room.");
        reject(new ChatError("no_answer", LATE));
      }
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
    const id = this.#clock.setTimeout(() => this.#tick(), Math.max(0, at - this.#clock.now()));
    this.#timer = { id, at };
  }
}
