/** The slash commands: one table for the composer, Tab and the help. */

import { isAtLeast } from "../chat/rights.js";

/**
 * @typedef {import("../chat/order.js").Order} Order
 * @typedef {import("../chat/rights.js").Act} Act
 * @typedef {import("../chat/rights.js").Role} Role
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {object} Desk What commands can ask for.
 * @property {(room: string) => unknown} join
 * @property {(name: string, text: string) => unknown} direct
 * @property {(text: string) => unknown} topic
 * @property {() => unknown} leave
 * @property {() => unknown} keepOnTop
 * @property {() => unknown} notify
 * @property {(words: string) => unknown} search
 * @property {() => unknown} mentions
 * @property {() => unknown} address
 * @property {() => unknown} who
 * @property {() => unknown} help
 * @property {() => unknown} settings
 * @property {() => unknown} save
 * @property {(typed: string) => unknown} register
 * @property {(name: string) => unknown} login
 * @property {() => unknown} password
 * @property {(text: string) => unknown} act
 * @property {import("./acquaintances.js").Acquaintances} people
 * @property {() => unknown} access
 * @property {{make: (name: string) => unknown, show: () => unknown}} hooks webhooks of the room
 * @property {() => unknown} deleteRoom
 * @property {() => unknown} pins what is pinned in the room
 * @property {(name: string) => unknown} rename
 * @property {() => unknown} forget
 * @property {() => unknown} devices
 * @property {() => unknown} link
 * @property {() => unknown} signOut
 * @property {(code: string) => unknown} linkWith
 * @property {(name: string) => unknown} recover
 * @property {import("./ordering.js").Ordering} ordering
 * @property {() => string[]} names everybody whom the user may mean
 *
 * @typedef {object} Command
 * @property {string} word
 * @property {string} usage what follows the word; in brackets if it may be left out
 * @property {string} purpose
 * @property {Act} [act] which right in the room it takes; else none
 * @property {Role} [least] who in the chatroom is offered it; else everybody is
 * @property {(desk: Desk, argument: string) => unknown} run
 */

const NAME_CHARS_MAX = 32;

/** @type {Command[]} */
export const COMMANDS = [
  {
    word: "join",
    usage: "ROOM",
    purpose: "enter a room; it opens if there is none",
    run: (desk, argument) => desk.join(argument),
  },
  { word: "pins", usage: "", purpose: "see what is pinned in this room", run: (desk) => desk.pins() },
  { word: "msg", usage: "NAME [TEXT]", purpose: "talk to one person alone", run: message },
  {
    word: "me",
    usage: "TEXT",
    purpose: "say what you do: /me waves",
    act: "say",
    run: (desk, argument) => desk.act(argument),
  },
  {
    word: "away",
    usage: "[TEXT]",
    purpose: "say that you are away, and why",
    run: (desk, argument) => desk.people.away(argument),
  },
  { word: "back", usage: "", purpose: "say that you are back", run: (desk) => desk.people.back() },
  {
    word: "whois",
    usage: "NAME",
    purpose: "who somebody is",
    run: (desk, argument) => desk.people.whois(argument),
  },
  {
    word: "ignore",
    usage: "NAME",
    purpose: "hear nothing of somebody any more",
    least: "guest",
    run: (desk, argument) => desk.people.ignore(argument, true),
  },
  {
    word: "unignore",
    usage: "NAME",
    purpose: "hear them again",
    least: "guest",
    run: (desk, argument) => desk.people.ignore(argument, false),
  },
  {
    word: "topic",
    usage: "[TEXT]",
    purpose: "change the topic",
    act: "topic",
    run: (desk, argument) => desk.topic(argument),
  },
  { word: "notify", usage: "", purpose: "what calls you in this room", run: (desk) => desk.notify() },
  {
    word: "top",
    usage: "",
    purpose: "keep this room on top of the list, or no longer",
    run: (desk) => desk.keepOnTop(),
  },
  { word: "leave", usage: "", purpose: "leave this room", run: (desk) => desk.leave() },
  {
    word: "address",
    usage: "",
    purpose: "copy the address of this room",
    run: (desk) => desk.address(),
  },
  {
    word: "mentions",
    usage: "",
    purpose: "find what mentions or answers you, in all rooms",
    run: (desk) => desk.mentions(),
  },
  {
    word: "search",
    usage: "[WORDS]",
    purpose: "find messages",
    run: (desk, argument) => desk.search(argument),
  },
  { word: "who", usage: "", purpose: "who is in this room", run: (desk) => desk.who() },
  {
    word: "register",
    usage: "",
    purpose: "claim your name with a password",
    run: (desk, argument) => desk.register(argument),
  },
  {
    word: "nick",
    usage: "[NAME]",
    purpose: "have another name, and stay who you are",
    least: "guest",
    run: (desk, argument) => desk.rename(argument),
  },
  {
    word: "login",
    usage: "[NAME]",
    purpose: "go on as somebody who has a password",
    run: (desk, argument) => desk.login(argument),
  },
  {
    word: "recover",
    usage: "[NAME]",
    purpose: "choose a password with a code",
    run: (desk, argument) => desk.recover(argument),
  },
  { word: "password", usage: "", purpose: "change your password", run: (desk) => desk.password() },
  { word: "devices", usage: "", purpose: "your devices", run: (desk) => desk.devices() },
  {
    word: "link",
    usage: "[CODE]",
    purpose: "show a code for another device, or give its code here",
    run: (desk, argument) => (argument ? desk.linkWith(argument) : desk.link()),
  },
  {
    word: "rules",
    usage: "[read-only|archived on|off]",
    purpose: "what holds in this room",
    run: (desk, argument) => desk.ordering.rules(argument),
  },
  {
    word: "kick",
    usage: "NAME [REASON]",
    purpose: "put somebody out for a minute",
    act: "kick",
    run: (desk, argument) => desk.ordering.kick(...splitName(desk, argument)),
  },
  {
    word: "ban",
    usage: "NAME [TIME] [REASON]",
    purpose: "keep somebody out, such as for 2h, or for good",
    act: "ban",
    run: (desk, argument) => desk.ordering.restrain("ban", ...splitName(desk, argument)),
  },
  {
    word: "unban",
    usage: "NAME",
    purpose: "let somebody back in",
    act: "ban",
    run: (desk, argument) => desk.ordering.letBack("unban", argument),
  },
  {
    word: "mute",
    usage: "NAME [TIME] [REASON]",
    purpose: "let somebody write nothing",
    act: "mute",
    run: (desk, argument) => desk.ordering.restrain("mute", ...splitName(desk, argument)),
  },
  {
    word: "unmute",
    usage: "NAME",
    purpose: "let somebody write again",
    act: "mute",
    run: (desk, argument) => desk.ordering.letBack("unmute", argument),
  },
  {
    word: "bans",
    usage: "",
    purpose: "who is banned and muted",
    act: "ban",
    run: (desk) => desk.ordering.bans(),
  },
  {
    word: "lock",
    usage: "",
    purpose: "let only moderators write",
    act: "lock",
    run: (desk) => desk.ordering.lock(true),
  },
  {
    word: "unlock",
    usage: "",
    purpose: "let everybody write again",
    act: "lock",
    run: (desk) => desk.ordering.lock(false),
  },
  {
    word: "slow",
    usage: "TIME|off",
    purpose: "have people wait between messages",
    act: "slow",
    run: (desk, argument) => desk.ordering.slow(argument),
  },
  {
    word: "private",
    usage: "[on|off]",
    purpose: "let only members see this room",
    act: "private",
    run: (desk, argument) => desk.ordering.rules(`private ${argument || "on"}`),
  },
  {
    word: "public",
    usage: "",
    purpose: "let everybody see this room again",
    act: "private",
    run: (desk) => desk.ordering.rules("private off"),
  },
  {
    word: "add",
    usage: "NAME",
    purpose: "let somebody into this private room, or tell them of another",
    act: "invite",
    run: (desk, argument) => desk.ordering.add(argument),
  },
  {
    word: "members",
    usage: "",
    purpose: "who is let into this private room",
    run: (desk) => desk.ordering.members(),
  },
  {
    word: "webhook",
    usage: "NAME",
    purpose: "make an address by which a service posts here",
    act: "webhooks",
    run: (desk, argument) => desk.hooks.make(argument),
  },
  {
    word: "webhooks",
    usage: "",
    purpose: "see, make and revoke webhooks of this room",
    act: "webhooks",
    run: (desk) => desk.hooks.show(),
  },
  {
    word: "delete-room",
    usage: "",
    purpose: "delete this room for good",
    act: "delete_room",
    run: (desk) => desk.deleteRoom(),
  },
  {
    word: "title",
    usage: "NAME",
    purpose: "rename this room; its first name undoes it",
    act: "rename",
    run: (desk, argument) => desk.ordering.entitle(argument),
  },
  {
    word: "appoint",
    usage: "NAME ROLE",
    purpose: "make somebody owner, moderator, writer, operator or none of these",
    act: "moderators",
    run: (desk, argument) => desk.ordering.appoint(...splitName(desk, argument)),
  },
  {
    word: "invite",
    usage: "[NAME or TIME]",
    purpose: "let somebody into this room; without a name, make an address that lets newcomers in",
    least: "guest",
    run: (desk, argument) => desk.ordering.invite(argument),
  },
  {
    word: "access",
    usage: "",
    purpose: "who may come in",
    least: "operator",
    run: (desk) => desk.access(),
  },
  {
    word: "admin",
    usage: "",
    purpose: "run the chatroom: its status, people, sessions, bans, tokens",
    least: "operator",
    run: (desk) => desk.ordering.run(),
  },
  {
    word: "door",
    usage: "locked|open",
    purpose: "let nobody new in, or let them in again",
    least: "operator",
    run: (desk, argument) => desk.ordering.door(argument),
  },
  {
    word: "hold",
    usage: "NAME OTHER [off]",
    purpose: "let nothing go of what two people say to each other, or end that",
    least: "operator",
    run: hold,
  },
  {
    word: "operate",
    usage: "CODE",
    purpose: "run the server, with the code that it shows",
    run: (desk, argument) => desk.ordering.operate(argument),
  },
  { word: "logout", usage: "", purpose: "sign out on this device", run: (desk) => desk.signOut() },
  { word: "forget", usage: "", purpose: "delete your account", least: "guest", run: (desk) => desk.forget() },
  { word: "save", usage: "", purpose: "save what was said here", run: (desk) => desk.save() },
  {
    word: "settings",
    usage: "",
    purpose: "colours, density and the like",
    run: (desk) => desk.settings(),
  },
  { word: "help", usage: "", purpose: "keys and commands", run: (desk) => desk.help() },
];

/**
 * Return what a text is: something to say, a command to run, or a mistake, as a sentence.
 * A path such as /usr/bin is something to say.
 * @param {string} text
 * @returns {{say: string} | {run: (desk: Desk) => unknown} | {mistake: string}}
 */
export function read(text) {
  if (text.startsWith("//")) return { say: text.slice(1) };
  const found = /^\/([a-z-]+)(?:\s+(.*))?$/is.exec(text);
  if (!found) return { say: text };
  const [, word = "", argument = ""] = found;
  const command = COMMANDS.find((one) => one.word === word.toLowerCase());
  if (!command) {
    return {
      mistake: `There is no command /${word}. /help lists them; begin with // to say a line that starts with a slash.`,
    };
  }
  if (/^\w/.test(command.usage) && !argument.trim()) return { mistake: `Usage: ${usageOf(command)}` };
  return { run: (desk) => command.run(desk, argument.trim()) };
}

/**
 * Return what to type to say exactly this text.
 * @param {string} text
 */
export function typedAs(text) {
  const what = read(text);
  return "say" in what && what.say === text ? text : `/${text}`;
}

/** @param {Command} command */
export const usageOf = ({ word, usage }) => `/${word} ${usage}`.trim();

/**
 * What is offered to the user; the server refuses the rest.
 * @param {Order} order
 * @param {RoomState | null} room in which they are
 */
export function offered(order, room) {
  const role = order.role(null);
  return COMMANDS.filter(
    ({ act, least }) => (!least || isAtLeast(role, least)) && (!act || order.may(act, room)),
  );
}

/** @param {Desk} desk @param {string} argument */
function hold(desk, argument) {
  const [one, rest] = splitName(desk, argument);
  return desk.ordering.hold(one, ...splitName(desk, rest));
}

/** @param {Desk} desk @param {string} argument */
function message(desk, argument) {
  return desk.direct(...splitName(desk, argument));
}

/**
 * Names may hold spaces, so the longest one that is known wins.
 * @param {Desk} desk
 * @param {string} argument
 * @returns {[name: string, rest: string]}
 */
function splitName(desk, argument) {
  const given = argument.replace(/^@/, "");
  const known = new Set(desk.names().map((name) => name.toLowerCase()));
  for (let end = Math.min(given.length, NAME_CHARS_MAX); end > 0; end -= 1) {
    if (/^(\s|$)/.test(given.slice(end)) && known.has(given.slice(0, end).toLowerCase())) {
      return [given.slice(0, end), given.slice(end).trim()];
    }
  }
  const [name = ""] = given.split(/\s/, 1);
  return [name, given.slice(name.length).trim()];
}
