/**
 * Emoji and their names: the table of emoji.txt, which the terminal has as well.
 *
 * It is fetched when somebody first types a colon or opens the list.
 */

/**
 * @typedef {{emoji: string, names: string[], keywords: string[]}} Emoji
 * @typedef {{title: string, all: Emoji[]}} Group
 */

const NAMED = /(?<![\p{L}\p{N}_:]):([\p{L}\p{N}_+-]{1,64}):(?![\p{L}\p{N}_:])/gu;
const FOUND_MAX = 40;
const RECENT_MAX = 16;
const RECENT_KEY = "hubbub:emoji";

export class EmojiTable {
  #fetch;
  #storage;
  /** @type {Promise<void> | null} */
  #loading = null;
  #hasFailed = false;
  /** @type {Group[]} none until they are loaded */
  groups = [];
  /** @type {Map<string, string>} by name */
  #named = new Map();

  /**
   * @param {import("../chat/types.js").KeyValues} storage keeps those that were chosen lately
   * @param {() => Promise<string>} [fetched] gets the table
   */
  constructor(storage, fetched = fetchTable) {
    this.#storage = storage;
    this.#fetch = fetched;
  }

  /** Have the table loaded; what could not be loaded is tried again the next time. */
  async load() {
    this.#loading ??= this.#load();
    await this.#loading;
  }

  async #load() {
    try {
      this.#read(await this.#fetch());
      this.#hasFailed = false;
    } catch {
      this.#loading = null;
      this.#hasFailed = true;
    }
  }

  /** @param {string} table */
  #read(table) {
    for (const line of table.trimEnd().split("\n")) {
      if (line.startsWith("# ")) {
        this.groups.push({ title: line.slice(2), all: [] });
        continue;
      }
      const [emoji, names, keywords] = line.split("\t");
      const one = { emoji, names: names.split(" "), keywords: keywords.split(" ").filter(Boolean) };
      this.groups.at(-1)?.all.push(one);
      for (const name of one.names) if (!this.#named.has(name)) this.#named.set(name, emoji);
    }
  }

  /**
   * @param {string} text
   * @returns {string} with each `:name:` as its emoji, but for what stands in code
   */
  inText(text) {
    if (!text.includes(":")) return text;
    // Between marks of code stands every second part; where a mark is missing, all the rest is code.
    return text
      .split(/(`+)/)
      .map((part, at) => (at % 4 ? part : part.replace(NAMED, (all, name) => this.#of(name) ?? all)))
      .join("");
  }

  /**
   * @param {string} text
   * @returns {boolean} whether it may name an emoji, and the table is not here yet
   */
  isWantedFor(text) {
    return !this.groups.length && !this.#hasFailed && text.search(NAMED) >= 0;
  }

  /**
   * @param {string} text
   * @returns {Promise<string>} the same as `inText`, once the table is here if the text needs it
   */
  async ready(text) {
    if (this.isWantedFor(text)) await this.load();
    return this.inText(text);
  }

  /** @param {string} name */
  #of(name) {
    return this.#named.get(name.toLowerCase());
  }

  /**
   * The name itself comes first, then what begins with it, then what has a word that does, then what
   * has such a keyword; among these, short names before long ones.
   *
   * @param {string} typed
   * @param {number} [foundMax]
   * @returns {[string, string][]} emoji, each with the name that fits best
   */
  matching(typed, foundMax = FOUND_MAX) {
    const query = typed.trim().toLowerCase().replace(/\s+/g, "_");
    if (!query) return [];
    /** @type {[string, string][][]} */
    const [beginnings, words, others] = [[], [], []];
    for (const { emoji, names, keywords } of this.groups.flatMap(({ all }) => all)) {
      for (const name of names) {
        if (name.startsWith(query)) beginnings.push([emoji, name]);
        else if (name.includes(`_${query}`) || name.includes(`-${query}`)) words.push([emoji, name]);
      }
      if (keywords.some((word) => word.startsWith(query))) others.push([emoji, names[0]]);
    }
    /** @type {Map<string, string>} */
    const found = new Map();
    for (const rank of [beginnings, words, others])
      for (const [emoji, name] of rank.sort(([, one], [, other]) => one.length - other.length))
        if (!found.has(emoji)) found.set(emoji, name);
    return [...found].slice(0, foundMax);
  }

  /** @returns {string[]} those that were chosen lately, the latest first */
  get recent() {
    return (this.#storage.getItem(RECENT_KEY) ?? "").split(" ").filter(Boolean);
  }

  /** @param {string} emoji which was chosen */
  used(emoji) {
    if (/\s/.test(emoji)) return;
    const others = this.recent.filter((one) => one !== emoji);
    try {
      this.#storage.setItem(RECENT_KEY, [emoji, ...others].slice(0, RECENT_MAX).join(" "));
    } catch {
      // The browser keeps nothing more; then it is not remembered.
    }
  }
}

async function fetchTable() {
  const response = await fetch("/emoji.txt");
  if (!response.ok) throw new Error("There is no table of emoji.");
  return response.text();
}
