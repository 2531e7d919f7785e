/**
 * Runs before anything is drawn: it gives the page the colours that the user chose, and loads it
 * again if a part of it did not come. Browsers drop what is under way when the network changes, and
 * never ask for it again.
 *
 * It is a script of its own, not a module, and comes first: it must be there when a module is not.
 */

// As js/views/preferences.js writes them; js/views/appearance.js follows them from then on.
for (const key of ["scheme", "density"]) {
  try {
    const chosen = JSON.parse(localStorage.getItem(`hubbub.setting.${key}`) ?? "null");
    if (typeof chosen === "string") document.documentElement.dataset[key] = chosen;
  } catch {
    // a browser that keeps nothing
  }
}

const KEY = "hubbub.loads";
const LOADS_MAX = 5;
const WAIT_MS = 1000;

addEventListener(
  "error",
  ({ target }) => {
    // A module that was not loaded ahead is asked for once more when it is needed.
    const isNeeded = target instanceof HTMLScriptElement;
    if (isNeeded || (target instanceof HTMLLinkElement && target.rel === "stylesheet")) loadAgain();
  },
  { capture: true }, // such errors do not bubble
);
addEventListener("load", () => {
  if (document.getElementById("loading")?.hidden) keepCount(0);
});

let isWaiting = false;

function loadAgain() {
  if (isWaiting) return; // many parts may be missing
  isWaiting = true;
  const count = keptCount() + 1;
  keepCount(count);
  if (document.readyState !== "loading") say(count <= LOADS_MAX);
  else addEventListener("DOMContentLoaded", () => say(count <= LOADS_MAX));
  if (count <= LOADS_MAX) setTimeout(() => location.reload(), WAIT_MS * count);
}

/** @param {boolean} isAgain */
function say(isAgain) {
  const place = document.getElementById("loading");
  if (!place) return;
  place.hidden = false;
  place.textContent = isAgain
    ? "The page did not come whole. Loading it again …"
    : "The page does not come whole. Check the connection, then load it again.";
}

/** How often in a row it was loaded again. */
function keptCount() {
  try {
    return Number(sessionStorage.getItem(KEY));
  } catch {
    return LOADS_MAX; // without storage it would go on for ever
  }
}

/** @param {number} count */
function keepCount(count) {
  try {
    sessionStorage.setItem(KEY, `${count}`);
  } catch {
    // a browser that keeps nothing
  }
}
