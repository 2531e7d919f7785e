import assert from "node:assert/strict";
import test from "node:test";

import { ChatError } from "../../../src/hubbub/web/js/chat/errors.js";
import { Parcels } from "../../../src/hubbub/web/js/chat/parcels.js";

const SUMMARY = { id: "f", name: "a.txt", size: 3, type: "text/plain", sha256: "" };
const FILE = { name: "a.txt", bytes: new Blob(["abc"]) };

/** A server that holds what it got, and a browser that keeps what it must. */
function stage({ kept = [], answers = [] } = {}) {
  const at = { online: true, now: 0, name: "Ann" };
  const said = [];
  const timers = [];
  const shelf = new Map(kept.map((parcel) => [parcel.id, parcel]));
  const requests = [];
  const ways = {
    isOnline: () => at.online,
    ask: async ({ type, size }) => {
      requests.push(`${type} ${size}`);
      const answer = answers.shift();
      if (answer) throw answer;
      return { address: "/files/uploads/secret" };
    },
    transfer: async (method, address, { headers = {}, body } = {}) => {
      requests.push(`${method} ${headers["Upload-Offset"] ?? ""} ${body?.size ?? ""}`.trim());
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      const { status = 200, text = JSON.stringify({ file: SUMMARY }), offset = "3" } = answer ?? {};
      return { status, text, header: (name) => (name === "Upload-Offset" ? offset : null) };
    },
  };
  const parcels = new Parcels(
    ways,
    { name: () => at.name, say: (room, text, how) => said.push([room, text, how.files.length, how.nonce]) },
    {
      all: async () => [...shelf.values()],
      put: (parcel) => shelf.set(parcel.id, structuredClone(parcel)),
      remove: (id) => shelf.delete(id),
    },
    {
      now: () => at.now,
      setTimeout: (run, ms) => timers.push({ run, ms }),
      clearTimeout: () => {},
    },
    () => {},
  );
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await null;
  };
  const pass = async () => {
    const { run, ms } = timers.shift();
    at.now += ms;
    run();
    await settle();
  };
  return { at, parcels, said, shelf, requests, timers, settle, pass };
}

test("a parcel is said once it is closed and all of its files are there", async () => {
  const { parcels, said, shelf, settle } = stage();
  parcels.add("lobby", [FILE, FILE]);
  const parcel = parcels.open("lobby");
  await settle();
  assert.deepEqual(said, []);
  parcels.close(parcel, "look");
  assert.deepEqual(said, [["lobby", "look", 2, parcel.id]]);
  assert.equal(shelf.size, 0);
  assert.deepEqual(parcels.of("lobby"), []);
});

test("closed before its files are there, it waits for them", async () => {
  const { parcels, said, settle } = stage();
  parcels.add("lobby", [FILE]);
  parcels.close(parcels.open("lobby"), "look");
  assert.deepEqual(said, []);
  await settle();
  assert.equal(said.length, 1);
});

test("a lost connection goes on where the server is", async () => {
  const lost = new ChatError("offline", "lost");
  const { parcels, said, requests, settle, pass } = stage({
    answers: [undefined, lost, { status: 200, offset: "1" }],
  });
  parcels.add("lobby", [FILE]);
  parcels.close(parcels.open("lobby"), "");
  await settle();
  assert.deepEqual(said, []);
  await pass();
  assert.deepEqual(requests, ["upload 3", "PATCH 0 3", "HEAD", "PATCH 1 2"]);
  assert.equal(said.length, 1);
});

test("an upload that the server has forgotten begins anew", async () => {
  const { parcels, said, requests, settle, pass } = stage({
    answers: [undefined, { status: 404 }, { status: 404 }],
  });
  parcels.add("lobby", [FILE]);
  parcels.close(parcels.open("lobby"), "");
  await settle();
  await pass();
  assert.deepEqual(requests, ["upload 3", "PATCH 0 3", "HEAD", "upload 3", "PATCH 0 3"]);
  assert.equal(said.length, 1);
});

test("what the server refuses for good stands there with the reason, and holds the rest back", async () => {
  const { parcels, said, settle } = stage({ answers: [new ChatError("too_long", "Too large.")] });
  parcels.add("lobby", [FILE, FILE]);
  const parcel = parcels.open("lobby");
  await settle();
  assert.equal(parcel.items[0].failure, "Too large.");
  assert.throws(() => parcels.close(parcel, "x"), /Take the file away/);
  parcels.remove(parcel, parcel.items[0]);
  parcels.close(parcel, "x");
  await settle();
  assert.deepEqual(said, [["lobby", "x", 1, parcel.id]]);
});

test("what passes is tried again, later each time", async () => {
  const busy = new ChatError("too_much", "Later.", 2);
  const { parcels, timers, settle, pass } = stage({ answers: [busy, busy, busy, busy] });
  parcels.add("lobby", [FILE]);
  await settle();
  const waits = [];
  for (let turn = 0; turn < 4; turn += 1) {
    waits.push(timers[0].ms);
    await pass();
  }
  assert.deepEqual(waits, [2000, 2000, 2000, 4000]);
  assert.ok(parcels.open("lobby").items[0].file);
});

test("nothing is brought without a connection, and everything with the next one", async () => {
  const { at, parcels, said, requests, settle } = stage();
  at.online = false;
  parcels.add("lobby", [FILE]);
  parcels.close(parcels.open("lobby"), "hello");
  await settle();
  assert.deepEqual(requests, []);
  at.online = true;
  parcels.goOn();
  await settle();
  assert.equal(said.length, 1);
});

test("what an earlier visit left goes on, for the same name alone", async () => {
  const item = { id: "i", name: "a", bytes: new Blob(["abc"]), sent: 0 };
  const kept = ["ann", "bob"].map((owner) => ({
    ...{ id: `of ${owner}`, owner, room: "lobby", isClosed: true, text: owner },
    items: [{ ...item }],
  }));
  const { parcels, said, shelf, settle } = stage({ kept });
  await parcels.restore();
  await settle();
  assert.deepEqual(said, [["lobby", "ann", 1, "of ann"]]);
  assert.deepEqual([...shelf.keys()], ["of bob"]);
});

test("a message takes ten files", () => {
  const { parcels } = stage();
  parcels.add("lobby", Array(9).fill(FILE));
  assert.throws(() => parcels.add("lobby", [FILE, FILE]), /up to 10 files/);
  assert.equal(parcels.open("lobby").items.length, 9);
});

test("nothing is needed that browsers give to https and localhost alone", async (context) => {
  context.mock.method(crypto, "randomUUID", () => assert.fail("a page on a LAN has no such thing"));
  const { parcels, said, settle } = stage();
  parcels.add("lobby", [FILE]);
  parcels.close(parcels.open("lobby"), "");
  await settle();
  assert.equal(said.length, 1);
});
