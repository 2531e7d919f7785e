/** Whatever is lost, and whenever: each message is in the log once and in order, and shown so. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "./chance.js";
import { FakeClock, FakeStorage, outboxIn, settled } from "./doubles.js";
import { LossyNetwork } from "./lossy-network.js";
import { ServerDouble } from "./server-double.js";
import { Tab } from "./tabs.js";

const RUNS = 100;
const STEPS = 600; // few enough for one page to hold what is said in a room
const ROUNDS_MAX = 200;

/** Somebody with a browser, who goes on whatever happens. */
class Person {
  storage = new FakeStorage();
  tabStorage = new FakeStorage();
  clock = new FakeClock();
  /** @type {Map<string, string[]>} room to what was said there */
  said = new Map();
  leaving = new Set();

  constructor(name, sea, { upTo }) {
    this.name = name;
    this.random = () => upTo(100) / 100;
    this.network = sea.browser();
    this.line = () => sea.line(this.network);
    this.load();
    this.tab.chat.start(name);
  }

  load() {
    this.tab = new Tab(this, this.tabStorage, { random: this.random });
    this.tab.chat.subscribe(() => this.look());
  }

  reload() {
    this.line()?.leave();
    this.clock = new FakeClock(); // timers of a page end with it
    this.leaving.clear();
    this.load();
    if (!this.tab.chat.restore()) this.tab.chat.start(this.name);
  }

  /** What was said is shown once, as a message or on its way. */
  look() {
    for (const { name, filled } of this.tab.chat.rooms) {
      if (!filled || this.leaving.has(name)) continue;
      const own = this.tab.shown(name).filter((text) => text.startsWith(this.name));
      const texts = own.map((text) => text.replace("…", ""));
      assert.deepEqual(texts, this.said.get(name) ?? [], `what ${this.name} sees in ${name}`);
    }
  }

  say() {
    const room = this.tab.chat.current?.name;
    if (!room || this.leaving.has(room)) return;
    const texts = this.said.get(room) ?? [];
    const text = `${this.name} ${texts.length}`;
    this.said.set(room, [...texts, text]);
    this.tab.chat.say(room, text);
  }

  /** @param {Promise<unknown>} doing what a lost connection may interrupt */
  attempt(doing) {
    doing.catch((error) => assert.equal(error.code, "offline"));
    return doing.then(
      () => {},
      () => {},
    );
  }

  leave() {
    const { current } = this.tab.chat;
    if (!current || current.name === "lobby" || current.pending.length) return;
    const { leaving } = this; // of this page
    leaving.add(current.name);
    void this.attempt(this.tab.chat.leave(current.name)).then(() => leaving.delete(current.name));
  }

  wander({ pick }) {
    const { chat } = this.tab;
    const other = this.name === "ann" ? "bob" : "ann";
    if (this.leaving.size) return;
    pick([
      () => chat.show(pick([...chat.rooms]).name),
      () => this.attempt(chat.join(pick(["kitchen", "Garden", "lobby"]))),
      () => this.attempt(chat.direct(other)),
      () => this.leave(),
    ])();
  }

  /** As a user would, who is told that their own lost connection still has the name. */
  insist() {
    if (this.tab.chat.connection.phase === "refused") this.tab.chat.start(this.name);
  }

  get isQuiet() {
    const { chat } = this.tab;
    return chat.connection.phase === "online" && !chat.rooms.some(({ pending }) => pending.length);
  }
}

/** What may happen, each as often as it stands here. */
function happenings(chance, sea, server, people) {
  const { pick, upTo } = chance;
  const deliver = () => sea.deliver(chance);
  return [
    ...Array(36).fill(deliver),
    ...Array(5).fill(() => pick(people).say()),
    ...Array(2).fill(() => pick(people).tab.frame()),
    ...Array(2).fill(() => pick(people).clock.pass(upTo(1500))),
    () => pick(people).wander(chance),
    () => pick(people).insist(),
    () =>
      upTo(2) === 0 &&
      pick(people)
        .line()
        ?.cut(upTo(1) === 1),
    () => upTo(5) === 0 && pick(people).reload(),
    () => (server.isUp && upTo(9) === 0 ? server.crash() : server.start()),
    () => (server.isLogFull = upTo(2) === 0),
  ];
}

async function comeToRest(chance, sea, server, people) {
  server.start();
  server.isLogFull = false;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    while (sea.deliver(chance)) await settled();
    for (const person of people) {
      person.insist();
      await person.tab.frame();
      if (!sea.deliver(chance)) await person.clock.pass(1000);
      await person.tab.frame();
    }
    if (people.every(({ isQuiet }) => isQuiet) && !sea.deliver(chance)) return;
  }
  assert.fail("it does not come to rest");
}

function check(server, people) {
  for (const { name, said, tab, storage } of people) {
    for (const room of tab.chat.rooms) {
      const log = server.log.filter((event) => event.room === room.name);
      assert.deepEqual(room.messages, log, `what ${name} sees in ${room.name}`);
      assert.deepEqual([room.loading, room.beginning], [false, true]);
    }
    for (const [room, texts] of said) {
      const log = server.log.filter((event) => event.room === room && event.from === name);
      assert.deepEqual(
        log.map(({ text }) => text),
        texts,
        `what ${name} said in ${room}`,
      );
    }
    assert.deepEqual(outboxIn(storage, name), []);
  }
}

for (let seed = 1; seed <= RUNS; seed += 1) {
  test(`nothing is lost, doubled or out of order: run ${seed}`, async () => {
    const chance = seeded(seed);
    const sea = new LossyNetwork();
    const server = new ServerDouble(sea);
    const people = ["ann", "bob"].map((name) => new Person(name, sea, chance));
    const all = happenings(chance, sea, server, people);
    for (let step = 0; step < STEPS; step += 1) {
      await chance.pick(all)();
      await settled();
    }
    await comeToRest(chance, sea, server, people);
    check(server, people);
  });
}
