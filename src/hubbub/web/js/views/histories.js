/** Says so when the server has another history of a room than the one that was shown. */

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/replica.js").Replica} Replica
 */

export class Histories {
  #chat;
  #tell;
  /** @type {WeakMap<Replica, number>} how many replacements the user was told of */
  #told = new WeakMap();

  /**
   * @param {Pick<Chat, "rooms">} chat
   * @param {(text: string) => void} tell
   */
  constructor(chat, tell) {
    this.#chat = chat;
    this.#tell = tell;
  }

  /** Tell what is new. */
  update() {
    for (const { title, replica } of this.#chat.rooms) {
      if (replica.histories <= (this.#told.get(replica) ?? 0)) continue;
      this.#told.set(replica, replica.histories);
      this.#tell(
        `The history of ${title} was replaced on the server, as when a backup is restored. ` +
          "What you see now is all that it still has.",
      );
    }
  }
}
