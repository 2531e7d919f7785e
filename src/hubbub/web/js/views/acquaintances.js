/** Dialogs about other people: their profiles, ignoring them, and being away. */

import { sameName } from "../chat/names.js";
import { el } from "../log/element.js";
import { dayAndClock } from "../log/times.js";
import { openForm } from "./forms.js";
import { openDeeds, openList } from "./lists.js";
import { refusal } from "./wording.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/people.js").Profile} Profile
 * @typedef {import("./lists.js").Deed} Deed
 * @typedef {(text: string, names?: readonly string[]) => void} Tell
 */

const KINDS = {
  passing: "In passing: the server knows only the name.",
  guest: "A guest: the server knows them again.",
  member: "A member: the name is theirs for good.",
  bot: "A bot: a program.",
};

export class Acquaintances {
  #chat;
  #tell;

  /** @param {Chat} chat @param {Tell} tell */
  constructor(chat, tell) {
    this.#chat = chat;
    this.#tell = tell;
  }

  /**
   * Show who somebody is, with all that the user may do about them.
   *
   * @param {string} name
   * @param {import("./ordering.js").Ordering} ordering
   * @param {Deed[]} common what everybody may do
   */
  openProfile(name, ordering, common) {
    const { account, current, order, people } = this.#chat;
    const role = current && order.roleOf(current, name);
    const about = el("span", { role: "status" }, "…");
    const isIgnored = people.ignored.some((one) => sameName(one.name, name));
    /** @type {Deed} */
    const ignoring = isIgnored
      ? ["Ignore no longer", () => this.ignore(name, false)]
      : ["Ignore", () => this.ignore(name, true), account.kind !== ""];
    const where =
      role && role !== "operator" ? `${role === "owner" ? "Owner" : "Moderator"} of ${current.title}.` : "";
    openDeeds(
      name,
      [about, ...(where ? [where] : [])],
      [...common, ignoring, ...(current ? ordering.deedsOver(name) : [])],
      this.#tell,
    );
    people.profile(name).then(
      (profile) => (about.textContent = toldOf(profile)),
      (error) => (about.textContent = refusal(error)),
    );
  }

  /** @param {string} name */
  async whois(name) {
    this.#tell(`${name}: ${toldOf(await this.#chat.people.profile(name))}`, [name]);
  }

  /** @param {string} name @param {boolean} on */
  async ignore(name, on) {
    await this.#chat.people.ignore(name, on);
    this.#tell(
      on
        ? `You hear nothing of ${name} any more; /unignore ${name} changes that.`
        : `You hear ${name} again.`,
      on ? [name, name] : [name],
    );
  }

  /** Show whom the user ignores. */
  openIgnored() {
    const { people } = this.#chat;
    openList({
      title: "Ignored",
      none: "You ignore nobody.",
      load: () =>
        people.ignored.map(({ name, person }) => ({
          name,
          about: person ? "whatever they are called" : "in passing, by this name",
          verb: "Hear again",
          undo: () => people.ignore(name, false),
        })),
    });
  }

  /** @param {string} text why */
  async away(text) {
    await this.#chat.people.away(text);
    this.#tell("You are away now; /back says that you are back.");
  }

  /** Ask why the user is away. */
  askAway() {
    return openForm({
      title: "Say that you are away",
      verb: "Say so",
      fields: [{ label: "Why, if others may know", type: "text", autocomplete: "off", isOptional: true }],
      act: (text) => this.away(text ?? ""),
    });
  }

  async back() {
    await this.#chat.people.back();
    this.#tell("You are back.");
  }
}

/** @param {Profile} profile @returns {string} it, in sentences */
function toldOf({ kind, role, here, away, text, since, seen, formerly }) {
  const state = away
    ? `Away${text ? `: ${text}` : ""}.`
    : here
      ? "Here now."
      : seen
        ? `Last here ${dayAndClock(seen)}.`
        : "Not here.";
  const parts = [
    KINDS[kind] ?? "",
    role === "operator" && "Runs this chatroom.",
    state,
    since && `Known since ${dayAndClock(since)}.`,
    formerly && `Called ${formerly} before.`,
  ];
  return parts.filter(Boolean).join(" ");
}
