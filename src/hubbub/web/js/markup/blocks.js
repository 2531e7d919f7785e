/** Blocks of a message: code between fences, quotes, headings, items of lists, and prose. */

/**
 * @typedef {object} Part
 * @property {"code" | "quote" | "heading" | "item" | "prose"} kind
 * @property {string} text without the mark of a heading or item
 * @property {string} [language] of code
 * @property {number} [level] of a heading, from 1 to 3
 * @property {number} [depth] of an item, from 0
 * @property {string} [lead] what stands before an item: its number, or •
 */

// Without marks behind the first: ```this``` is code within a line.
const FENCE = /^ {0,3}(`{3,}|~{3,})([^`~]*)$/;
const LANGUAGE = /^[\w+#.-]{1,20}$/;
const HEADING = /^(#{1,3}) +(?=\S)/;
const ITEM = /^( {0,8})([-*+]|\d{1,3}[.)]) +(?=\S)/;
const TAB = "    ";
const DEPTH_MAX = 3;
const ITEMS_MIN = 2; // people begin a line with a dash for many reasons
const MARKED_MAX = 500; // more headings and items are a flood

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
    parts.push(...linesOf(prose));
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
 * @returns {Part[]} prose with the quotes, headings and items apart
 */
function linesOf(lines) {
  const kindOf = kindsOf(lines);
  /** @type {{part: Part, lines: string[]}[]} */
  const found = [];
  for (const line of lines) {
    const part = partOf(line, kindOf(line));
    const last = found.at(-1);
    const goesOn = part.kind === "quote" || part.kind === "prose";
    if (goesOn && last?.part.kind === part.kind) last.lines.push(part.text);
    else found.push({ part, lines: [part.text] });
  }
  return found.flatMap(({ part, lines: inside }) => {
    const first = inside.findIndex((line) => line);
    const text = first < 0 ? "" : inside.slice(first, inside.findLastIndex((line) => line) + 1).join("\n");
    return text ? [{ ...part, text }] : [];
  });
}

/**
 * @param {string[]} lines
 * @returns {(line: string) => Part["kind"]} what each of them is by its beginning
 */
function kindsOf(lines) {
  const items = lines.filter((line) => ITEM.test(untabbed(line))).length;
  const isFlood = items + lines.filter((line) => HEADING.test(line)).length > MARKED_MAX;
  const isList = items >= ITEMS_MIN && !isFlood;
  return (line) => {
    if (line.startsWith("> ")) return "quote";
    if (!isFlood && HEADING.test(line)) return "heading";
    return isList && ITEM.test(untabbed(line)) ? "item" : "prose";
  };
}

/** @param {string} line */
const untabbed = (line) => line.replace(/^\t+/, (tabs) => TAB.repeat(tabs.length));

/**
 * @param {string} line
 * @param {Part["kind"]} kind
 * @returns {Part}
 */
function partOf(line, kind) {
  switch (kind) {
    case "quote":
      return { kind, text: line.slice(2) };
    case "heading": {
      const [mark, { length: level }] = /** @type {RegExpExecArray} */ (HEADING.exec(line));
      return { kind, level, text: line.slice(mark.length) };
    }
    case "item": {
      const whole = untabbed(line);
      const [all, indent, mark] = /** @type {RegExpExecArray} */ (ITEM.exec(whole));
      const depth = Math.min(indent.length >> 1, DEPTH_MAX);
      return { kind, depth, lead: /^\d/.test(mark) ? mark : "•", text: whole.slice(all.length) };
    }
    default:
      return { kind, text: line };
  }
}
