/** Who the user is, and on which devices: claiming the name, logging in, linking, signing out. */

import { ChatError } from "../chat/errors.js";
import { el } from "../log/element.js";
import { dayAndClock } from "../log/times.js";
import { addressWith, reach } from "./address.js";
import { confirm, openDialog } from "./dialogs.js";
import { openChatroom } from "./chatroom.js";
import { openForm } from "./forms.js";
import { openDeeds, openList } from "./lists.js";
import { qrCode } from "./qr-code.js";
import { refusal } from "./wording.js";

/**
 * @typedef {import("../chat/account.js").Newcomer} Newcomer
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {(sentence: string, names?: readonly string[]) => void} Tell
 */

const KINDS = {
  guest: "You are a guest: this browser is known again, and the name is yours while you come by.",
  member: "The name is yours for good.",
};
const ELSEWHERE = "On the other device, choose “I have a code” where it asks for your name, and type this:";
const PASSING = "This chatroom knows only your name, for as long as you are connected.";

/** @param {Chat} chat @param {Tell} tell @param {{people: import("./acquaintances.js").Acquaintances, ordering: import("./ordering.js").Ordering}} desk */
export function openAccount(chat, tell, { people, ordering }) {
  const { kind } = chat.account;
  const isKnown = kind !== "";
  openDeeds(
    chat.name,
    [kind === "guest" || kind === "member" ? KINDS[kind] : PASSING],
    [
      isAway(chat) ? ["I am back", () => people.back()] : ["Say that you are away …", () => people.askAway()],
      ["Change your name …", () => askRename(chat, tell), isKnown],
      ["Claim this name …", () => askRegistration(chat, tell), kind === "guest"],
      ["Change the password …", () => askPassword(chat, tell), kind === "member"],
      ["Ignored people …", () => people.openIgnored(), isKnown],
      ["Devices …", () => openDevices(chat), isKnown],
      ["Link another device …", () => openLinking(chat), isKnown],
      ["Log in as somebody else …", () => askLogin(chat, ""), isKnown],
      ["Type another device's code …", () => askCode(chat), kind === "guest"],
      ["Invitations …", () => openInvitations(chat), kind === "member"],
      ["Run the chatroom …", () => openChatroom(chat, tell, ordering), chat.order.isOperator],
      ["Sign out …", () => signOut(chat)],
      ["Delete my account …", () => askForgetting(chat), isKnown],
    ],
    tell,
  );
}

/** @param {Chat} chat */
const isAway = (chat) => chat.rooms.some(({ roster }) => roster.of(chat.name)?.away);

/** @param {Chat} chat @param {Tell} tell @param {string} [typed] */
export async function askRegistration(chat, tell, typed = "") {
  const isDone = await openForm({
    title: `Claim the name ${chat.name}`,
    verb: "Claim",
    hint: "With a password the name is yours for good, and you can log in on other devices.",
    fields: [
      { label: "Password", type: "password", autocomplete: "new-password", value: typed },
      { label: "The same once more", type: "password", autocomplete: "new-password" },
    ],
    act: async (password, again) => {
      checkSame(password ?? "", again ?? "");
      await chat.account.register(password ?? "");
    },
  });
  if (isDone) tell(`The name ${chat.name} is yours now.`);
}

/** @param {Chat} chat @param {Tell} tell */
export async function askRename(chat, tell) {
  const former = chat.name;
  const isDone = await openForm({
    title: "Change your name",
    verb: "Change",
    hint: "You stay the same person, in the same rooms, on all your devices. Others are told of it.",
    fields: [{ label: "New name", type: "text", autocomplete: "nickname" }],
    act: (name) => chat.account.rename(name ?? ""),
  });
  if (isDone) tell(`You are no longer ${former}, but ${chat.name}.`, [former, chat.name]);
}

/** @param {Chat} chat */
export function askForgetting(chat) {
  const isMember = chat.account.kind === "member";
  return openForm({
    title: `Delete the account of ${chat.name}?`,
    verb: "Delete my account",
    look: "danger",
    hint:
      "It ends on all your devices: roles, what you have read, and private talk are lost to you, and " +
      "anybody may take the name. What you said stays where you said it, unless you choose otherwise. " +
      "This cannot be undone.",
    fields: [
      { label: "Delete everything that I said, too", type: "checkbox", autocomplete: "off" },
      ...(isMember
        ? [/** @type {const} */ ({ label: "Password", type: "password", autocomplete: "current-password" })]
        : []),
    ],
    act: (all, password) => chat.forgetMe(all === "on", password ?? ""),
  });
}

/** @param {Chat} chat @param {Tell} tell */
export async function askPassword(chat, tell) {
  const isDone = await openForm({
    title: "Change the password",
    verb: "Change",
    fields: [
      { label: "Password so far", type: "password", autocomplete: "current-password" },
      { label: "New password", type: "password", autocomplete: "new-password" },
      { label: "The new one once more", type: "password", autocomplete: "new-password" },
    ],
    act: async (old, password, again) => {
      checkSame(password ?? "", again ?? "");
      await chat.account.changePassword(old ?? "", password ?? "");
    },
  });
  if (isDone) tell("The password is changed.");
}

/** @param {Chat} chat @param {string} name */
export const askLogin = (chat, name) =>
  openForm({
    title: "Log in",
    verb: "Log in",
    fields: [
      { label: "Name", type: "text", autocomplete: "username", value: name },
      { label: "Password", type: "password", autocomplete: "current-password" },
    ],
    act: (who, password) => chat.prove({ type: "login", name: who, password }),
  });

/** @param {Chat} chat @param {string} name */
export const askRecovery = (chat, name) =>
  openForm({
    title: "Choose another password",
    verb: "Choose",
    hint: "Whoever runs the chatroom can give you a code for this.",
    fields: [
      { label: "Name", type: "text", autocomplete: "username", value: name },
      { label: "Code", type: "text", autocomplete: "one-time-code" },
      { label: "New password", type: "password", autocomplete: "new-password" },
      { label: "The same once more", type: "password", autocomplete: "new-password" },
    ],
    act: async (who, code, password, again) => {
      checkSame(password ?? "", again ?? "");
      await chat.prove({ type: "recover", name: who, code, password });
    },
  });

/** @param {Chat} chat @param {string} [code] */
export const askCode = (chat, code = "") =>
  openForm({
    title: "Link this device",
    verb: "Link",
    hint: "On a device where you are known, choose “Link another device”. Type the code that it shows, and agree there.",
    fields: [{ label: "Code", type: "text", autocomplete: "one-time-code", value: code }],
    act: (typed) => chat.prove({ type: "link", code: typed }),
  });

/** @param {string} password @param {string} again */
function checkSame(password, again) {
  if (password !== again) throw new ChatError("differs", "The two are not the same. Type both again.");
}

/** Show a code to be typed on another device, and ask when it was. @param {Chat} chat */
export function openLinking(chat) {
  const code = el("output", { class: "code" }, "…");
  const said = el("p", { role: "status" }, ELSEWHERE);
  const scanned = el("div", { class: "scanned" });
  const answers = el("div", {});
  const dialog = openDialog(
    "Link another device",
    el("div", { class: "secret scrolls" }, said, code, scanned, answers),
  );
  /** @param {string} sentence */
  const end = (sentence) => {
    said.textContent = sentence;
    code.remove();
    scanned.remove();
    answers.replaceChildren();
  };
  /** @param {string} typed @param {boolean} on */
  const answer = (typed, on) =>
    chat.account.confirm(typed, on).then(
      () => end(on ? "The device is linked." : "The device is not linked."),
      (error) => end(refusal(error)),
    );
  /** @param {Newcomer} newcomer */
  const asked = ({ code: typed, name, label }) => {
    if (!dialog.open) return void chat.account.confirm(typed, false).catch(() => {});
    scanned.remove();
    said.textContent = `A device${label ? ` (${label})` : ""} that is called ${name} typed the code. Is it yours?`;
    const yes = el("button", { type: "button", class: "main" }, "Yes, link it");
    const no = el("button", { type: "button" }, "No");
    yes.addEventListener("click", () => void answer(typed, true));
    no.addEventListener("click", () => void answer(typed, false));
    answers.replaceChildren(no, yes);
    no.focus();
  };
  chat.account.showCode(asked).then(
    (shown) => {
      code.textContent = shown.code;
      const address = addressWith("link", shown.code);
      if (!reach())
        scanned.replaceChildren(...qrCode(address, "An address that has the code, to be scanned"));
    },
    (error) => end(refusal(error)),
  );
}

/** @param {Chat} chat */
function openInvitations({ order }) {
  openList({
    title: "Invitations",
    none: "There is none that counts. /invite makes one.",
    load: async () =>
      (await order.invitations()).map(({ id, since, by, as, rooms = [], uses_left: uses, until }) => ({
        name: [as === "member" ? "For a member" : "For guests", ...rooms.map((room) => `#${room}`)].join(
          ", ",
        ),
        about: [
          `by ${by}, ${dayAndClock(since)}`,
          uses !== undefined && `${uses} left`,
          until && `until ${dayAndClock(until)}`,
        ]
          .filter(Boolean)
          .join("; "),
        verb: "Take back",
        undo: () => order.uninvite(id),
      })),
  });
}

/** @param {Chat} chat */
export function openDevices(chat) {
  openList({
    title: "Devices",
    load: async () =>
      (await chat.account.devices()).map(({ id, label, since, own, here }) => ({
        name: label || "A device without a name",
        about: `since ${dayAndClock(since)}${own ? " · this one" : here ? " · connected" : ""}`,
        ...(!own && { verb: "Log out", undo: () => chat.account.revoke(id) }),
      })),
  });
}

/** @param {Chat} chat */
export async function signOut(chat) {
  const unsent = chat.waiting.isUnsent ? " What you wrote and is not sent yet is dropped." : "";
  const guest =
    chat.account.kind === "guest"
      ? " Without a password, nobody will be you again, unless another device is linked."
      : "";
  const what = `Your name, what you have read, and drafts are removed from this browser, and it is logged out.${unsent}${guest}`;
  if (await confirm("Sign out on this device?", "Sign out", el("p", {}, what))) await chat.signOut();
}
