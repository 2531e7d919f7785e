/** Where the chatroom is for others: the page may be served by a side-car, on this machine alone. */

/** Whether the page comes from the chatroom's own server. */
export const isAtHome = () => home().origin === location.origin;

/** @returns {URL} the address of the chatroom's own server */
export function home() {
  const told = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=home]"))?.content;
  return new URL(told || location.origin);
}
