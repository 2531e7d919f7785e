/** Tells the user when the server has replaced the history of the chatroom. */

import { listed } from "./wording.js";

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

  /** Announce what was replaced since the last time. */
  update() {
    const replaced = this.#chat.rooms.filter(({ replica }) => {
      const wasTold = replica.histories <= (this.#told.get(replica) ?? 0);
      this.#told.set(replica, replica.histories);
      return !wasTold;
    });
    if (!replaced.length) return;
    const titles = listed(replaced.map(({ title }) => title));
    this.#tell(
      "The chatroom's history was replaced on the server, as when a backup is restored. " +
        `What you see of ${titles} is all that it still has.`,
    );
  }
}
