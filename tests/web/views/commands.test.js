import assert from "node:assert/strict";
import { test } from "node:test";

import { Order } from "../../../src/hubbub/web/js/chat/order.js";
import { COMMANDS, offered, read } from "../../../src/hubbub/web/js/views/commands.js";

/** A desk that notes what is asked of it. */
function noting(names = []) {
  const asked = [];
  const note =
    (what) =>
    (...given) =>
      asked.push([what, ...given]);
  const kinds = [
    "join",
    "direct",
    "topic",
    "leave",
    "search",
    "who",
    "help",
    "register",
    "login",
    "password",
    "devices",
    "link",
    "signOut",
  ];
  return {
    asked,
    names: () => names,
    ...Object.fromEntries(kinds.map((kind) => [kind, note(kind)])),
  };
}

function asked(text, names) {
  const what = read(text);
  assert.ok("run" in what, `${text} should run something`);
  const desk = noting(names);
  what.run(desk);
  return desk.asked;
}

test("what is no command is said", () => {
  for (const text of ["hello", "a /join b", "/", "/usr/bin is full", "/ join", "/12", " /help", "//"]) {
    assert.deepEqual(read(text), { say: text === "//" ? "/" : text });
  }
});

test("two slashes say one", () => {
  assert.deepEqual(read("//help me"), { say: "/help me" });
});

test("commands get what follows them", () => {
  assert.deepEqual(asked("/join  lunch "), [["join", "lunch"]]);
  assert.deepEqual(asked("/TOPIC all of it"), [["topic", "all of it"]]);
  assert.deepEqual(asked("/topic two\nlines"), [["topic", "two\nlines"]]);
  assert.deepEqual(asked("/search"), [["search", ""]]);
  for (const word of ["who", "help"]) assert.deepEqual(asked(`/${word}`), [[word]]);
  assert.deepEqual(asked("/leave"), [["leave"]]);
});

test("a mistake is told in a sentence", () => {
  assert.match(read("/jion lobby").mistake, /no command \/jion\. .*\/help/);
  assert.equal(read("/join").mistake, "Usage: /join ROOM");
  assert.equal(read("/msg ").mistake, "Usage: /msg NAME [TEXT]");
  assert.match(read("/constructor").mistake, /no command/);
});

test("a name may hold spaces, and the longest one that is known wins", () => {
  const names = ["Ann", "Ann Lee"];
  assert.deepEqual(asked("/msg ann lee how are you", names), [["direct", "ann lee", "how are you"]]);
  assert.deepEqual(asked("/msg ann leeward", names), [["direct", "ann", "leeward"]]);
  assert.deepEqual(asked("/msg @Ann", names), [["direct", "Ann", ""]]);
  assert.deepEqual(asked("/msg bob\nhello\nthere", names), [["direct", "bob", "hello\nthere"]]);
});

test("every command has a purpose, and a word that is its own", () => {
  assert.equal(new Set(COMMANDS.map(({ word }) => word)).size, COMMANDS.length);
  for (const { word, purpose } of COMMANDS) assert.ok(/^[a-z]+(-[a-z]+)*$/.test(word) && purpose);
});

test("acts of power are offered to those who may do them", () => {
  const room = { name: "lobby", rules: {}, barred: "" };
  const words = (role) => {
    const isOperator = role === "operator";
    const order = new Order(null, () => ({ name: "ann", kind: "member", isOperator }));
    return offered(order, { ...room, role }).map(({ word }) => word);
  };
  assert.ok(["kick", "ban", "appoint", "door"].every((word) => !words("guest").includes(word)));
  assert.ok(words("moderator").includes("ban") && !words("moderator").includes("appoint"));
  assert.ok(words("owner").includes("appoint") && !words("owner").includes("door"));
  assert.ok(!words("owner").includes("hold") && words("operator").includes("hold"));
  assert.deepEqual(
    words("operator"),
    COMMANDS.map(({ word }) => word),
  );
});
