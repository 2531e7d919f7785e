/**
 * A person's life on the server, over many connections (docs/protocol.md, section 3).
 *
 * It says hello, gives the password, takes its name back from its own lost connection, and tries
 * again when the connection is lost; the words of the caller travel with refs, and get answers.
 */

import { ChatError } from "./errors.js";
import { Link } from "./link.js";

/**
 * @typedef {import("./types.js").Clock} Clock
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").Phase} Phase
 * @typedef {import("./types.js").WireEvent} WireEvent
 * @typedef {{name: string, password: string}} Identity
 *
 * @typedef {object} Question that is not answered yet
 * @property {Command} command
 * @property {(event: WireEvent) => void} resolve
 * @property {(error: ChatError) => void} reject
 */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const QUIET_MS = 20_000;
const PATIENCE_MS = 8_000;
const PASSWORD_CODES = new Set(["wrong_password", "password_needed"]);
const NAME_CODES = new Set(["name_taken", "name_not_allowed"]);
const LOST = "The connection is lost. Try again when it is back.";

export class Session {
  #url;
  #Socket;
  #clock;
  #random;
  #callbacks;
  /** @type {Identity} */
  #identity = { name: "", password: "" };
  /** @type {Link | null} */
  #link = null;
  /** @type {number | undefined} */
  #timer;
  #wait = FIRST_WAIT_MS;
  #refs = 0;
  /** @type {Map<string, Question>} by ref */
  #questions = new Map();
  /** @type {ChatError | null} what the server said before it hung up */
  #farewell = null;
  #isOnline = false;

  /**
   * @param {object} options
   * @param {string} options.url
   * @param {typeof WebSocket} options.WebSocket
   * @param {Clock} options.clock
   * @param {() => number} options.random from 0 to 1
   * @param {object} callbacks
   * @param {(phase: Phase, sentence?: string, retryAt?: number) => void} callbacks.phase
   * @param {() => string} callbacks.secret of the latest session of this name, to resume it with
   * @param {(welcome: WireEvent) => void} callbacks.online the session may speak
   * @param {(event: WireEvent, answered?: Command) => void} callbacks.heard answers as well, at once
   * @param {(ms: number) => void} callbacks.latency
   */
  constructor({ url, WebSocket, clock, random }, callbacks) {
    this.#url = url;
    this.#Socket = WebSocket;
    this.#clock = clock;
    this.#random = random;
    this.#callbacks = callbacks;
  }

  get isOnline() {
    return this.#isOnline;
  }

  /** What opens the server's lock, as far as is known. */
  get password() {
    return this.#identity.password;
  }

  /** @param {Identity} identity */
  begin(identity) {
    this.#identity = { ...identity };
    this.#wait = FIRST_WAIT_MS;
    this.connect();
  }

  /** Connect now, whatever was waited for. */
  connect() {
    this.#drop();
    this.#farewell = null;
    this.#callbacks.phase("connecting");
    this.#link = new Link(this.#url, this.#Socket, {
      opened: () => this.#greet(),
      heard: (event) => this.#hear(event),
      closed: () => this.#lost(),
    });
    this.#later(PATIENCE_MS, () => this.#link?.abandon());
  }

  /** End for good. */
  end() {
    this.#drop();
    this.#identity = { name: "", password: "" };
  }

  /** Look at once whether the connection lives, as after a sleep. */
  check() {
    if (this.#isOnline) this.#ping();
  }

  /**
   * @param {Command} command
   * @returns {Promise<WireEvent>} the answer; a refusal or a lost connection is a ChatError
   */
  ask(command) {
    if (!this.#isOnline) return Promise.reject(new ChatError("offline", LOST));
    return this.#ask(command);
  }

  /** @param {Command} command that needs no answer */
  tell(command) {
    if (this.#isOnline) this.#link?.send(command);
  }

  /**
   * @param {Command} command
   * @returns {Promise<WireEvent>}
   */
  #ask(command) {
    this.#refs += 1;
    const ref = `${this.#refs}`;
    return new Promise((resolve, reject) => {
      this.#questions.set(ref, { command, resolve, reject });
      this.#link?.send({ ...command, ref });
    });
  }

  // How it begins.

  async #greet() {
    const link = this.#link;
    try {
      let welcome = await this.#ask({ type: "hello", name: this.#identity.name });
      if (welcome.locked) {
        const { password } = this.#identity;
        if (!password) return this.#stop("locked");
        welcome = await this.#ask({ type: "unlock", password });
      }
      const resume = { type: "resume", session: this.#callbacks.secret() };
      if (welcome.held) await this.#ask(resume);
      if (link !== this.#link) return;
      // We are who had this name before, in private rooms as well.
      if (!welcome.held && resume.session) link?.send(resume);
      this.#identity.name = welcome.name;
      this.#isOnline = true;
      this.#wait = FIRST_WAIT_MS;
      this.#callbacks.online(welcome);
      this.#callbacks.phase("online");
      this.#ping();
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      if (link === this.#link) this.#turnedAway(error);
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
   * @param {Phase} phase
   * @param {string} [sentence]
   */
  #stop(phase, sentence = "") {
    this.#drop();
    this.#callbacks.phase(phase, sentence);
  }

  // How it goes on.

  /** @param {WireEvent} event */
  #hear(event) {
    if (this.#isOnline) this.#later(QUIET_MS, () => this.#ping());
    const question = this.#questions.get(event.ref ?? "");
    this.#questions.delete(event.ref ?? "");
    if (event.type === "error") {
      this.#farewell = new ChatError(event.code, event.message);
      question?.reject(this.#farewell);
    } else if (event.type === "bye" && event.code === "resumed") {
      this.#stop("elsewhere");
    } else {
      // Before the promise is kept: a `room` must be known when the events that follow it come.
      this.#callbacks.heard(event, question?.command);
      question?.resolve(event);
    }
  }

  #ping() {
    const sent = this.#clock.now();
    this.#later(PATIENCE_MS, () => this.#link?.abandon());
    this.#ask({ type: "ping" }).then(
      () => this.#callbacks.latency(this.#clock.now() - sent),
      () => {}, // lost meanwhile, and told
    );
  }

  #lost() {
    const farewell = this.#isOnline ? null : this.#farewell;
    this.#drop();
    if (farewell && this.#turnedAway(farewell)) return;
    const wait = this.#wait * (0.5 + this.#random() / 2);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    this.#later(wait, () => this.connect());
    // The right password waits as well while somebody at the same address guesses.
    const sentence = farewell?.code === "slow_down" ? farewell.message : "";
    this.#callbacks.phase("waiting", sentence, this.#clock.now() + wait);
  }

  #drop() {
    this.#isOnline = false;
    this.#clock.clearTimeout(this.#timer);
    this.#link?.close();
    this.#link = null;
    const unanswered = [...this.#questions.values()];
    this.#questions.clear();
    for (const { reject } of unanswered) reject(new ChatError("offline", LOST));
  }

  /**
   * @param {number} ms
   * @param {() => void} act
   */
  #later(ms, act) {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(act, ms);
  }
}
