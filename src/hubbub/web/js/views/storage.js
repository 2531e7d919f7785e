/** Where the page keeps what it keeps. */

/**
 * Return the browser's storage, or if it allows none, one that lasts as long as the page.
 * @param {"localStorage" | "sessionStorage"} kind
 * @returns {import("../chat/types.js").KeyValues}
 */
export function storageOf(kind) {
  try {
    return window[kind];
  } catch {
    /** @type {Map<string, string>} */
    const kept = new Map();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
      key: (at) => [...kept.keys()][at] ?? null,
      get length() {
        return kept.size;
      },
    };
  }
}
