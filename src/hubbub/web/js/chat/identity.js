/** The user of this tab, as a person, and for how long the browser keeps anything of them. */

import { Memory } from "./memory.js";
import { LOBBY } from "./rooms.js";

/** @typedef {import("./types.js").KeyValues} KeyValues */

const NOBODY = { name: "", current: LOBBY, isRemembered: true };

export class Identity {
  #shared; // what all tabs of a browser share
  #own;
  #tab; // what a tab keeps when it is loaded anew
  #browser; // where the name and the password are kept
  /** Whether this browser keeps anything for longer than this tab. */
  isRemembered = true;

  /**
   * @param {KeyValues} storage of the browser
   * @param {KeyValues} tab
   * @param {string} [password] that came with the address
   */
  constructor(storage, tab, password) {
    this.#shared = storage;
    this.#own = tab;
    this.#tab = new Memory(tab, "hubbub.");
    this.#browser = new Memory(storage, "hubbub.");
    if (password) this.password = password;
  }

  /** Where things are kept. */
  get storage() {
    return this.isRemembered ? this.#shared : this.#own;
  }

  /** By which the user came the last time. */
  get name() {
    return this.#browser.get("name", "");
  }

  get password() {
    return this.#browser.get("password", "");
  }

  set password(password) {
    this.#browser.set("password", password);
  }

  /** @param {boolean} isRemembered from now on; what was kept for longer is removed if not */
  remember(isRemembered) {
    const { password } = this;
    if (!isRemembered) this.#forget();
    this.isRemembered = isRemembered;
    this.#browser = new Memory(this.storage, "hubbub.");
    if (password) this.password = password;
  }

  /**
   * @param {string} name of somebody who is in
   * @param {string} current the room that is shown
   */
  keep(name, current) {
    this.#browser.set("name", name);
    this.#tab.set("identity", { name, current, isRemembered: this.isRemembered });
  }

  /** @returns {{name: string, current: string} | null} who this tab was before it was loaded anew */
  recall() {
    const { name, current, isRemembered } = { ...NOBODY, ...this.#tab.get("identity", NOBODY) };
    if (!name || typeof name !== "string") return null;
    this.remember(isRemembered !== false);
    return { name, current };
  }

  /** Whether this tab is somebody who was let in. @param {string} name */
  isKept(name) {
    return name !== "" && this.#tab.get("identity", NOBODY).name === name;
  }

  /** The tab is nobody's. */
  quit() {
    this.#tab.remove("identity");
  }

  /** Keep nothing of the user. */
  signOut() {
    this.#forget();
    for (const key of this.#tab.keys("")) this.#tab.remove(key);
  }

  #forget() {
    for (const key of ["name", "password"]) this.#browser.remove(key);
  }
}
