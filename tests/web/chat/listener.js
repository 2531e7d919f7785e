/** A session that a test listens to, and the server's side of its conversation. */

import { Memory } from "../../../src/hubbub/web/js/chat/memory.js";
import { Session } from "../../../src/hubbub/web/js/chat/session.js";
import { Turns } from "../../../src/hubbub/web/js/chat/turns.js";
import { FakeClock, FakeStorage, Network, settled } from "./doubles.js";

export const welcome = (ref, more = {}) => ({
  type: "welcome",
  name: "ann",
  session: "s1",
  held: false,
  limits: {},
  features: [],
  ref,
  ...more,
});

export class Listener {
  clock = new FakeClock();
  network = new Network();
  phases = [];
  told = { online: [], heard: [], latency: [] };
  secret = "";
  chance = 1;

  storage = new FakeStorage();
  turns = new Turns("ws://x/ws", (told) => told ?? [], new Memory(this.storage, ""));

  session = new Session(
    {
      turns: this.turns,
      WebSocket: this.network.Socket,
      clock: this.clock,
      random: () => this.chance,
    },
    {
      phase: (...phase) => this.phases.push(phase),
      device: () => "",
      label: () => "",
      secret: () => this.secret,
      online: (event) => this.told.online.push(event),
      heard: (...heard) => this.told.heard.push(heard),
      latency: (ms) => this.told.latency.push(ms),
      isMissing: () => false,
    },
  );

  phase = () => this.phases.at(-1)[0];

  /** Answer the latest command of a type. */
  answer = async (type, event) => {
    const { ref } = this.network.latest.command(type);
    this.network.latest.say({ ...event, ref });
    await settled();
  };

  refuse = (type, code) => this.answer(type, { type: "error", code, message: `${code}!` });

  /** Connect, up to the first word. */
  open = async (password = "") => {
    this.session.begin({ name: "ann", password });
    this.network.latest.open();
    await settled();
  };

  online = async () => {
    await this.open();
    await this.answer("hello", welcome());
  };

  reopened = async () => {
    this.network.latest.open();
    await settled();
    await this.answer("hello", welcome());
  };
}
