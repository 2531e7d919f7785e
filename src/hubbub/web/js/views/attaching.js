/** Files that go with messages: picked, pasted or dropped; shown above the field until they are sent. */

import { el } from "../log/element.js";
import { sizeOf } from "../log/files.js";
import { oneLine } from "../markup/visible.js";
import { follow, part } from "./page.js";
import { refusal } from "./wording.js";

/**
 * @typedef {import("../chat/parcels.js").Parcel} Parcel
 * @typedef {import("../chat/parcels.js").Parcels} Parcels
 * @typedef {import("../chat/types.js").RoomState} RoomState
 * @typedef {import("../chat/upload.js").Item} Item
 */

const PASTED_NAME = "pasted";

export class Attaching {
  #parcels;
  #room;
  #tell;
  #list = part("attachments", HTMLUListElement);
  #input = part("files", HTMLInputElement);
  #talk = part("main", HTMLElement);

  /**
   * @param {Parcels} parcels
   * @param {() => RoomState | null} room which files are for now; none where the user may not write
   * @param {(text: string) => void} tell
   */
  constructor(parcels, room, tell) {
    this.#parcels = parcels;
    this.#room = room;
    this.#tell = tell;
    part("attach", HTMLElement).addEventListener("click", () => this.#input.click());
    this.#input.addEventListener("change", () => {
      this.add([...(this.#input.files ?? [])]);
      this.#input.value = ""; // or the same file could not be chosen again
      part("message", HTMLElement).focus();
    });
    part("message", HTMLElement).addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length || event.clipboardData?.types.includes("text/plain")) return;
      event.preventDefault();
      this.add(files);
    });
    this.#listenToDrops();
  }

  #listenToDrops() {
    const hasFiles = (/** @type {DragEvent} */ { dataTransfer }) => dataTransfer?.types.includes("Files");
    const over = (/** @type {boolean} */ isOver) => this.#talk.classList.toggle("dropping", isOver);
    window.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault(); // beside the room, too: else the browser leaves the page for the file
      over(this.#room() !== null);
    });
    window.addEventListener("dragleave", ({ relatedTarget }) => relatedTarget === null && over(false));
    window.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      over(false);
      this.add([...(event.dataTransfer?.files ?? [])]);
    });
  }

  /** @param {File[]} files to go with the next message */
  add(files) {
    const room = this.#room();
    if (!room || !files.length) return;
    const named = files.map((bytes) => ({ name: bytes.name || PASTED_NAME, bytes }));
    try {
      this.#parcels.add(room.name, named);
    } catch (error) {
      this.#tell(refusal(error));
    }
    part("message", HTMLElement).focus();
  }

  /**
   * Send what is attached with this text, as soon as it is there.
   * @param {RoomState} room
   * @param {string} text
   * @param {number} [replyTo]
   * @returns {boolean} whether there is anything: else it is a message like any other
   */
  send(room, text, replyTo) {
    const parcel = this.#parcels.open(room.name);
    if (parcel) this.#parcels.close(parcel, text, replyTo);
    return parcel !== undefined;
  }

  /** Draw what changed. */
  update() {
    const room = this.#room();
    part("attach", HTMLElement).hidden = !room;
    const rows = (room ? this.#parcels.of(room.name) : []).flatMap((parcel) =>
      parcel.items.map((item) => ({ parcel, item })),
    );
    this.#list.hidden = !rows.length;
    follow(
      this.#list,
      rows,
      ({ item }) => item.id,
      ({ parcel, item }) => this.#row(parcel, item),
      (row, { parcel, item }) => draw(row, parcel, item),
    );
  }

  /**
   * @param {Parcel} parcel
   * @param {Item} item
   */
  #row(parcel, item) {
    const name = oneLine(item.name);
    const close = el(
      "button",
      { type: "button", class: "round", "aria-label": `Do not send ${name}` },
      el("i", { class: "icon close" }),
    );
    close.addEventListener("click", () => {
      this.#parcels.remove(parcel, item);
      part("message", HTMLElement).focus();
    });
    const about = el("p", {}, el("bdi", { class: "name", title: name }, name), " ", el("small", {}));
    return el("li", {}, el("div", {}, about, el("progress", { "aria-label": `Sending ${name}` })), close);
  }
}

/**
 * @param {HTMLElement} row
 * @param {Parcel} parcel
 * @param {Item} item
 */
function draw(row, parcel, item) {
  const { size } = item.bytes;
  row.classList.toggle("failed", item.failure !== undefined);
  const said = item.failure ?? (item.file && parcel.isClosed ? "waits for the others" : sizeOf(size));
  const shown = row.querySelector("small");
  if (shown && shown.textContent !== said) shown.textContent = said;
  const progress = row.querySelector("progress");
  if (!progress) return;
  progress.hidden = item.file !== undefined || item.failure !== undefined;
  progress.max = size || 1;
  progress.value = item.sent;
}
