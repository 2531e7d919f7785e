/** A clock that a test moves, a storage that can be full, and connections that a test holds. */

import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // which node 18 has, but not where browsers have it

export class FakeClock {
  #time = 1_000_000;
  #timers = new Map();
  #latest = 0;

  now = () => this.#time;

  setTimeout = (run, ms) => {
    this.#latest += 1;
    this.#timers.set(this.#latest, { run, at: this.#time + ms });
    return this.#latest;
  };

  clearTimeout = (timer) => void this.#timers.delete(timer);

  /** Let time go by, and what falls due in it run. */
  async pass(ms) {
    const end = this.#time + ms;
    for (;;) {
      const [next] = [...this.#timers].sort(([, one], [, other]) => one.at - other.at);
      if (!next || next[1].at > end) break;
      this.#timers.delete(next[0]);
      this.#time = Math.max(this.#time, next[1].at);
      next[1].run();
      await settled();
    }
    this.#time = end;
  }
}

export class FakeStorage {
  values = new Map();
  isFull = false;

  getItem = (key) => this.values.get(key) ?? null;

  setItem = (key, value) => {
    if (this.isFull) throw new DOMException("full", "QuotaExceededError");
    this.values.set(key, `${value}`);
  };

  removeItem = (key) => void this.values.delete(key);

  key = (at) => [...this.values.keys()][at] ?? null;

  get length() {
    return this.values.size;
  }
}

/** What a browser keeps of a name's messages that are on their way. */
export function outboxIn(storage, name = "ann") {
  const beginning = `hubbub.of.${name}.outbox.`;
  const keys = [...storage.values.keys()].filter((key) => key.startsWith(beginning)).sort();
  return keys.map((key) => JSON.parse(storage.getItem(key)));
}

/** Until everything that was begun has come to where it waits. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Sockets of the class `Socket` are collected. `dialled` is told of each, `heard` of what it sends. */
export class Network {
  sockets = [];
  dialled = () => {};
  heard = () => {};

  get latest() {
    return this.sockets.at(-1);
  }

  Socket = socketOf(this);
}

function socketOf(network) {
  return class FakeSocket extends EventTarget {
    OPEN = 1;
    readyState = 0;
    sent = [];
    isAlive = true;
    bufferedAmount = 0;

    constructor(url) {
      super();
      this.url = url;
      network.sockets.push(this);
      queueMicrotask(() => network.dialled(this));
    }

    // What the page does.

    send(text) {
      const command = JSON.parse(text);
      this.sent.push(command);
      if (this.isAlive) queueMicrotask(() => network.heard(this, command));
    }

    close() {
      this.readyState = Math.max(this.readyState, 2);
    }

    // What the server, or the network, does.

    open() {
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
    }

    say(...events) {
      for (const event of events) {
        const data = typeof event === "string" ? event : JSON.stringify(event);
        this.dispatchEvent(Object.assign(new Event("message"), { data }));
      }
    }

    /** The connection ends, or never came about. */
    end() {
      if (this.readyState === 3) return;
      this.readyState = 3;
      this.dispatchEvent(new Event("close"));
    }

    /** Whatever is sent from now on is lost, and nobody is told. */
    fallSilent() {
      this.isAlive = false;
    }

    /** The latest command of a type. */
    command(type) {
      return this.sent.findLast((one) => one.type === type);
    }
  };
}
