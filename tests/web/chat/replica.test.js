import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fold, targetOf } from "../../../src/hubbub/web/js/chat/fold.js";
import { Replica } from "../../../src/hubbub/web/js/chat/replica.js";
import { seeded } from "./chance.js";

const FOLDER = new URL("../../golden/", import.meta.url);
const scripts = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")));

const take = {
  entered: (replica, { entered, after }) => replica.entered(entered, after),
  apply: (replica, { apply, fit }) => assert.equal(replica.apply(apply), fit),
  observe: (replica, { observe }) => replica.roster.observe(observe),
  page: (replica, { page, before, after, around, joined }) =>
    assert.equal(replica.addPage(page, { before: before ?? undefined, after, around }), joined),
};

const heldBy = (replica, key) => (key === "members" ? replica.roster.names : replica[key]);

test("there are scripts", () => assert(scripts.length > 40));

for (const { title, cursor, messages_max, steps, end } of scripts) {
  test(`golden: ${title}`, () => {
    const replica = new Replica("lobby", cursor, { messagesMax: messages_max });
    for (const step of steps) {
      const kind = Object.keys(take).find((one) => one in step);
      take[kind](replica, step);
    }
    const held = Object.fromEntries(Object.keys(end).map((key) => [key, heldBy(replica, key)]));
    assert.deepEqual(held, end);
    for (const [index, { seq }] of replica.messages.entries()) {
      assert.equal(replica.indexOf(seq), index);
    }
  });
}

/** The messages of a log as they read at a seq. */
function read(log, upto) {
  const messages = new Map();
  for (const event of log) {
    if (event.seq > upto) break;
    const target = targetOf(event);
    if (event.type === "message") messages.set(event.seq, event);
    else if (messages.has(target)) messages.set(target, fold(messages.get(target), event));
  }
  return [...messages.values()];
}

function page(log, last, { before, after, around }, limit) {
  const found = read(log, last);
  const upto = before ?? (around === undefined ? Infinity : around + 1);
  const older = found.filter(({ seq }) => seq < upto);
  const newer = found.filter(({ seq }) => seq > (after ?? around));
  if (after !== undefined) return { messages: newer.slice(0, limit), more: newer.length > limit, last };
  const one = { messages: older.slice(-limit), more: older.length > limit, last };
  if (around === undefined) return one;
  return { ...one, messages: [...one.messages, ...newer.slice(0, limit)], newer: newer.length > limit };
}

/** Where a client may ask for a page next. */
function places({ start, backTo, hole }, seq) {
  const between = hole ? [{ after: hole.after }, { before: hole.upto + 1 }] : [];
  return [{}, { before: start + 1 }, { before: backTo + 1 }, { around: seq }, ...between];
}

/** Whether a replica says that it has what stands at a seq. */
const holds = ({ start, passage }, seq) =>
  seq > start || (passage !== null && seq > passage.after && seq <= passage.upto);

function makeLog({ upTo, pick }) {
  const log = [];
  const sent = [];
  let [seq, prev] = [0, 0];
  for (let count = upTo(30); count > 0; count -= 1) {
    seq += 1 + upTo(2);
    const type = pick(["message", "edited", "deleted", "reaction", "topic"]);
    const event = { room: "lobby", seq, prev, from: pick(["ann", "bob"]), at: seq };
    if (type === "message" || (!sent.length && type !== "topic")) {
      log.push({ ...event, type: "message", text: `text ${seq}` });
      sent.push(seq);
    } else if (type === "topic") log.push({ ...event, type, text: `topic ${seq}` });
    else {
      const more = { text: `edit ${seq}`, emoji: pick(["👍", "🎉"]), on: pick([true, false]) };
      log.push({ ...event, type, target: pick(sent), ...more });
    }
    prev = seq;
  }
  return { log, last: seq + upTo(2) };
}

test("an old page and the events since then equal a fresh page", () => {
  for (let seed = 0; seed < 1000; seed += 1) {
    const chance = seeded(seed);
    const { log, last } = makeLog(chance);
    const joined = chance.upTo(log.length);
    const replica = new Replica("lobby", joined ? log[joined - 1].seq : 0, {
      messagesMax: 1 + chance.upTo(40),
    });
    const coming = log.slice(joined);
    const pages = [];
    const asks = {
      event: () => coming.length && assert.equal(replica.apply(coming.shift()), "next"),
      ask: () => {
        const at = replica.cursor + chance.upTo(last - replica.cursor); // the log may be ahead
        const where = chance.pick(places(replica, chance.upTo(last)));
        pages.push([page(log, at, where, 1 + chance.upTo(4)), where]);
      },
      page: () => pages.length && replica.addPage(...pages.shift()),
    };
    while (coming.length) asks[chance.pick(Object.keys(asks))]();
    for (const [one, where] of pages) replica.addPage(one, where);
    const expected = read(log, last).filter(({ seq }) => holds(replica, seq));
    assert.deepEqual(replica.messages, expected, `seed ${seed}`);
  }
});

const message = (seq) => ({ type: "message", seq, prev: seq - 1, from: "ann", text: `text ${seq}` });

test("changes of unknown messages are bounded, and then pages from before them refused", () => {
  const replica = new Replica("lobby", 1);
  for (let seq = 2; seq < 1004; seq += 1) {
    const reaction = { type: "reaction", seq, prev: seq - 1, from: "bob", emoji: "👍", target: 1 };
    replica.apply({ ...reaction, on: seq % 2 === 0 });
  }
  assert.equal(replica.addPage({ messages: [message(1)], more: false, last: 1 }, { before: 2 }), false);
  assert.equal(replica.addPage({ messages: [message(1)], more: false, last: 1003 }, { before: 2 }), true);
});

/** Have a replica take in many messages; returns it, and the time that took. */
function filled(held, messages) {
  const replica = new Replica("lobby", 0, { messagesMax: held });
  const started = process.cpuUsage().user;
  for (let seq = 1; seq <= messages; seq += 1) replica.apply(message(seq));
  return { replica, microseconds: process.cpuUsage().user - started };
}

test("a full replica takes an event in as quickly when it is long", () => {
  filled(100, 100_000); // let the engine warm up
  const short = filled(100, 300_000);
  const long = filled(100_000, 300_000);
  // Moving all that is held for every event would take hundreds of times as long.
  assert(long.microseconds < 30 * short.microseconds);
});

test("a long full replica stays in order", () => {
  const [held, ended] = [100_000, 250_500];
  const { replica } = filled(held, ended);
  assert.equal(replica.messages.length, held);
  assert.equal(replica.messages[0].seq, replica.start + 1);
  assert.equal(replica.messages.at(-1).seq, ended);
  assert.equal(replica.indexOf(ended - 5), held - 6);
  assert.equal(replica.isFull, true);
});

test("what was let go has no place, whether or not the messages were read since", () => {
  const { replica } = filled(3, 7);
  assert.deepEqual(
    [1, 4, 5, 7, 8].map((seq) => replica.indexOf(seq)),
    [-1, -1, 0, 2, -1],
  );
  assert.deepEqual(
    replica.messages.map(({ seq }) => seq),
    [5, 6, 7],
  );
  assert.deepEqual(
    [1, 4, 5, 7, 8].map((seq) => replica.indexOf(seq)),
    [-1, -1, 0, 2, -1],
  );
});

test("which pages are too old is forgotten with the log", () => {
  const replica = new Replica("lobby", 1);
  for (let seq = 2; seq < 1004; seq += 1) {
    replica.apply({ type: "deleted", seq, prev: seq - 1, from: "ann", target: 1 });
  }
  replica.entered({ topic: "", members: [], last: 1, replaced: true }, 1003);
  assert.equal(replica.addPage({ messages: [message(1)], more: false, last: 1 }, { before: 2 }), true);
});
