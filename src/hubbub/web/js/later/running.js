/** What operators see of the server, and do with it: a dialog with a page for each of it. */

import { el } from "../log/element.js";
import { sizeOf } from "../log/files.js";
import { dayAndClock } from "../log/times.js";
import { openDialog } from "../views/dialogs.js";
import { openForm } from "../views/forms.js";
import { counted, refusal } from "../views/wording.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {string} about
 * @property {string} [verb] what its button does
 * @property {() => Promise<unknown>} [act] what it is then
 *
 * @typedef {object} Shown what a page shows
 * @property {Row[]} rows
 * @property {string} [none] said when there are none
 * @property {[label: string, run: () => Promise<unknown>]} [more] makes one more
 * @property {boolean} [isLong] there are others
 */

/** @type {[title: string, load: (chat: Chat, say: (text: string) => void) => Promise<Shown>][]} */
const PAGES = [
  ["Status", status],
  ["People", people],
  ["Sessions", sessions],
  ["Rooms", rooms],
  ["Bans", bans],
  ["Tokens", tokens],
  ["Invitations", invitations],
  ["Audit", audit],
];

/** @param {Chat} chat @param {string} [first] the page to begin with */
export function openRunning(chat, first = "Status") {
  const tabs = el("div", { role: "tablist", class: "tabs", "aria-label": "Pages" });
  const said = el("p", { class: "about", role: "status" });
  const trouble = el("p", { role: "alert", class: "trouble" });
  const list = el("ul", { class: "entries scrolls" });
  const panel = el("div", { role: "tabpanel", class: "panel" }, said, trouble, list);
  const dialog = openDialog("Running the chatroom", tabs, panel);
  dialog.classList.add("running");

  /** @param {number} at */
  const show = async (at) => {
    const [title, load] = PAGES[at] ?? PAGES[0];
    for (const [place, tab] of [...tabs.children].entries()) {
      tab.setAttribute("aria-selected", String(place === at));
      tab.setAttribute("tabindex", place === at ? "0" : "-1");
    }
    if (panel.getAttribute("aria-label") !== title) trouble.textContent = "";
    panel.setAttribute("aria-label", title);
    list.setAttribute("aria-label", title);
    const say = (/** @type {string} */ text) => (trouble.textContent = text);
    try {
      const shown = await load(chat, say);
      // Another page may have been chosen meanwhile.
      if (panel.getAttribute("aria-label") === title) draw(shown, () => show(at));
    } catch (error) {
      list.replaceChildren();
      trouble.textContent = refusal(error);
    }
  };

  /** @param {Shown} shown @param {() => Promise<void>} again */
  const draw = ({ rows, none = "", more, isLong }, again) => {
    said.textContent = rows.length ? (isLong ? "These are the newest." : "") : none;
    said.hidden = !said.textContent;
    const add = more ? [el("li", {}, button(more[0], more[1], again, trouble))] : [];
    list.replaceChildren(...rows.map((row) => rowOf(row, again, trouble)), ...add);
  };

  for (const [at, [title]] of PAGES.entries()) {
    const tab = el("button", { type: "button", role: "tab" }, title);
    tab.addEventListener("click", () => void show(at));
    tabs.append(tab);
  }
  tabs.addEventListener("keydown", ({ key }) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (!step) return;
    const all = [...tabs.children];
    const next =
      all[(all.indexOf(/** @type {Element} */ (document.activeElement)) + step + all.length) % all.length];
    if (next instanceof HTMLElement) {
      next.focus();
      next.click();
    }
  });
  void show(
    Math.max(
      PAGES.findIndex(([title]) => title === first),
      0,
    ),
  );
}

/**
 * @param {string} label
 * @param {() => Promise<unknown>} act
 * @param {() => Promise<void>} again shows the page anew
 * @param {HTMLElement} trouble
 */
function button(label, act, again, trouble) {
  const made = el("button", { type: "button" }, label);
  made.addEventListener("click", async () => {
    try {
      await act();
      await again();
    } catch (error) {
      trouble.textContent = refusal(error);
    }
  });
  return made;
}

/** @param {Row} row @param {() => Promise<void>} again @param {HTMLElement} trouble */
function rowOf({ name, about, verb, act }, again, trouble) {
  const row = el("li", {}, el("p", {}, el("bdi", {}, name), el("small", {}, about)));
  if (verb && act) {
    const made = button(verb, act, again, trouble);
    made.setAttribute("aria-label", `${verb} ${name}`);
    row.append(made);
  }
  return row;
}

/** @param {string[]} work */
const failing = (work) =>
  work.length ? `These fail, and are tried again: ${work.join(", ")}.` : "The server's journal has them.";

/** @param {Chat} chat @param {(text: string) => void} say @returns {Promise<Shown>} */
async function status({ order }, say) {
  const now = await order.running.status();
  const sizes = [`log ${sizeOf(now.log_bytes ?? 0)}`, `files ${sizeOf(now.file_bytes ?? 0)}`];
  if (now.disk_free_bytes !== undefined) sizes.push(`${sizeOf(now.disk_free_bytes)} free`);
  /** @type {Row[]} */
  const rows = [
    { name: now.server, about: `at ${now.address}, since ${dayAndClock(now.started)}` },
    {
      name: now.complaints?.length ? "Not ready" : "Ready",
      about: now.complaints?.join(" ") ?? "All is well.",
    },
    ...(now.faults ? [{ name: counted(now.faults, "fault"), about: failing(now.failing ?? []) }] : []),
    {
      name: `${now.people.toLocaleString("en")} here`,
      about: `${counted(now.sessions, "session")}, ${counted(now.rooms, "room")}`,
    },
    { name: "Disk", about: sizes.join(", ") },
    { name: "Copy of the log", about: now.backup ? dayAndClock(now.backup) : "none since the start" },
    {
      name: "Door",
      about: now.locked ? "Nobody new is let in." : "It is open.",
      verb: now.locked ? "Open" : "Lock",
      act: () => order.door(!now.locked),
    },
    {
      name: "Configuration",
      about: "Read it again, and apply what can change while the server runs.",
      verb: "Reload",
      act: async () => {
        const { applied, restart } = await order.running.reload();
        const parts = [
          applied.length ? `These hold from now on: ${applied.join(", ")}.` : "",
          restart.length ? `Start the server again for these: ${restart.join(", ")}.` : "",
        ].filter(Boolean);
        say(parts.join(" ") || "Nothing in it has changed.");
      },
    },
  ];
  if (now.damaged)
    rows.push({ name: "Damage", about: `${counted(now.damaged, "place")} of the log cannot be read.` });
  return { rows };
}

/** @param {Chat} chat @returns {Promise<Shown>} */
async function people({ order }) {
  const { people: found, more } = await order.running.people();
  const rows = found.map(({ name, kind, role, sessions: count, rooms: open, away }) => ({
    name,
    about: `${role ?? kind}${away ? ", away" : ""}; ${counted(count, "session")}, ${counted(open, "room")}`,
    ...(role ? {} : { verb: "Put out", act: () => order.running.kick(name) }),
  }));
  return { rows, none: "Nobody is here.", isLong: more };
}

/** @param {Chat} chat @returns {Promise<Shown>} */
async function sessions({ order }) {
  const { sessions: found, more } = await order.running.sessions();
  const rows = found.map((one) => {
    const behind = one.lagging ? `, behind by up to ${one.behind ?? 0} events` : "";
    const label = one.label ? ` on ${one.label}` : "";
    return {
      name: one.name || "no name yet",
      about: `${one.id}: from ${one.address}${label}, ${one.by || "silent"}, since ${dayAndClock(one.since)}${behind}`,
    };
  });
  return { rows: rows.reverse(), isLong: more };
}

/** @param {Chat} chat @returns {Promise<Shown>} */
async function rooms({ order }) {
  const rows = (await order.running.rooms()).map(({ room, title, topic, members, last }) => ({
    name: title ?? room,
    about: `${members} here, newest event ${last}${topic ? `: ${topic}` : ""}`,
  }));
  return { rows };
}

/** @param {Chat} chat @returns {Promise<Shown>} */
async function bans({ order }) {
  const { bans: banned, mutes } = await order.bans();
  /** @type {(done: string, undoing: "unban" | "unmute") => (one: import("../chat/order.js").Ban) => Row} */
  const told =
    (done, undoing) =>
    ({ whom, by, until, reason }) => ({
      name: whom,
      about: `${done} ${until ? `until ${dayAndClock(until)}` : "for good"} by ${by ?? "somebody"}${reason ? `: ${reason}` : ""}`,
      verb: "Take back",
      act: () => order.letBack(undoing, undefined, whom),
    });
  return {
    rows: [...banned.map(told("banned", "unban")), ...mutes.map(told("muted", "unmute"))],
    none: "Nobody is banned from the chatroom.",
    more: ["Ban somebody …", () => askBan(order)],
  };
}

/** @param {import("../chat/order.js").Order} order */
const askBan = (order) =>
  openForm({
    title: "Ban from the chatroom",
    verb: "Ban",
    look: "danger",
    hint: "A name, a beginning of names like eve*, or an address. It holds until it is taken back.",
    fields: [
      { label: "Whom", type: "text" },
      { label: "Why", type: "text", isOptional: true },
    ],
    act: (who, reason) => order.ban(undefined, who ?? "", { reason: reason ?? "" }),
  });

/** @param {Chat} chat @param {(text: string) => void} say @returns {Promise<Shown>} */
async function tokens({ order }, say) {
  const rows = (await order.running.tokens()).map(({ id, name, scopes, label, by, seen }) => ({
    name,
    about: `${label ? `${label}: ` : ""}${scopes.join(", ")}; by ${by}, ${seen ? `used ${dayAndClock(seen)}` : "never used"}`,
    verb: "Revoke",
    act: () => order.running.revokeToken(id),
  }));
  return { rows, none: "There are no bots.", more: ["New token …", () => askToken(order, say)] };
}

/** @param {import("../chat/order.js").Order} order @param {(text: string) => void} say */
async function askToken(order, say) {
  const scopes = ["read", "write", "rooms", "admin"];
  let token = "";
  const isDone = await openForm({
    title: "Token for a bot",
    verb: "Make one",
    hint: "Its scopes say what it is for.",
    fields: [
      { label: "Name of the bot", type: "text" },
      ...scopes.map((label) => ({
        label,
        type: /** @type {const} */ ("checkbox"),
        value: label === "read" ? "on" : "",
      })),
    ],
    act: async (name, ...chosen) => {
      token = await order.running.token(
        name ?? "",
        scopes.filter((_, at) => chosen[at] === "on"),
      );
    },
  });
  if (isDone)
    openDialog(
      "The token, shown once",
      el("div", { class: "secret" }, el("output", { class: "address" }, token)),
    );
  say("");
}

/** @param {Chat} chat @returns {Promise<Shown>} */
async function invitations({ order }) {
  const rows = (await order.invitations()).map(({ id, by, as = "guest", uses_left: uses, until }) => ({
    name: `As ${as}`,
    about: `by ${by}, ${uses ? counted(uses, "use") : "any number of uses"}, ${until ? `until ${dayAndClock(until)}` : "for good"}`,
    verb: "Take back",
    act: () => order.uninvite(id),
  }));
  return { rows, none: "No invitation counts." };
}

/** @param {Chat} chat @returns {Promise<Shown>} */
async function audit({ order }) {
  const rows = (await order.running.audit()).map(({ from, text, at }) => ({
    name: text,
    about: `${from}, ${dayAndClock(at)}`,
  }));
  return { rows: rows.reverse(), none: "Nobody has used any power yet." };
}
