/** Tabs of one browser, at one server. */

import assert from "node:assert/strict";
import { Chat } from "../../../src/hubbub/web/js/chat/chat.js";
import { FakeClock, FakeStorage, Network, settled } from "./doubles.js";
import { ServerDouble } from "./server-double.js";

export class Browser {
  clock = new FakeClock();
  network = new Network();
  server = new ServerDouble(this.network);
  storage = new FakeStorage();

  /** @param {FakeStorage} [tab] what a tab that is loaded anew has kept */
  tab(tab = new FakeStorage(), options = {}) {
    return new Tab(this, tab, options);
  }
}

export class Tab {
  #frames = [];
  changes = [];

  constructor(browser, storage, options) {
    this.browser = browser;
    this.storage = storage;
    this.chat = new Chat({
      url: "ws://x/ws",
      storage: browser.storage,
      tab: storage,
      schedule: (run) => this.#frames.push(run),
      isMention: (text, name) => text.includes(`@${name}`),
      WebSocket: browser.network.Socket,
      clock: browser.clock,
      random: () => 1,
      ...options,
    });
    this.chat.subscribe((changes, rooms) => this.changes.push([changes, rooms]));
  }

  /** Let all that is under way come to rest, and be drawn. */
  async frame() {
    for (let turn = 0; turn < 4; turn += 1) {
      await settled();
      for (const run of this.#frames.splice(0)) run();
    }
    return this;
  }

  /** Let time go by. */
  async pass(ms) {
    await this.browser.clock.pass(ms);
    return this.frame();
  }

  async start(name = "ann") {
    this.chat.start(name);
    await this.frame();
    assert.equal(this.chat.connection.phase, "online");
    return this;
  }

  room(name = "lobby") {
    return this.chat.rooms.find((room) => room.name === name);
  }

  /** What is shown of a room: messages, then what is on its way, marked with `…` or `!`. */
  shown(name = "lobby") {
    const { messages, pending } = this.room(name);
    const posts = pending.map(({ text, failure }) => text + (failure ? "!" : "…"));
    return [...messages.map(({ text }) => text), ...posts];
  }
}
