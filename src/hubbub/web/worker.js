/**
 * Opens the page while the server is far away, or not there: a service worker, which browsers allow on
 * this machine and over https.
 *
 * It keeps one version of the page, whole: the document, and the script that belongs to it. The
 * server is always asked; what is kept comes if it does not answer at once. A page of another version
 * brings another worker, whose text differs: it keeps that version, and drops this one. A page that was
 * opened from what this one kept sees that, and loads itself anew (js/views/renewal.js). It keeps nothing
 * that anybody said.
 */

// The server writes here what it serves.
const VERSION = "none";
const SCRIPTS = ["/page/none.js"]; // the first is that of the document

const CACHE = `hubbub-page-${VERSION}`;
const FILES = ["/", "/icon.svg", "/manifest.webmanifest"];
/** As long the server may take, once it is asked for the page: what is read here is kept, too. */
const PATIENCE_MS = 150;
const FAULTS = 500; // the first status of a server, or of a proxy before it, that cannot answer

const worker = /** @type {any} */ (self);

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(keep()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(take()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (SCRIPTS.includes(pathname)) event.respondWith(lasting(request));
  else if (FILES.includes(pathname) && pathname !== "/")
    event.respondWith(fetch(request).catch(() => kept(pathname)));
  else if (request.mode === "navigate" && isPage(pathname)) event.respondWith(page(request));
});

/** The page itself, a room, or a message in it. @param {string} path */
const isPage = (path) => /^\/([^/.]+(\/\d+)?)?$/.test(path);

/** Keep the page; a server that has another one by now is left to the next try. */
async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...SCRIPTS, ...FILES].map((path) => new Request(path, { cache: "no-cache" })));
  const document = await (await cache.match("/"))?.text();
  if (!document?.includes(SCRIPTS[0])) throw new Error("The server has another page than this worker's.");
  await worker.skipWaiting();
}

async function take() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("hubbub-page-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** @param {string} path */
const kept = async (path) => (await caches.open(CACHE)).match(path);

/** What never changes is asked for once. @param {Request} request */
const lasting = async (request) => (await kept(request.url)) ?? fetch(request);

/** @param {Request} request @returns {Promise<Response>} */
async function page(request) {
  const found = await kept("/");
  if (!found) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  try {
    const answer = await Promise.race([fetch(request), late]);
    return answer instanceof Response && answer.status < FAULTS ? answer : found;
  } catch {
    return found;
  }
}
