/**
 * The page's chat without its views: it follows the lobby, and tells what it would show.
 *
 * A line comes on stdin for each time that somebody looks, and a line of JSON answers it.
 */

import { createInterface } from "node:readline";
import { Chat } from "../../src/hubbub/web/js/chat/chat.js";

/** What a browser keeps. */
class Kept {
  #items = new Map();

  get length() {
    return this.#items.size;
  }

  key = (index) => [...this.#items.keys()][index] ?? null;
  getItem = (key) => this.#items.get(key) ?? null;
  setItem = (key, value) => void this.#items.set(key, value);
  removeItem = (key) => void this.#items.delete(key);
}

const [url, name] = process.argv.slice(2);
const chat = new Chat({ url, storage: new Kept(), tab: new Kept(), schedule: (run) => setTimeout(run, 20) });
chat.start(name);
for await (const _ of createInterface({ input: process.stdin })) {
  const room = chat.rooms.find((one) => one.name === "lobby");
  const { cursor = 0, backTo = 0 } = room?.replica ?? {};
  console.log(JSON.stringify({ cursor, backTo, messages: room?.messages ?? [] }));
}
process.exit();
