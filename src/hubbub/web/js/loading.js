/**
 * Runs before anything is drawn, and bears with what comes late or never. It gives the page the
 * colours that the user chose, shows no form to those who are in already, keeps a name that is
 * typed before the page can take it, and loads the page again if a part of it did not come: browsers
 * drop what is under way when the network changes, and never ask for it again.
 *
 * It is a script of its own, not a module, and stands in the document: it must be there when the
 * modules are not. What it knows is in attributes of the root, which the style sheets read.
 */

const { dataset } = document.documentElement;

// As js/views/preferences.js writes them; js/views/appearance.js follows them from then on.
for (const key of ["scheme", "density"]) {
  try {
    const chosen = JSON.parse(localStorage.getItem(`hubbub.setting.${key}`) ?? "null");
    if (typeof chosen === "string") dataset[key] = chosen;
  } catch {
    // a browser that keeps nothing
  }
}

// As js/chat/identity.js writes it: the chat comes next, and not the question who the user is.
try {
  if (sessionStorage.getItem("hubbub.identity")) dataset.returns = "";
} catch {
  // nobody is known
}

addEventListener(
  "submit",
  (event) => {
    if ("ready" in dataset) return;
    event.preventDefault(); // js/views/entrance.js takes the name as soon as it is there
    event.stopImmediatePropagation();
    dataset.asked = "";
  },
  { capture: true },
);

const KEY = "hubbub.loads";
const LOADS_MAX = 5;
const WAIT_MS = 1000;

addEventListener(
  "error",
  ({ target }) => {
    if (target instanceof HTMLScriptElement) loadAgain();
  },
  { capture: true }, // such errors do not bubble
);
addEventListener("load", () => {
  if ("ready" in dataset) keepCount(0);
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
  dataset.lost = "";
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
