/** Leads the user back to where they were reading at the last visit, and notes it for the next. */

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../log/log-view.js").LogView} LogView
 */

export class Returning {
  #chat;
  #log;
  /** Whether the user is where they were, or went elsewhere by themselves. */
  #isDone = false;

  /** @param {Chat} chat @param {LogView} log */
  constructor(chat, log) {
    this.#chat = chat;
    this.#log = log;
    window.addEventListener("pagehide", () => this.#keep());
    document.addEventListener("visibilitychange", () => document.hidden && this.#keep());
  }

  /** The room that is shown, or what is here of it, may be another one. */
  update() {
    const { current, lastPlace } = this.#chat;
    if (this.#isDone || !current) return;
    if (!lastPlace || lastPlace.room !== current.name) {
      this.#isDone = true;
      return;
    }
    // What is kept of the room may have the place already; its newest page may have lost it again.
    if (this.#log.isAtEnd) this.#log.returnTo(lastPlace);
    if (!current.filled) return;
    this.#isDone = true;
    if (this.#log.isAtEnd) void this.#goBack(lastPlace);
  }

  /** @param {{room: string, seq: number, offset: number}} place */
  async #goBack(place) {
    const isThere = await this.#chat.reading.reach(place.room, place.seq);
    const isStill = this.#chat.current?.name === place.room && this.#log.isAtEnd;
    if (isThere && isStill) this.#log.returnTo(place);
  }

  #keep() {
    const { current } = this.#chat;
    const place = this.#log.room === current ? this.#log.place : null;
    this.#chat.keep(current && place ? { room: current.name, ...place } : null);
  }
}
