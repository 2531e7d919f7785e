/** What a room is, and what the user may do with it. */

import { LOBBY } from "../chat/rooms.js";
import { el } from "../log/element.js";
import { dayAndClock } from "../log/times.js";
import { roomName } from "./choosing.js";
import { copy } from "./clipboard.js";
import { confirm, openSecret } from "./dialogs.js";
import { openForm } from "./forms.js";
import { home } from "../addresses/home.js";
import { openDeeds, openList } from "./lists.js";
import { rulesTold } from "./ordering.js";
import { refusal } from "./wording.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {(text: string, names?: readonly string[]) => void} Tell
 *
 * @typedef {object} Desk
 * @property {import("./ordering.js").Ordering} ordering
 * @property {(text: string) => unknown} topic
 * @property {() => unknown} notify
 * @property {() => unknown} pins
 * @property {(room: RoomState) => unknown} save
 */

/**
 * @param {Chat} chat
 * @param {RoomState} room
 * @param {Desk} desk
 * @param {Tell} tell
 */
export function openRoom(chat, room, desk, tell) {
  const { order } = chat;
  const { ordering } = desk;
  const { name, title, rules } = room;
  /** @param {import("../chat/rights.js").Act} act */
  const may = (act) => order.may(act, room);
  const isInviter = may("invite") && ["member", "bot"].includes(chat.account.kind);
  const about = room.isDirect ? "Only the two of you read and write here." : rulesTold(title, rules);
  openDeeds(
    title,
    [about],
    [
      [
        room.isTop ? "Keep on top of the list no longer" : "Keep on top of the list",
        () => chat.keepOnTop(room, !room.isTop),
      ],
      ["What calls me here …", () => desk.notify()],
      ["Set the topic …", () => desk.topic(""), may("topic") && !room.isDirect],
      ["See what is pinned", () => desk.pins()],
      ["Add somebody …", () => askWhom(room, ordering), may("invite")],
      ["Invite by an address …", () => ordering.invite(""), isInviter],
      ["Banned and muted …", () => ordering.bans(), may("ban")],
      ["Reports …", () => chat.join(`$reports/${name}`), may("see_reports")],
      ["Webhooks …", () => openHooks(chat, room, tell), may("webhooks")],
      ["Slow mode …", () => askSlowMode(room, ordering), may("slow")],
      [
        rules.locked ? "Unlock: let everybody write" : "Lock: let only moderators write",
        () => ordering.lock(!rules.locked),
        may("lock"),
      ],
      [
        rules.read_only ? "Make writable" : "Make read-only",
        () => ordering.rules(`read-only ${rules.read_only ? "off" : "on"}`),
        may("read_only"),
      ],
      [
        rules.archived ? "Bring back from the archive" : "Archive",
        () => ordering.rules(`archived ${rules.archived ? "off" : "on"}`),
        may("archive"),
      ],
      [
        rules.revisions ? "Keep no texts from before edits" : "Keep texts from before edits",
        () => ordering.rules(`revisions ${rules.revisions ? "off" : "on"}`),
        may("revisions"),
      ],
      ["Rename the room …", () => askTitle(chat, room), may("rename")],
      [
        room.isPrivate ? "Make public" : "Make private …",
        () => setPrivate(chat, room),
        may("private") && name !== LOBBY,
      ],
      ["Save what was said …", () => desk.save(room)],
      [`Leave ${title}`, () => chat.leave(name)],
      ["Give up your membership …", () => giveUp(chat, room), room.isPrivate],
      ["Delete the room …", () => deleteRoom(chat, room), may("delete_room") && name !== LOBBY],
    ],
    tell,
  );
}

/** @param {RoomState} room @param {import("./ordering.js").Ordering} ordering */
function askWhom(room, ordering) {
  return openForm({
    title: `Add somebody to ${room.title}`,
    verb: "Add",
    hint: room.isPrivate
      ? "They read everything that was said here. People in passing cannot be added."
      : "They are told of the room, and may enter it.",
    fields: [{ label: "Name", type: "text", autocomplete: "off" }],
    act: (name) => ordering.add(name ?? ""),
  });
}

/** @param {Chat} chat @param {RoomState} room */
function askTitle(chat, { name, title }) {
  return openForm({
    title: `Rename ${title}`,
    verb: "Rename",
    hint: `It is still found as #${name}. Leave this empty to undo the renaming.`,
    fields: [{ label: "Title", type: "text", autocomplete: "off", value: title.slice(1), isOptional: true }],
    act: (typed) => chat.order.rule(name, { title: roomName(typed ?? "") || typed }),
  });
}

/** @param {Chat} chat @param {RoomState} room */
async function setPrivate(chat, { name, title, isPrivate }) {
  const what =
    "Those who are here now stay, if the server knows them. " +
    "Nobody else enters, reads or finds the room, unless they are added.";
  if (isPrivate || (await confirm(`Make ${title} private?`, "Make private", el("p", {}, what))))
    await chat.order.rule(name, { private: !isPrivate });
}

/** @param {Chat} chat @param {RoomState} room */
async function giveUp(chat, { name, title }) {
  const what = "You can come back only if somebody adds you again.";
  if (await confirm(`Give up your membership of ${title}?`, "Give it up", el("p", {}, what)))
    await chat.order.kick(name, chat.name, "");
}

/** @param {Chat} chat @param {RoomState} room */
export async function deleteRoom(chat, { name, title }) {
  const what = "All that was said there is gone for everybody, and cannot be brought back.";
  if (await confirm(`Delete ${title} for good?`, "Delete the room", el("p", {}, what)))
    await chat.order.deleteRoom(name);
}

/** @param {RoomState} room @param {import("./ordering.js").Ordering} ordering */
function askSlowMode(room, ordering) {
  return openForm({
    title: `Slow mode of ${room.title}`,
    verb: "Set",
    hint: "How long everybody waits after each message, such as 30s or 5m; “off” lets them write at will.",
    fields: [{ label: "Time", type: "text", autocomplete: "off" }],
    act: async (time) => ordering.slow(time ?? ""),
  });
}

/**
 * Show the webhooks of a room, which can be revoked, and more of them made.
 *
 * @param {Chat} chat
 * @param {RoomState} room
 * @param {Tell} tell
 */
export function openHooks(chat, room, tell) {
  openList({
    title: `Webhooks of ${room.title}`,
    none: "There is none. A service that has the secret address of one posts here under its name.",
    load: async () =>
      (await chat.order.hooks(room.name)).map(({ id, name, since, by, seen }) => ({
        name,
        about: `made by ${by}, ${dayAndClock(since)}; ${seen ? `last used ${dayAndClock(seen)}` : "never used"}`,
        verb: "Revoke",
        undo: () => chat.order.revokeHook(room.name, id),
      })),
    add: ["Make one …", () => askHook(chat, room, tell)],
  });
}

/** @param {Chat} chat @param {RoomState} room @param {Tell} tell */
function askHook(chat, room, tell) {
  return openForm({
    title: `New webhook of ${room.title}`,
    verb: "Make",
    hint: "What comes by it is said under this name, which nobody else may have.",
    fields: [{ label: "Name", type: "text", autocomplete: "off" }],
    act: (name) => makeHook(chat, room, name ?? "", tell),
  });
}

/**
 * Make a webhook, and show its address.
 *
 * @param {Chat} chat
 * @param {RoomState} room
 * @param {string} name under which it posts
 * @param {Tell} tell
 */
export async function makeHook(chat, room, name, tell) {
  const secret = await chat.order.hook(room.name, name);
  const about = `Everybody who has this address posts to ${room.title}. It is not shown again.`;
  openSecret(
    "Webhook",
    about,
    `${home().origin}/hooks/${secret}`,
    (text) => void copy(text).catch((error) => tell(refusal(error))),
  );
}
