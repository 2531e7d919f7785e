/** Plays a scenario of tests/golden/scenarios with the page's chat. */

import assert from "node:assert/strict";
import { FakeClock, FakeStorage, Network } from "./doubles.js";
import { Tab } from "./tabs.js";

const DEVICE = "device-of-ann-and-of-nobody-else";
const INVITATION = "invitation-of-ann-0001";

/** What the two clients ask by themselves at other times than each other. */
const UNLISTED = new Set(["ping", "history", "typing"]);

export class Stage {
  #bound = new Map(); // "$name" in a scenario to what the chat chose
  #log = [];
  #unseen = []; // commands sent, and not looked at yet
  #pings = 0;
  #replaced = new Set();
  #failure = null;
  network = new Network();
  clock = new FakeClock();
  storage = new FakeStorage();

  constructor({ password, device, invitation }) {
    if (device) this.storage.setItem("hubbub.of.ann.device", JSON.stringify(DEVICE));
    this.#bound.set("$device", DEVICE).set("$invitation", INVITATION);
    this.network.dialled = () => {};
    this.network.heard = (socket, command) => this.#hear(socket, command);
    this.tab = new Tab(this, new FakeStorage(), { password });
    this.tab.chat.subscribe((changes, rooms) => {
      if (changes.has("replaced")) for (const room of rooms) this.#replaced.add(room);
    });
    this.tab.chat.start("ann", invitation && { proof: { type: "identify", invitation: INVITATION } });
  }

  #hear(socket, command) {
    if (command.type === "ping") {
      this.#pings += 1;
      this.#bound.set("$ping", command.ref);
    }
    if (command.type === "history") this.#answerPage(socket, command);
    if (!UNLISTED.has(command.type)) this.#unseen.push(command);
  }

  #answerPage(socket, { room, before = Infinity, limit, ref }) {
    const all = this.#log.filter((one) => one.room === room && one.seq < before);
    const last = this.#log.at(-1)?.seq ?? 0;
    socket.say({ type: "page", room, messages: all.slice(-limit), more: all.length > limit, last, ref });
  }

  /** A value of the scenario, as it is on the wire. */
  #given = (value) => (this.#bound.has(value) ? this.#bound.get(value) : value);

  #event(event) {
    const whole = Object.fromEntries(Object.entries(event).map(([key, value]) => [key, this.#given(value)]));
    if (whole.type === "message") this.#log.push(whole);
    return whole;
  }

  /** Learn the refs and nonces that the scenario names, then compare. */
  #compare(expected, sent) {
    for (const [index, command] of expected.entries()) {
      const { ref, nonce } = sent[index] ?? {};
      if (command.ref) this.#bound.set(command.ref, ref);
      if (command.nonce && !this.#bound.has(command.nonce)) this.#bound.set(command.nonce, nonce);
    }
    const named = expected.map((command) => this.#event(command));
    assert.deepEqual(sent, named);
  }

  play = {
    connects: () => this.network.latest.open(),
    loses: () => this.network.latest.end(),
    sends: ({ sends }) => {
      const sent = this.#unseen.splice(0);
      this.#compare(inOrder(sends), inOrder(sent));
    },
    says: ({ says }) => this.network.latest.say(...says.map((event) => this.#event(event))),
    user: async ({ user }) => {
      const { chat } = this.tab;
      const files = user.files?.map((id) => ({ id }));
      if (user.say) chat.say(user.room, user.say, { replyTo: user.reply_to, files });
      if (user.join) chat.join(user.join).catch(() => {});
      if (user.direct) chat.direct(user.direct).catch(() => {});
      const failed = (error) => (this.#failure = error.code);
      const { messages = [] } = this.tab.room(user.room) ?? {};
      const message = messages.find(
        ({ seq }) => seq === (user.edit ?? user.react ?? user.pin ?? user.replies),
      );
      if (user.edit) chat.changing.edit(message, user.text).catch(failed);
      if (user.react) chat.changing.react(message, user.emoji, user.on).catch(failed);
      if (user.pin) chat.threads.pin(message, user.on).catch(failed);
      if (user.replies) chat.threads.replies(message).catch(failed);
      if (user.ask === "status") chat.order.running.status().catch(failed);
      else if (user.ask) chat.finding[user.ask]().catch(failed);
    },
    passes: ({ passes }) => this.tab.pass(passes * 1000),
    pings: ({ pings }) => {
      assert.equal(this.#pings > 0, pings);
      this.#pings = 0;
    },
    log: ({ log }) => (this.#log = log.map((event) => this.#rewritten(event))),
    fails: ({ fails }) => assert.equal(this.#failure, fails),
    replaced: ({ replaced }) => assert.deepEqual([...this.#replaced], replaced),
    shows: ({ shows: { phase, rooms = {} } }) => {
      if (phase) assert.equal(this.tab.chat.connection.phase, phase);
      for (const [room, texts] of Object.entries(rooms)) assert.deepEqual(this.tab.shown(room), texts);
    },
  };

  #rewritten(event) {
    return Object.fromEntries(Object.entries(event).map(([key, value]) => [key, this.#given(value)]));
  }

  async step(step) {
    const [kind] = Object.keys(step);
    await this.play[kind](step);
    await this.tab.frame();
    if (kind === "says") this.#pings = 0;
  }
}

/** In which order rooms are returned to is all the same. */
function inOrder(commands) {
  const joins = commands.filter(({ type }) => type === "join");
  joins.sort((one, other) => one.room.localeCompare(other.room));
  return commands.map((command) => (command.type === "join" ? joins.shift() : command));
}
