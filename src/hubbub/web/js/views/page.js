/** Access to the elements of index.html, and lists that follow the chat's state. */

/**
 * Return the element with this id.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 */
export function part(id, kind) {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`index.html has no ${kind.name} with the id '${id}'.`);
}

/**
 * Return the first element of this kind within another.
 * @template {Element} T
 * @param {Element} owner
 * @param {string} selector
 * @param {new () => T} kind
 */
export function within(owner, selector, kind) {
  const found = owner.querySelector(selector);
  if (found instanceof kind) return found;
  throw new Error(`There is no '${selector}' here.`);
}

/**
 * Set a text; if it is the same, screen readers hear nothing.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Make the children of a list follow `items`. A child whose key stays is reused, with its focus.
 * @template Item
 * @param {Element} list
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} keyOf
 * @param {(item: Item) => HTMLElement} create
 * @param {(element: HTMLElement, item: Item) => void} [update]
 */
export function follow(list, items, keyOf, create, update = () => {}) {
  const keys = new Set(items.map(keyOf));
  /** @type {Map<string, HTMLElement>} */
  const kept = new Map();
  for (const child of [...list.children]) {
    const key = child instanceof HTMLElement ? child.dataset.key : undefined;
    if (key !== undefined && keys.has(key)) kept.set(key, /** @type {HTMLElement} */ (child));
    else child.remove();
  }
  let place = list.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const element = kept.get(key) ?? create(item);
    element.dataset.key = key;
    update(element, item);
    if (element === place) place = place.nextElementSibling;
    else list.insertBefore(element, place);
  }
}

/**
 * @param {string} id of a button
 * @param {() => void} act
 */
export const onClick = (id, act) => part(id, HTMLElement).addEventListener("click", () => act());

/** Focus the composer, except on phones, where that would open the keyboard. */
export function write() {
  if (!matchMedia("(pointer: coarse)").matches) part("message", HTMLElement).focus();
}

const UNSEEN_MS = 250;

/**
 * Run something with the next frame, or soon where no frames are drawn, as in a hidden tab.
 * @param {() => void} run
 */
export function nextFrame(run) {
  let isDone = false;
  const once = () => {
    if (!isDone) run();
    isDone = true;
  };
  requestAnimationFrame(once);
  setTimeout(once, UNSEEN_MS);
}
