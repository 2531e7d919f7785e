/**
 * The page's chat without its views: it follows the lobby and other rooms, and tells what it would show.
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

const [url, name, ...others] = process.argv.slice(2);
const chat = new Chat({ url, storage: new Kept(), tab: new Kept(), schedule: (run) => setTimeout(run, 20) });

/** Enter a room as soon as that can be done. @param {string} room */
function enter(room) {
  chat.join(room).catch(() => setTimeout(enter, 200, room));
}

chat.start(name);
others.forEach(enter);
for await (const _ of createInterface({ input: process.stdin })) {
  const shown = chat.rooms.map(({ name: room, replica, topic, rules, messages }) => {
    return [room, { cursor: replica.cursor, backTo: replica.backTo, topic, rules, messages }];
  });
  console.log(JSON.stringify(Object.fromEntries(shown)));
}
process.exit();
