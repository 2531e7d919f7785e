/**
 * Lists the rooms, with what is unread or unsent in each. Where unread ones are out of sight, a mark
 * says so, and leads there.
 */

import { el } from "../log/element.js";
import { follow, part, setText, within } from "./page.js";
import { counted } from "./wording.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/types.js").RoomState} RoomState
 */

const BADGE_MAX = 99;
const SEEN_PX = 12; // of a row, so that it counts as in sight
const CENTRED = /** @type {const} */ ({ block: "center" });

/** Which rooms stand in which list. @type {[id: string, holds: (room: RoomState) => boolean][]} */
const LISTS = [
  ["top-rooms", ({ isTop }) => isTop],
  ["directs", ({ isTop, isDirect }) => !isTop && isDirect],
  ["rooms", ({ isTop, isDirect }) => !isTop && !isDirect],
];

export class Sidebar {
  #chat;
  #scroller = part("room-lists", HTMLElement);
  #above = part("unread-above", HTMLElement);
  #below = part("unread-below", HTMLElement);
  #opener = part("show-rooms", HTMLElement);
  #me = part("me", HTMLElement);
  #place = ""; // of the room that is shown
  #order = ""; // of the rooms

  /**
   * @param {Chat} chat
   * @param {(room: RoomState) => void} show
   */
  constructor(chat, show) {
    this.#chat = chat;
    this.#scroller.addEventListener("click", ({ target }) => {
      const key = target instanceof Element ? target.closest("li")?.dataset.key : undefined;
      const room = chat.rooms.find(({ name }) => name === key);
      if (room) show(room);
    });
    this.#scroller.addEventListener("scroll", () => this.#mark(), { passive: true });
    new ResizeObserver(() => this.#mark()).observe(this.#scroller);
    this.#above.addEventListener("click", () => this.#unread().above.at(-1)?.scrollIntoView(CENTRED));
    this.#below.addEventListener("click", () => this.#unread().below[0]?.scrollIntoView(CENTRED));
  }

  /** Draw what changed. */
  update() {
    const { name, current, rooms } = this.#chat;
    const isSeen = this.#isCurrentSeen;
    setText(this.#me, name);
    for (const [id, holds] of LISTS) {
      follow(
        part(id, HTMLElement),
        rooms.filter((room) => holds(room) && this.#isOfUse(room)),
        (room) => room.name,
        rowOf,
        (row, room) => this.#draw(row, room),
      );
    }
    const order = rooms.filter((room) => this.#isOfUse(room)).map((room) => room.name);
    const place = `${current?.name} ${current?.isTop}`;
    // What comes above it must not push it below what stands over the list.
    if (place !== this.#place || (isSeen && `${order}` !== this.#order))
      this.#scroller.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    this.#place = place;
    this.#order = `${order}`;
    this.#mark();
    this.#announce(rooms.filter((room) => room !== current && room.unread && this.#isOfUse(room)));
  }

  /** Whether the room that is shown is in sight. */
  get #isCurrentSeen() {
    const box = this.#scroller.querySelector("[aria-current]")?.getBoundingClientRect();
    const { top, bottom } = this.#scroller.getBoundingClientRect();
    return box !== undefined && box.top >= top && box.bottom <= bottom;
  }

  /** @returns {{above: Element[], below: Element[]}} the unread rooms that are out of sight */
  #unread() {
    const { top, bottom } = this.#scroller.getBoundingClientRect();
    const rows = [...this.#scroller.querySelectorAll("button.unread")];
    const places = rows.map((row) => ({ row, box: row.getBoundingClientRect() }));
    return {
      above: places.filter(({ box }) => box.bottom < top + SEEN_PX).map(({ row }) => row),
      below: places.filter(({ box }) => box.top > bottom - SEEN_PX).map(({ row }) => row),
    };
  }

  #mark() {
    const { above, below } = this.#unread();
    this.#above.hidden = !above.length;
    this.#below.hidden = !below.length;
    setText(this.#above, `${above.length} unread above ↑`);
    setText(this.#below, `${below.length} unread below ↓`);
  }

  /** Say on the button that shows the list on phones what is unread elsewhere. @param {RoomState[]} unread */
  #announce(unread) {
    const mentions = unread.reduce((sum, room) => sum + room.mentions, 0);
    const count = mentions || unread.length;
    const mark = within(this.#opener, ".badge", HTMLElement);
    mark.hidden = !count;
    mark.classList.toggle("mention", mentions > 0);
    setText(mark, count > BADGE_MAX ? `${BADGE_MAX}+` : `${count}`);
    const what = mentions ? counted(mentions, "mention") : `${count} unread`;
    this.#opener.ariaLabel = count ? `Rooms, ${what}` : "Rooms";
  }

  /**
   * Anybody can open a private room with us, so an empty one is not listed.
   * @param {RoomState} room
   */
  #isOfUse(room) {
    const isSilent = !room.messages.length && !room.pending.length && !room.draft;
    return !(room.isDirect && isSilent && room !== this.#chat.current);
  }

  /**
   * @param {HTMLElement} row
   * @param {RoomState} room
   */
  #draw(row, { name, title, unread, mentions, pending, isPrivate }) {
    const button = /** @type {HTMLElement} */ (row.firstElementChild);
    const [lock, label, badge, meaning] = /** @type {HTMLElement[]} */ ([...button.children]);
    if (!lock || !label || !badge || !meaning) return;
    lock.hidden = !isPrivate;
    button.ariaCurrent = name === this.#chat.current?.name ? "true" : null;
    button.classList.toggle("unread", unread > 0);
    setText(label, title);
    if (button.title !== title) button.title = title;
    const failed = pending.filter(({ failure }) => failure !== undefined).length;
    setText(badge, failed ? "!" : unread > BADGE_MAX ? `${BADGE_MAX}+` : `${unread}`);
    setText(meaning, meaningOf(unread, mentions, failed));
    badge.hidden = meaning.hidden = !unread && !failed;
    badge.classList.toggle("mention", mentions > 0);
    badge.classList.toggle("failed", failed > 0);
  }
}

/**
 * Return what a badge says to screen readers.
 * @param {number} unread
 * @param {number} mentions
 * @param {number} failed own messages
 */
function meaningOf(unread, mentions, failed) {
  const parts = [];
  if (failed) parts.push(`${counted(failed, "message")} not sent`);
  if (unread) parts.push(failed ? `${unread} unread` : "unread");
  if (mentions) parts.push(counted(mentions, "mention"));
  return parts.join(", ");
}

const rowOf = () =>
  el(
    "li",
    {},
    el(
      "button",
      {},
      el("i", { class: "icon padlock", role: "img", "aria-label": "private" }),
      ...["name", "badge", "unseen"].map((look) => el("span", { class: look })),
    ),
  );
