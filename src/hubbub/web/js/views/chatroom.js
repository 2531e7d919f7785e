/** What operators do with the chatroom as a whole. */

import { el } from "../log/element.js";
import { openForm } from "./forms.js";
import { openDeeds } from "./lists.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {(text: string, names?: readonly string[]) => void} Tell
 */

const LOCKED = "Nobody new is let in now; /door open lets them in.";
const OPEN = "The door is open.";
/** @type {[string, string][]} */
const ENTER = [
  ["open", "Everybody"],
  ["invitation", "People who were here before, or are invited"],
  ["members", "Members only"],
];

/** @param {Chat} chat @param {Tell} tell @param {import("./ordering.js").Ordering} ordering */
export function openChatroom(chat, tell, ordering) {
  openDeeds(
    "The chatroom",
    ["You run this chatroom."],
    [
      ["Status, people, sessions …", () => ordering.run()],
      ["Who may come in …", () => askAccess(chat, tell)],
      ["Lock the door: let nobody new in", () => chat.order.door(true).then(() => tell(LOCKED))],
      ["Open the door", () => chat.order.door(false).then(() => tell(OPEN))],
      ["Banned from the chatroom …", () => ordering.bansOfAll()],
      ["Code for a forgotten password …", () => askRecoveryCode(chat)],
      ["Legal hold of what two people say …", () => askHold(ordering)],
      ["Reports", () => chat.join("$reports")],
      ["Audit record", () => chat.join("$audit")],
    ],
    tell,
  );
}

/** @param {Chat} chat */
async function askRecoveryCode({ order }) {
  let code = "";
  const isDone = await openForm({
    title: "Code for a forgotten password",
    verb: "Make one",
    hint: "It counts once, within a day. They come under any name, type /recover and their own, and give it.",
    fields: [{ label: "Name", type: "text" }],
    act: async (name) => (code = await order.recovery(name ?? "")),
  });
  if (isDone) openDeeds("Tell it to nobody else", [el("output", { class: "code" }, code)], [], () => {});
}

/** @param {import("./ordering.js").Ordering} ordering */
function askHold(ordering) {
  return openForm({
    title: "Legal hold",
    verb: "Save",
    hint: "What these two say to each other in private cannot be changed or deleted while it is held. Nobody else can read it.",
    fields: [
      { label: "Name", type: "text" },
      { label: "And the other one", type: "text" },
      { label: "Under a legal hold", type: "checkbox", value: "on" },
    ],
    act: async (one, other, isHeld) => ordering.hold(one ?? "", other ?? "", isHeld === "on" ? "on" : "off"),
  });
}

/** @param {Chat} chat @param {Tell} tell */
export async function askAccess({ order }, tell) {
  const { enter, guests, passing, password } = await order.access();
  const isDone = await openForm({
    title: "Who may come in",
    verb: "Save",
    hint: `${password ? "Newcomers give the password, too. " : ""}Nobody who is here is put out.`,
    fields: [
      { label: "Let in", type: "select", options: ENTER, value: enter },
      { label: "Guests, whom the server knows again", type: "checkbox", value: guests ? "on" : "" },
      { label: "People in passing, who only give a name", type: "checkbox", value: passing ? "on" : "" },
    ],
    act: (chosen, isForGuests, isForPassing) =>
      order.access({ enter: chosen, guests: isForGuests === "on", passing: isForPassing === "on" }),
  });
  if (isDone) tell("That holds from now on.");
}
