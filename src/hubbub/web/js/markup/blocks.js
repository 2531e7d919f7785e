/** Blocks of a message: code between fences, quoted lines, and prose. */

/** @typedef {{kind: "code" | "quote" | "prose", text: string, language?: string}} Part */

// Without marks behind the first: ```this``` is code within a line.
const FENCE = /^ {0,3}(`{3,}|~{3,})([^`~]*)$/;
const LANGUAGE = /^[\w+#.-]{1,20}$/;

/**
 * @param {string} text visible text
 * @returns {Part[]} its parts in order
 */
export function partsOf(text) {
  const lines = text.split("\n");
  /** @type {Part[]} */
  const parts = [];
  /** @type {string[]} */
  let prose = [];
  const endProse = () => {
    parts.push(...quotesOf(prose));
    prose = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const fence = FENCE.exec(lines[at]);
    if (!fence || at + 1 === lines.length) {
      prose.push(lines[at]);
      continue;
    }
    endProse();
    const [end, last] = endOfCode(lines, at + 1, fence[1]);
    const code = [...lines.slice(at + 1, end), ...last];
    const language = fence[2].trim();
    if (language && !LANGUAGE.test(language)) code.unshift(language); // it was written to be read
    parts.push({ kind: "code", text: code.join("\n"), language });
    at = end;
  }
  endProse();
  return parts;
}

/**
 * @param {string[]} lines
 * @param {number} start
 * @param {string} mark
 * @returns {[number, string[]]} the line that closes a fence, and the code before the marks in it
 */
function endOfCode(lines, start, mark) {
  for (let at = start; at < lines.length; at++) {
    const line = lines[at].trimEnd();
    const from = line.indexOf(mark);
    if (from < 0 || [...line.slice(from)].some((char) => char !== mark[0])) continue;
    const code = line.slice(0, from);
    if (!code.trim()) return [at, []];
    if (mark[0] === "`") return [at, [code]];
  }
  return [lines.length, []];
}

/**
 * @param {string[]} lines
 * @returns {Part[]} prose with the lines that begin with "> " apart
 */
function quotesOf(lines) {
  /** @type {{kind: "quote" | "prose", lines: string[]}[]} */
  const parts = [];
  for (const line of lines) {
    const kind = line.startsWith("> ") ? "quote" : "prose";
    if (parts.at(-1)?.kind !== kind) parts.push({ kind, lines: [] });
    parts.at(-1)?.lines.push(kind === "quote" ? line.slice(2) : line);
  }
  return parts.flatMap(({ kind, lines: inside }) => {
    const first = inside.findIndex((line) => line);
    const text = first < 0 ? "" : inside.slice(first, inside.findLastIndex((line) => line) + 1).join("\n");
    return text ? [{ kind, text }] : [];
  });
}
