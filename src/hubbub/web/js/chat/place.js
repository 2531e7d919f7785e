/** The place of one name in the chatroom: its rooms, what it says, what the browser keeps of it. */

import { Membership } from "./membership.js";
import { Memory } from "./memory.js";
import { nameKey, sameName } from "./names.js";
import { Outbox } from "./outbox.js";
import { Posting } from "./posting.js";
import { Rooms } from "./rooms.js";

/**
 * @typedef {import("./changes.js").Changes} Changes
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").KeyValues} KeyValues
 * @typedef {import("./types.js").WireEvent} WireEvent
 */

export class Place {
  #session;
  #changes;
  #memory;
  /** @type {import("./paging.js").Pager} */
  pager;
  rooms;
  membership;
  posting;

  /**
   * @param {string} name
   * @param {KeyValues} storage
   * @param {Session} session
   * @param {Changes} changes
   */
  constructor(name, storage, session, changes) {
    this.name = name;
    this.#session = session;
    this.#changes = changes;
    this.#memory = new Memory(storage, `hubbub.of.${nameKey(name)}.`);
    this.pager = {
      ask: (command, about) => session.ask(command, about),
      retry: (sentence) => session.retry(sentence),
      loaded: (room, messages) => {
        const own = messages.filter(({ from }) => sameName(from, this.name));
        this.posting.arrived(own.flatMap(({ nonce }) => nonce ?? []));
        this.posting.send();
        changes.note("log", room.name);
      },
      settled: () => this.posting.send(),
    };
    this.rooms = new Rooms(this.#memory);
    this.membership = new Membership(() => this.name, this.rooms, changes, this.pager);
    this.posting = this.#newPosting();
  }

  /** Proves to the server that the latest session of this name was ours. */
  get secret() {
    return this.#memory.get("secret", "");
  }

  /** @param {WireEvent} welcome to a connection that begins */
  begin({ name, session }) {
    this.name = name;
    this.#memory.set("secret", session);
    this.membership.enterAll();
    this.posting.sendAgain();
  }

  /**
   * @param {WireEvent} event
   * @param {Command | undefined} answered
   * @param {number} now
   */
  heard(event, answered, now) {
    this.membership.heard(event, answered, now);
    this.posting.send();
  }

  /** Know what another tab has left to be sent. */
  readOutbox() {
    this.posting = this.#newPosting();
    this.showPosts();
  }

  #newPosting() {
    return new Posting(this.#session, new Outbox(this.#memory), {
      mayPost: (room) => this.membership.mayPost(room),
      isHere: (room, seq) => (this.rooms.find(room)?.replica.cursor ?? Infinity) >= seq,
      changed: () => this.showPosts(),
    });
  }

  /** Have each room show what is on its way now. */
  showPosts() {
    for (const room of this.rooms.list) {
      const pending = this.posting.of(room.name);
      if (pending.length || room.pending.length) this.#changes.note("log", room.name);
      room.pending = pending;
    }
  }
}
