/** Goes to rooms and messages, and back to where one writes. */

import { write } from "./page.js";

/**
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {import("../addresses/places.js").Place} Place
 * @typedef {object} Parts
 * @property {import("../chat/chat.js").Chat} chat
 * @property {import("../log/log-view.js").LogView} log
 * @property {import("./drawers.js").Drawers} drawers
 * @property {import("./known.js").Known} known
 * @property {() => void} follow has the log show the room that the chat is in
 * @property {(text: string, names?: readonly string[], act?: import("./notices.js").Act) => void} tell
 * @property {(doing: Promise<unknown>) => Promise<unknown>} attempt shows why something is refused
 */

const NOT_THERE = "This message cannot be shown: it is not in the room any more, or is hidden.";

export class Going {
  #parts;

  /** @param {() => Parts} parts which may be created later than this */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Close what is open, and go back to where one writes. */
  back = () => {
    this.#parts().drawers.close();
    write();
  };

  /** @param {RoomState} room */
  show = (room) => {
    this.#parts().chat.show(room.name);
    this.back();
  };

  /** To the next room in the list, or the next with something unread. @param {1 | -1} steps @param {boolean} isUnread */
  step(steps, isUnread) {
    const { rooms, current } = this.#parts().chat;
    const start = rooms.findIndex((room) => room === current);
    for (let step = 1; step < rooms.length; step += 1) {
      const room = rooms[(start + step * steps + rooms.length * step) % rooms.length];
      if (room && (!isUnread || room.unread)) return this.show(room);
    }
  }

  /** @param {Place} place */
  async to({ room, seq }) {
    const { chat, log, drawers, follow, tell } = this.#parts();
    if (chat.rooms.some(({ name }) => name === room)) chat.show(room);
    else await chat.join(room);
    drawers.close();
    follow();
    if (seq === undefined) return;
    await log.jumpTo(seq, { isFocused: true });
    if (chat.current && chat.current.indexOf(seq) < 0) tell(NOT_THERE);
  }

  /**
   * Whether there is the room to which a link leads; to enter one that nobody has opened is to open it, so the
   * user is asked first.
   *
   * @param {Place} place
   */
  mayFollow = async ({ room }) => {
    const { chat, known, tell, attempt } = this.#parts();
    if (room.startsWith("@") || known.isRoom(room.toLowerCase())) return true;
    const listed = await chat.finding.rooms().catch(() => null); // to enter it would fail in the same way
    if (!listed || listed.some(({ room: name, title }) => name === room || title === room)) return true;
    const called = `#${room}`;
    tell(
      `You see no room ${called} here. To enter it opens a new one.`,
      [called],
      ["Open it", () => attempt(this.to({ room }))],
    );
    return false;
  };
}
