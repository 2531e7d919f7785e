/** What moderators, owners and operators do, as lines that are typed and from somebody's profile. */

import { splitDuration, spokenDuration } from "../chat/durations.js";
import { ChatError } from "../chat/errors.js";
import { keptWords, parseRetention } from "../chat/retention.js";
import { LOBBY } from "../chat/rooms.js";
import { addressWith } from "./address.js";
import { roomName } from "./choosing.js";
import { copy } from "./clipboard.js";
import { openSecret } from "./dialogs.js";
import { openForm } from "./forms.js";
import { openList } from "./lists.js";
import { listed, refusal } from "./wording.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/order.js").Ban} Ban
 * @typedef {import("../chat/types.js").Message} Message
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {(text: string, names?: readonly string[]) => void} Tell
 */

const ROLES = ["owner", "moderator", "writer", "operator", "none"];
const RULES = {
  "read-only": "read_only",
  archived: "archived",
  private: "private",
  revisions: "revisions",
  hold: "held",
};

export class Ordering {
  #chat;
  #tell;

  /** @param {Chat} chat @param {Tell} tell */
  constructor(chat, tell) {
    this.#chat = chat;
    this.#tell = tell;
  }

  /** The room in which the user acts. */
  get #room() {
    const room = this.#chat.current;
    if (!room) throw new ChatError("no_room", "You are in no room. Find one first.");
    return room;
  }

  /** @param {Promise<unknown>} work @param {string} sentence @param {string[]} names */
  async #do(work, sentence, ...names) {
    await work;
    this.#tell(sentence, names);
  }

  /** @param {string} name @param {string} reason */
  kick(name, reason) {
    const room = this.#room;
    const back = room.isPrivate ? "is back only if somebody adds them again" : "may be back in a minute";
    const done = `${name} is put out of ${room.title}, and ${back}.`;
    return this.#do(this.#chat.order.kick(room.name, name, reason), done, name);
  }

  /** @param {"ban" | "mute"} what @param {string} who @param {string} terms a time and a reason */
  restrain(what, who, terms) {
    const room = this.#room;
    const { seconds, rest } = splitDuration(terms);
    const how = seconds ? `for ${spokenDuration(seconds)}` : "for good";
    const [done, back] =
      what === "ban"
        ? [`banned from ${room.title} ${how}`, "lets them back in"]
        : [`muted in ${room.title} ${how}`, "lets them write again"];
    const sentence = `${who} is ${done}; /un${what} ${who} ${back}.`;
    return this.#do(this.#chat.order[what](room.name, who, { seconds, reason: rest }), sentence, who, who);
  }

  /** @param {string} who */
  banFromAll(who) {
    const done = `${who} is banned from the chatroom for good.`;
    return this.#do(this.#chat.order.ban(undefined, who, { reason: "" }), done, who);
  }

  /** @param {"unban" | "unmute"} what @param {string} who */
  letBack(what, who) {
    const room = this.#room;
    const may = what === "unban" ? `come back to ${room.title}` : `write in ${room.title} again`;
    return this.#do(this.#chat.order.letBack(what, room.name, who), `${who} may ${may}.`, who);
  }

  /** Show who is banned and muted in the room; each can be let back. */
  bans() {
    this.#openBans(this.#room);
  }

  /** Show who is banned from the chatroom as a whole. */
  bansOfAll() {
    this.#openBans({ name: undefined, title: "the chatroom" });
  }

  /** @param {{name?: string, title: string}} room */
  #openBans(room) {
    /** @type {(one: Ban, undoing: "unban" | "unmute", verb: string) => import("./lists.js").Entry} */
    const entry = (one, undoing, verb) => ({
      name: one.whom,
      about: toldOf(one, undoing),
      verb,
      undo: () => this.#chat.order.letBack(undoing, room.name, one.whom),
    });
    openList({
      title: room.name ? `Banned and muted in ${room.title}` : "Banned from the chatroom",
      none: "Nobody is banned here, or muted.",
      load: async () => {
        const { bans, mutes } = await this.#chat.order.bans(room.name);
        return [
          ...bans.map((one) => entry(one, "unban", "Let back in")),
          ...mutes.map((one) => entry(one, "unmute", "Let write")),
        ];
      },
    });
  }

  /** @param {boolean} locked */
  lock(locked) {
    const { name, title } = this.#room;
    const done = locked ? `Only moderators write in ${title} now.` : `Everybody may write in ${title} again.`;
    return this.#do(this.#chat.order.rule(name, { locked }), done);
  }

  /** @param {string} time or "off" */
  slow(time) {
    const { name, title } = this.#room;
    const { seconds = 0, rest } = time.toLowerCase() === "off" ? { rest: "" } : splitDuration(time);
    if (rest || (!seconds && time.toLowerCase() !== "off")) throw usage("/slow TIME|off");
    const done = seconds
      ? `Everybody may write in ${title} once in ${spokenDuration(seconds)} now.`
      : `${title} is not slow any more.`;
    return this.#do(this.#chat.order.rule(name, { slow_seconds: seconds }), done);
  }

  /** Show what holds in the room, or change it. @param {string} change */
  rules(change) {
    const { name, title, rules } = this.#room;
    if (!change) return this.#tell(rulesTold(title, rules));
    const [word = "", state = "", ...more] = change.toLowerCase().split(/\s+/);
    if (word === "retention") return this.#retain([state, ...more].join(" "));
    const rule = Object.entries(RULES).find(([said]) => said === word)?.[1];
    if (!rule || !["on", "off"].includes(state))
      throw usage("/rules read-only|archived|private|revisions|hold on|off, or /rules retention 30 days");
    const can = state === "on" ? "can be read from now on" : "cannot be read any more";
    const is = state === "on" ? `is ${word} now` : `is not ${word} any more`;
    const done =
      {
        revisions: `What was said in ${title} before edits ${can}.`,
        hold: `What was said in ${title} can${state === "on" ? "not" : ""} be changed or deleted from now on.`,
      }[word] ?? `${title} ${is}.`;
    return this.#do(this.#chat.order.rule(name, { [rule]: state === "on" }), done);
  }

  /** Say how long messages are kept in the room. @param {string} words */
  #retain(words) {
    const { name, title } = this.#room;
    const retention = parseRetention(words);
    if (!retention) throw usage("/rules retention 30 days|1000 messages|off");
    const done = keptWords(retention)
      ? `Messages in ${title} are kept ${keptWords(retention)} now.`
      : `${title} keeps all messages that the chatroom as a whole keeps.`;
    return this.#do(this.#chat.order.rule(name, { retention }), done);
  }

  /** Let somebody into a private room, or tell them of another. @param {string} typed their name */
  add(typed) {
    const { name: room, title, isPrivate } = this.#room;
    const name = typed.trim().replace(/^@/, "");
    const done = isPrivate ? `${name} is in ${title} now.` : `${name} is told of ${title}.`;
    return this.#do(this.#chat.order.add(room, name), done, name);
  }

  /** Tell who is let into the private room. */
  members() {
    const { title, isPrivate, rules } = this.#room;
    const names = rules.members ?? [];
    if (isPrivate) this.#tell(`Members of ${title}: ${listed(names)}.`, names);
    else this.#tell(`${title} is not private: everybody may enter.`);
  }

  /** @param {string} typed */
  entitle(typed) {
    const { name, title } = this.#room;
    const wanted = roomName(typed) || typed;
    return this.#do(this.#chat.order.rule(name, { title: wanted }), `${title} is called #${wanted} now.`);
  }

  /** @param {string} name @param {string} role */
  appoint(name, role) {
    const word = role.toLowerCase();
    if (!ROLES.includes(word)) throw usage(`/appoint NAME ${ROLES.join("|")}`);
    const isOfServer = word === "operator";
    const where = isOfServer ? "of the server" : `in ${this.#room.title}`;
    const work = this.#chat.order.appoint(name, word, isOfServer ? undefined : this.#room.name);
    return this.#do(work, `${name} ${word === "none" ? "has no role" : `is ${word}`} ${where} now.`, name);
  }

  /** @param {string} one @param {string} other @param {string} state "off" ends it */
  hold(one, other, state) {
    const word = state.toLowerCase();
    if (!other || !["", "on", "off"].includes(word)) throw usage("/hold NAME OTHER [off]");
    const isHeld = word !== "off";
    const said = isHeld ? "is under a legal hold now" : "is under no legal hold any more";
    const done = `What ${one} and ${other} say to each other in private ${said}.`;
    return this.#do(this.#chat.order.hold(one, other, isHeld), done, one, other);
  }

  /** @param {string} state */
  door(state) {
    if (!["locked", "open"].includes(state)) throw usage("/door locked|open");
    const isLocked = state === "locked";
    const done = isLocked ? "Nobody new is let in now; /door open lets them in." : "The door is open.";
    return this.#do(this.#chat.order.door(isLocked), done);
  }

  /** Let somebody into the room, or make an address that lets newcomers in. @param {string} typed a name or a time */
  async invite(typed) {
    const { seconds, rest } = /^\d/.test(typed) ? splitDuration(typed) : { rest: typed };
    if (rest) return this.add(typed);
    const { current, order } = this.#chat;
    const room = order.may("invite", current) && current?.name !== LOBBY ? current : null;
    const address = addressWith("invite", await order.invite(seconds, room ? [room.name] : undefined));
    const counts = seconds ? `for ${spokenDuration(seconds)}` : "for good";
    const where = room ? `into ${room.title}` : "in";
    const about = `Everybody who opens this address may come ${where}, ${counts}. It is not shown again.`;
    return openSecret("Invitation", about, address, (text) => this.#tellOf(copy(text)));
  }

  /** Show a notice if something is refused. @param {Promise<unknown>} doing */
  #tellOf(doing) {
    doing.catch((error) => this.#tell(refusal(error)));
  }

  /** Show how the server does, who is here, and what operators do with it. */
  run() {
    return import("../later/running.js").then(({ openRunning }) => openRunning(this.#chat));
  }

  /** @param {string} code */
  operate(code) {
    return this.#do(this.#chat.order.operate(code), "You run the server now, too.");
  }

  /**
   * @param {string} name
   * @returns {import("./lists.js").Deed[]} all that the user may do about somebody in the room
   */
  deedsOver(name) {
    const room = this.#room;
    const { order } = this.#chat;
    const isAbove = order.isAbove(room, name);
    /** @param {import("../chat/rights.js").Act} act */
    const may = (act) => isAbove && order.may(act, room);
    const isModerator = order.roleOf(room, name) === "moderator";
    return [
      [
        room.isPrivate ? "Take out of the room" : "Put out for a minute",
        () => this.kick(name, ""),
        may("kick"),
      ],
      ["Mute for 10 minutes", () => this.restrain("mute", name, "10m"), may("mute")],
      ["Ban for a day", () => this.restrain("ban", name, "1 day"), may("ban")],
      ["Ban for good", () => this.restrain("ban", name, ""), may("ban")],
      ["Ban from the whole chatroom", () => this.banFromAll(name), isAbove && order.isOperator],
      isModerator
        ? ["Make no moderator any more", () => this.appoint(name, "none"), may("moderators")]
        : ["Make moderator", () => this.appoint(name, "moderator"), may("moderators")],
    ];
  }
}

/**
 * Ask why those who look after a room shall look at a message.
 *
 * @param {Chat} chat
 * @param {Message} message
 * @param {Tell} tell
 */
export async function askReport(chat, message, tell) {
  const isDone = await openForm({
    title: "Report this message",
    verb: "Report",
    hint: "Those who look after the room are told of it, and that it was you who reported it.",
    fields: [{ label: "What is wrong with it?", type: "text", autocomplete: "off", isOptional: true }],
    act: (reason) => chat.order.report(message, reason ?? ""),
  });
  if (isDone) tell(`What ${message.from} said is reported.`, [message.from]);
}

/** @param {string} line */
const usage = (line) => new ChatError("bad_command", `Usage: ${line}`);

/** @param {Ban} ban @param {"unban" | "unmute"} undoing */
function toldOf({ by, until, reason }, undoing) {
  const end = until ? `until ${new Date(until).toLocaleString()}` : "for good";
  return `${undoing === "unban" ? "banned" : "muted"} ${end}${by ? ` by ${by}` : ""}${reason ? ` (${reason})` : ""}`;
}

/**
 * @param {string} title of the room
 * @param {import("../chat/order.js").Rules} rules
 */
export function rulesTold(title, { owner, moderators = [], writers = [], members = [], ...rules }) {
  const parts = [
    owner && `owned by ${owner}`,
    moderators.length && `moderated by ${moderators.join(", ")}`,
    rules.private && `private${members.length ? `, with ${members.join(", ")}` : ""}`,
    rules.read_only && "read-only",
    rules.revisions && "texts from before edits can be read",
    rules.read_only && writers.length && `written by ${writers.join(", ")}, too`,
    rules.retention && `messages are kept ${keptWords(rules.retention)}`,
    rules.held && "under a legal hold, so nothing can be changed or deleted",
    rules.locked && "locked",
    rules.archived && "archived",
    rules.topic_by && rules.topic_by !== "passing" && `its topic is set by ${rules.topic_by}s`,
    rules.slow_seconds && `everybody writes once in ${spokenDuration(rules.slow_seconds)}`,
  ].filter(Boolean);
  return parts.length ? `${title}: ${parts.join("; ")}.` : `Nothing special holds in ${title}.`;
}
