/**
 * Loads the page anew if it is not the newest: the service worker opens it from what it keeps when the server
 * is slow to answer, and gets the newest version meanwhile.
 */

/** As long after it was opened, nobody minds if a page in which nothing was typed is loaded once more. */
const OPENING_MS = 10_000;

/** @param {() => void} offer tell the user that there is a newer page */
export function listenToRenewal(offer) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  serviceWorker.addEventListener("controllerchange", async () => {
    if (await isNewest().catch(() => true)) return;
    if (performance.now() < OPENING_MS && !isWritingBegun()) location.reload();
    else offer();
  });
  serviceWorker.register("/worker.js").catch(() => {}); // a browser that keeps nothing
}

/** Whether what is kept last is this page; the worker that took over may still have what was kept before it. */
async function isNewest() {
  const own = document.querySelector("script[type=module]")?.getAttribute("src") ?? "";
  const cacheName = (await caches.keys()).at(-1); // they come in the order in which they were made
  const kept = await (await caches.match("/", { cacheName }))?.text();
  return !kept || kept.includes(own);
}

/** Whether something stands in a field. */
const isWritingBegun = () =>
  [
    .../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input:not([type]), textarea")),
  ].some(({ value }) => value !== "");
