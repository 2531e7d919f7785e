/** Keeping rooms in order (docs/protocol.md, section 4.5): what people are in a room, and acts of power. */

import { isOwn } from "./me.js";
import { sameName } from "./names.js";
import { isAtLeast, may } from "./rights.js";
import { Running } from "./running.js";

/**
 * @typedef {import("./place.js").Place} Place
 * @typedef {import("./rights.js").Act} Act
 * @typedef {import("./rights.js").Kind} Kind
 * @typedef {import("./rights.js").Role} Role
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").RoomState} RoomState
 *
 * @typedef {object} Rules what holds in a room; people stand here by their names
 * @property {string} [owner]
 * @property {string[]} [moderators]
 * @property {string[]} [writers]
 * @property {string[]} [members] of a private room
 * @property {boolean} [private]
 * @property {boolean} [read_only]
 * @property {boolean} [locked]
 * @property {boolean} [archived]
 * @property {number} [slow_seconds]
 * @property {string} [topic_by] the least role that sets the topic
 * @property {boolean} [revisions] what messages read before they were edited can be read
 * @property {string} [title]
 * @property {import("./retention.js").Retention} [retention] how long messages are kept
 * @property {boolean} [held] nothing that was said can be changed or deleted
 *
 * @typedef {{whom: string, by?: string, until?: number, reason?: string}} Ban
 * @typedef {{id: string, name: string, since: number, by: string, seen?: number}} Hook
 * @typedef {{id: string, since: number, by: string, as?: string, rooms?: string[], uses_left?: number, until?: number}} Invitation
 * @typedef {{enter: string, guests: boolean, passing: boolean}} Access
 */

export class Order {
  #session;
  #place;

  /**
   * @param {Session} session
   * @param {() => Place} place
   */
  constructor(session, place) {
    this.#session = session;
    this.#place = place;
    this.running = new Running((command) => this.#ask(command));
  }

  /** Whether the user runs the server. */
  get isOperator() {
    return this.#place().isOperator;
  }

  /**
   * @param {RoomState | null} room
   * @returns {Role} what the user is there; the server decides
   */
  role(room) {
    const { kind, isOperator } = this.#place();
    if (!kind) return "passing";
    if (isOperator) return "operator";
    const elsewhere = kind === "guest" ? "guest" : "member";
    return room?.role && isAtLeast(room.role, elsewhere) ? room.role : elsewhere;
  }

  /**
   * @param {Act} act
   * @param {RoomState | null} room
   * @returns {boolean} whether the user may, as far as is known here
   */
  may(act, room) {
    if (!room || room.barred) return false;
    const role = this.role(room);
    if (act === "topic" && !isAtLeast(role, room.rules.topic_by ?? "passing")) return false;
    const isOwned = room.rules.owner && !room.isDirect;
    if (act === "pin" && isOwned && !isAtLeast(role, "moderator")) return false;
    return may(act, role, kindsOf(room, this.#place().name));
  }

  /**
   * @param {import("./rights.js").Deed} deed
   * @param {Message} message
   * @param {RoomState | null} room
   * @returns {boolean} whether the user may do this with a message of the room
   */
  mayDo(deed, message, room) {
    const isMine = isOwn(message, this.#place());
    switch (deed) {
      case "copy":
      case "link":
      case "unread":
        return true;
      case "react":
        return this.may("react", room);
      case "pin":
        return !message.pinned && this.may("pin", room);
      case "unpin":
        return message.pinned === true && this.may("pin", room);
      case "quote":
        return this.may("say", room);
      case "revisions":
        return message.edited !== undefined && room?.rules.revisions === true;
      case "reply":
        return this.may("say", room);
      case "edit":
        return isMine && this.may("edit", room);
      case "report":
        return !isMine && this.may("report", room);
      case "remove":
        if (isMine) return this.may("delete", room);
        return room !== null && this.may("remove", room) && this.isAbove(room, message.from);
    }
  }

  /**
   * @param {RoomState} room
   * @returns {string} why the user cannot write there, "" if they can
   */
  silence(room) {
    if (room.barred) return room.barred;
    if (room.isSystem) return "The server writes here by itself.";
    if (this.may("say", room)) return room.muted;
    const { archived, locked } = room.rules;
    const keeper = this.#keeperOf(room);
    const whom = keeper && !sameName(keeper, this.#place().name) ? `; ${keeper} can change that` : "";
    if (archived) return `This room is archived: nobody writes here${whom}.`;
    return `${locked ? "This room is locked" : "This room is read-only"}: only moderators write here${whom}.`;
  }

  /** @param {RoomState} room @returns {string | undefined} its owner, or an operator who is in it */
  #keeperOf({ rules, roster }) {
    return rules.owner || roster.names.find((name) => roster.of(name)?.role === "operator");
  }

  /**
   * @param {RoomState} room
   * @param {string} name
   * @returns {"operator" | "owner" | "moderator" | undefined} what somebody is there
   */
  roleOf({ rules, roster }, name) {
    if (roster.of(name)?.role === "operator") return "operator";
    if (rules.owner && sameName(rules.owner, name)) return "owner";
    return rules.moderators?.some((one) => sameName(one, name)) ? "moderator" : undefined;
  }

  /**
   * @param {RoomState} room
   * @param {string} name
   * @returns {boolean} whether the user has power over somebody: nobody has any over their like
   */
  isAbove(room, name) {
    const [mine, theirs] = [this.role(room), this.roleOf(room, name)];
    return isAtLeast(mine, "moderator") && (!theirs || (mine !== theirs && isAtLeast(mine, theirs)));
  }

  /** @type {(room: string, name: string, reason: string) => Promise<unknown>} */
  kick = (room, name, reason) => this.#ask({ type: "kick", room, name, reason });

  /** @type {(room: string | undefined, who: string, how: {seconds?: number, reason: string}) => Promise<unknown>} no room: the chatroom */
  ban = (room, who, how) => this.#ask({ type: "ban", room, who, ...how });

  /** @type {(room: string, who: string, how: {seconds?: number, reason: string}) => Promise<unknown>} */
  mute = (room, who, how) => this.#ask({ type: "mute", room, who, ...how });

  /** @type {(type: "unban" | "unmute", room: string | undefined, who: string) => Promise<unknown>} */
  letBack = (type, room, who) => this.#ask({ type, room, who });

  /**
   * @param {string} [room] none: the chatroom
   * @returns {Promise<{bans: Ban[], mutes: Ban[]}>}
   */
  async bans(room) {
    const { bans, mutes } = await this.#ask({ type: "bans", room });
    return { bans, mutes };
  }

  /** @type {(room: string, change: Partial<Rules>) => Promise<unknown>} */
  rule = (room, change) => this.#ask({ type: "rules", room, ...change });

  /**
   * Let somebody who is known into a private room, or tell them of another.
   * @type {(room: string, name: string) => Promise<unknown>}
   */
  add = (room, name) => this.#ask({ type: "add", room, name });

  /** Delete a room with all that was said in it. @param {string} room */
  deleteRoom = (room) => this.#ask({ type: "delete_room", room });

  /** @type {(name: string, role: string, room?: string) => Promise<unknown>} */
  appoint = (name, role, room) => this.#ask({ type: "appoint", name, role, room });

  /** Tell those who look after a room of a message. @param {Message} message @param {string} reason */
  report = ({ room, seq }, reason) => this.#ask({ type: "report", room, seq, reason });

  /**
   * Put what two people say to each other in private under a legal hold, or end that.
   * @type {(one: string, other: string, on: boolean) => Promise<unknown>}
   */
  hold = (one, other, on) => this.#ask({ type: "hold", names: [one, other], on });

  /** @type {(locked: boolean) => Promise<unknown>} */
  door = (locked) => this.#ask({ type: "door", locked });

  /**
   * @param {Partial<Access>} [change] none: it only asks
   * @returns {Promise<Access & {password: boolean}>} who is let in
   */
  access = async (change = {}) => /** @type {any} */ (await this.#ask({ type: "access", ...change }));

  /** Run the server, too. @param {string} code */
  operate = (code) => this.#ask({ type: "operate", code });

  /**
   * @param {number} [seconds] for which it counts
   * @param {string[]} [rooms] to be in then
   * @returns {Promise<string>} the secret that lets somebody in
   */
  async invite(seconds, rooms) {
    return (await this.#ask({ type: "invite", seconds, rooms })).invitation;
  }

  /** @returns {Promise<Invitation[]>} those that count: to operators all, to others their own */
  async invitations() {
    return (await this.#ask({ type: "invitations" })).invitations;
  }

  /** Take an invitation back. @param {string} invitation its id */
  uninvite = (invitation) => this.#ask({ type: "uninvite", invitation });

  /** @param {string} name @returns {Promise<string>} a code with which somebody chooses another password */
  async recovery(name) {
    return (await this.#ask({ type: "recovery", name })).code;
  }

  /**
   * @param {string} room
   * @param {string} name under which it posts
   * @returns {Promise<string>} the secret of its address
   */
  async hook(room, name) {
    return (await this.#ask({ type: "hook", room, name })).hook;
  }

  /** @param {string} room @returns {Promise<Hook[]>} */
  async hooks(room) {
    return (await this.#ask({ type: "hooks", room })).hooks;
  }

  /** @type {(room: string, hook: string) => Promise<unknown>} */
  revokeHook = (room, hook) => this.#ask({ type: "revoke_hook", room, hook });

  /** @param {import("./types.js").Command} command */
  #ask(command) {
    return this.#session.ask(command, "proving");
  }
}

/**
 * @param {RoomState} room
 * @param {string} name the user's
 * @returns {Kind[]} what the room is, to the user: to its writers, none is read-only
 */
function kindsOf({ isDirect, isSystem, rules }, name) {
  if (isDirect) return ["conversation"];
  if (isSystem) return ["system"];
  const isWriter = rules.writers?.some((one) => sameName(one, name));
  /** @type {[Kind, unknown][]} */
  const states = [
    ["read-only", rules.read_only && !isWriter],
    ["locked", rules.locked],
    ["archived", rules.archived],
  ];
  return [rules.private ? "private" : "public", ...states.flatMap(([kind, holds]) => (holds ? [kind] : []))];
}
