/** Reaches users who look elsewhere: by the title, the favicon and desktop notifications. */

import { saidIn } from "../log/files.js";
import { excerpt } from "../markup/excerpt.js";
import { beep } from "./calling.js";
import { part } from "./page.js";
import { titleOf } from "./wording.js";

/**
 * @typedef {import("../chat/chat.js").Chat} Chat
 * @typedef {import("../chat/types.js").Message} Message
 */

const DECLINED = "hubbub:notifications";
const EXCERPT_CHARS_MAX = 200;
const ICON_PIXELS = 64;

export class Attention {
  #chat;
  #calling;
  #open;
  #storage;
  #offer = part("offer", HTMLElement);
  #icon = /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=icon]"));
  #plain = this.#icon.href;
  #drawn = "";
  #counted = 0;

  /**
   * @param {Chat} chat
   * @param {import("../chat/calling.js").Calling} calling
   * @param {(message: Message) => void} open
   * @param {import("../chat/types.js").KeyValues} storage remembers that the user wants no notifications
   */
  constructor(chat, calling, open, storage) {
    this.#chat = chat;
    this.#calling = calling;
    this.#open = open;
    this.#storage = storage;
    part("agree", HTMLElement).addEventListener("click", () => {
      this.#offer.hidden = true;
      void Notification.requestPermission();
    });
    part("decline", HTMLElement).addEventListener("click", () => {
      this.#offer.hidden = true;
      storage.setItem(DECLINED, "no");
    });
  }

  /** Draw what changed, and announce new mentions. */
  update() {
    const { current } = this.#chat;
    const rooms = this.#chat.rooms.filter((room) => !this.#calling.isSilent(room));
    const unread = rooms.reduce((sum, room) => sum + room.unread, 0);
    const mentions = rooms.reduce((sum, room) => sum + room.mentions, 0);
    const title = titleOf(unread, current?.title);
    if (document.title !== title) document.title = title;
    this.#badge(mentions ? `${Math.min(mentions, 9)}` : unread ? "•" : "");
    this.#count(unread);
    const now = new Date();
    const minutes = now.getHours() * 60 + now.getMinutes();
    const called = this.#chat
      .takeMentions()
      .filter(({ deleted, room }) => !deleted && this.#calling.isWanted(room, true, minutes));
    if (called.length && !this.#chat.attentive) this.#notify(called);
  }

  /** Have the browser ask whether it may show notifications, whatever the user said before. */
  allow() {
    this.#storage.removeItem(DECLINED);
    if ("Notification" in window) void Notification.requestPermission();
  }

  /** @param {Message[]} messages */
  #notify(messages) {
    if (this.#calling.hasSound) beep();
    if (!("Notification" in window) || this.#storage.getItem(DECLINED)) return;
    if (Notification.permission === "default") this.#offer.hidden = false;
    if (Notification.permission !== "granted") return;
    for (const message of messages) this.#show(message);
  }

  /** @param {Message} message */
  #show(message) {
    const room = this.#chat.rooms.find(({ name }) => name === message.room);
    const title = room?.isDirect ? message.from : `${message.from} in ${room?.title}`;
    const said = excerpt(saidIn(message), EXCERPT_CHARS_MAX);
    const body = message.me ? `${message.from} ${said}` : said;
    try {
      const shown = new Notification(title, { body, tag: `${message.seq}`, icon: this.#plain });
      shown.addEventListener("click", () => {
        window.focus();
        shown.close();
        this.#open(message);
      });
    } catch {
      // Browsers on phones have Notification, but create none without a service worker.
      this.#storage.setItem(DECLINED, "no");
    }
  }

  /** Have the count stand on the icon of the program that this page is, if it is one. @param {number} unread */
  #count(unread) {
    const { navigator } = window;
    if (unread === this.#counted || !("setAppBadge" in navigator)) return;
    this.#counted = unread;
    const done = unread ? navigator.setAppBadge(unread) : navigator.clearAppBadge();
    done.catch(() => {}); // where it is no program
  }

  /** @param {string} mark drawn over the icon */
  #badge(mark) {
    if (mark === this.#drawn) return;
    this.#drawn = mark;
    if (!mark) {
      this.#icon.href = this.#plain;
      return;
    }
    const image = new Image();
    image.addEventListener("load", () => {
      if (this.#drawn === mark) this.#icon.href = drawn(image, mark);
    });
    image.src = this.#plain;
  }
}

/**
 * @param {HTMLImageElement} image
 * @param {string} mark
 */
function drawn(image, mark) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = ICON_PIXELS;
  const pen = canvas.getContext("2d");
  if (!pen) return image.src;
  pen.drawImage(image, 0, 0, ICON_PIXELS, ICON_PIXELS);
  pen.fillStyle = "#d92d20";
  pen.beginPath();
  pen.arc(44, 20, mark === "•" ? 14 : 20, 0, 2 * Math.PI);
  pen.fill();
  if (mark !== "•") {
    pen.fillStyle = "#ffffff";
    pen.font = "bold 32px sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(mark, 44, 22);
  }
  return canvas.toDataURL();
}
