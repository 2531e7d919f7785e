/** Addresses of rooms and messages: `/lobby` is a room, `/lobby/1042` a message in it. */

import { home } from "./home.js";

/**
 * @typedef {{room: string, seq?: number}} Place
 * @typedef {Pick<URL, "origin" | "host" | "hostname" | "port" | "protocol">} Here where the chatroom is
 */

const PATH = /^\/([^/]+)(?:\/(\d{1,16}))?\/?$/;
/** What the server keeps for itself, and what looks like a file. */
const TAKEN = /^(?:api|hooks|files|ws|page|metrics|healthz|readyz)$|\.[a-z]{2,}$/i;
const OF_CHATROOMS = /^hubbubs?:$/;

/** Whether an address is that of a chatroom, which browsers do not open. @param {string} href */
export const isOfChatroom = (href) => OF_CHATROOMS.test(new URL(href).protocol);

/**
 * @param {string} href
 * @param {Here[]} [heres] the chatroom's own address, and where the page is served
 * @returns {Place | null} the place in this chatroom to which an address leads
 */
export function placeOf(href, heres = [home(), new URL(location.href)]) {
  const url = new URL(href);
  const isOpened = OF_CHATROOMS.test(url.protocol);
  const isHere = heres.some((here) => (isOpened ? isThere(url, here) : url.origin === here.origin));
  const found = isHere ? PATH.exec(url.pathname) : null;
  const room = decoded(found?.[1] ?? "");
  if (!found || !room || (!isOpened && TAKEN.test(room))) return null;
  return found[2] ? { room, seq: Number(found[2]) } : { room };
}

/** Whether the address of a chatroom is that of this one. @param {URL} url @param {Here} here */
const isThere = ({ hostname, port }, here) =>
  hostname.toLowerCase() === here.hostname && (!port || port === here.port);

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** @param {Place} place @returns {string} its path on this server; "" if it has none */
export const pathOf = (place) => (TAKEN.test(place.room) ? "" : written(place));

/** @param {Place} place */
function written({ room, seq }) {
  const path = `/${encodeURIComponent(room).replace(/^%40/, "@")}`;
  return seq === undefined ? path : `${path}/${seq}`;
}

/**
 * @param {Place} place
 * @param {Here} [here]
 * @returns {string} its address, to be given to others
 */
export const addressOf = (place, here = home()) =>
  pathOf(place) ? here.origin + pathOf(place) : `hubbub://${here.host}${written(place)}`;
