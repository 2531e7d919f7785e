/**
 * What calls the user: of which messages they are told while they look elsewhere. This browser keeps it.
 *
 * `tui/alerting.py` follows the same rules; both pass tests/golden/tables/calls.json.
 */

import { Memory } from "./memory.js";

/**
 * @typedef {import("./types.js").KeyValues} KeyValues
 * @typedef {import("./types.js").RoomState} RoomState
 * @typedef {"everything" | "mentions" | "nothing"} Of
 */

const WORDS_MAX = 50;
const WORD_CHARS_MAX = 64;
const QUIET = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;

export class Calling {
  #memory;

  /** @param {KeyValues} storage of the browser */
  constructor(storage) {
    this.#memory = new Memory(storage, "hubbub.calling.");
  }

  /** @returns {Of} in rooms for which the user has chosen nothing else */
  get of() {
    return /** @type {Of} */ (this.#memory.get("of", "mentions"));
  }

  set of(of) {
    this.#memory.set("of", of);
  }

  /** @returns {string[]} that count as a mention */
  get words() {
    return this.#memory.get("words", /** @type {string[]} */ ([]));
  }

  set words(words) {
    const some = words.map((word) => word.trim().slice(0, WORD_CHARS_MAX)).filter(Boolean);
    this.#memory.set("words", [...new Set(some)].slice(0, WORDS_MAX));
  }

  /** When nothing calls, such as "22:00-07:00"; "" is never. */
  get quiet() {
    return this.#memory.get("quiet", "");
  }

  /** @throws {RangeError} */
  set quiet(hours) {
    if (hours && !QUIET.test(hours)) throw new RangeError(`'${hours}' is no time of day`);
    this.#memory.set("quiet", hours);
  }

  /** Whether a sound is heard as well. */
  get hasSound() {
    return this.#memory.get("sound", false);
  }

  set hasSound(hasSound) {
    this.#memory.set("sound", hasSound);
  }

  /** @param {string} room its name @returns {Of | "default"} */
  inRoom(room) {
    return /** @type {Record<string, Of>} */ (this.#memory.get("rooms", {}))[room] ?? "default";
  }

  /** @param {string} room its name @param {Of | "default"} of */
  setRoom(room, of) {
    const rooms = { ...this.#memory.get("rooms", {}), [room]: of === "default" ? undefined : of };
    this.#memory.set("rooms", rooms);
  }

  /** @param {string} room its name @returns {Of} */
  #of(room) {
    const own = this.inRoom(room);
    return own === "default" ? this.of : own;
  }

  /** Whether all that is said in a room calls the user. @param {RoomState} room */
  isLoud = ({ name }) => this.#of(name) === "everything";

  /** Whether nothing that is said in a room calls the user. @param {RoomState} room */
  isSilent = ({ name }) => this.#of(name) === "nothing";

  /**
   * @param {string} room its name
   * @param {boolean} isCall whether it is to the user alone, mentions them, or answers them
   * @param {number} minutes after midnight
   * @returns {boolean} whether a message calls them
   */
  isWanted(room, isCall, minutes) {
    const of = this.#of(room);
    return !this.#isQuiet(minutes) && (of === "everything" || (of === "mentions" && isCall));
  }

  /** @param {number} minutes after midnight */
  #isQuiet(minutes) {
    const found = QUIET.exec(this.quiet);
    if (!found) return false;
    const [, ...parts] = found.map(Number);
    const [begin, end] = [parts[0] * 60 + parts[1], parts[2] * 60 + parts[3]];
    if (begin <= end) return begin <= minutes && minutes < end;
    return minutes >= begin || minutes < end;
  }
}
