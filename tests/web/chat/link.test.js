import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Link } from "../../../src/hubbub/web/js/chat/link.js";
import { Network } from "./doubles.js";

let network, told, link, socket;

beforeEach(() => {
  network = new Network();
  told = [];
  link = new Link("ws://x/ws", network.Socket, {
    opened: () => told.push("opened"),
    heard: (event) => told.push(event),
    closed: () => told.push("closed"),
  });
  socket = network.latest;
});

test("it opens, hears and ends, each once", () => {
  socket.open();
  socket.say({ type: "ok" });
  socket.end();
  socket.dispatchEvent(new Event("close"));
  assert.deepEqual(told, ["opened", { type: "ok" }, "closed"]);
});

test("a connection that never came about ends as well", () => {
  socket.end();
  assert.deepEqual(told, ["closed"]);
});

test("nothing is sent before it is open, or after its end", () => {
  link.send({ type: "early" });
  socket.open();
  link.send({ type: "ping", ref: "1" });
  socket.end();
  link.send({ type: "late" });
  assert.deepEqual(socket.sent, [{ type: "ping", ref: "1" }]);
});

test("half a character does not make a command that nobody can read", () => {
  socket.open();
  link.send({ type: "say", text: "half \ud83d", list: ["\udc4d 👍"] });
  assert.deepEqual(socket.sent, [{ type: "say", text: "half \ufffd", list: ["\ufffd 👍"] }]);
});

test("what is closed from this side is silent from then on", () => {
  link.close();
  socket.open();
  socket.say({ type: "ok" });
  socket.end();
  assert.deepEqual(told, []);
});

test("only JSON objects with a type are events", () => {
  for (const garbage of ["", "{", "null", "7", '"type"', "[]", "{}", '{"type":null}', '{"type":{}}'])
    socket.say(garbage);
  assert.deepEqual(told, []);
  const data = new ArrayBuffer(8);
  socket.dispatchEvent(Object.assign(new Event("message"), { data }));
  assert.deepEqual(told, []);
  socket.say({ type: "one of tomorrow", more: 1 });
  assert.deepEqual(told, [{ type: "one of tomorrow", more: 1 }]);
});
