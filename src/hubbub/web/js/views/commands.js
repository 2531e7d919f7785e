/** The slash commands: one table for the composer, Tab and the help. */

/**
 * @typedef {object} Desk What commands can ask for.
 * @property {(room: string) => unknown} join
 * @property {(name: string, text: string) => unknown} direct
 * @property {(text: string) => unknown} topic
 * @property {() => unknown} leave
 * @property {(words: string) => unknown} search
 * @property {() => unknown} who
 * @property {() => unknown} help
 * @property {() => string[]} names everybody whom the user may mean
 *
 * @typedef {object} Command
 * @property {string} word
 * @property {string} usage what follows the word; in brackets if it may be left out
 * @property {string} purpose
 * @property {(desk: Desk, argument: string) => unknown} run
 */

const NAME_CHARS_MAX = 32;

/** @type {Command[]} */
export const COMMANDS = [
  {
    word: "join",
    usage: "ROOM",
    purpose: "enter a room; it opens if there is none",
    run: (desk, argument) => desk.join(argument),
  },
  { word: "msg", usage: "NAME [TEXT]", purpose: "talk to one person alone", run: message },
  {
    word: "topic",
    usage: "[TEXT]",
    purpose: "change the topic",
    run: (desk, argument) => desk.topic(argument),
  },
  { word: "leave", usage: "", purpose: "leave this room", run: (desk) => desk.leave() },
  {
    word: "search",
    usage: "[WORDS]",
    purpose: "find messages",
    run: (desk, argument) => desk.search(argument),
  },
  { word: "who", usage: "", purpose: "who is in this room", run: (desk) => desk.who() },
  { word: "help", usage: "", purpose: "keys and commands", run: (desk) => desk.help() },
];

/**
 * Return what a text is: something to say, a command to run, or a mistake, as a sentence.
 * A path such as /usr/bin is something to say.
 * @param {string} text
 * @returns {{say: string} | {run: (desk: Desk) => unknown} | {mistake: string}}
 */
export function read(text) {
  if (text.startsWith("//")) return { say: text.slice(1) };
  const found = /^\/([a-z]+)(?:\s+(.*))?$/is.exec(text);
  if (!found) return { say: text };
  const [, word = "", argument = ""] = found;
  const command = COMMANDS.find((one) => one.word === word.toLowerCase());
  if (!command) {
    return {
      mistake: `There is no command /${word}. /help lists them; // at the start says a slash.`,
    };
  }
  if (/^\w/.test(command.usage) && !argument.trim())
    return { mistake: `Usage: ${usageOf(command)}` };
  return { run: (desk) => command.run(desk, argument.trim()) };
}

/**
 * Return what to type to say exactly this text.
 * @param {string} text
 */
export function typedAs(text) {
  const what = read(text);
  return "say" in what && what.say === text ? text : `/${text}`;
}

/** @param {Command} command */
export const usageOf = ({ word, usage }) => `/${word} ${usage}`.trim();

/**
 * Names may hold spaces, so the longest one that is known wins.
 * @param {Desk} desk
 * @param {string} argument
 */
function message(desk, argument) {
  const given = argument.replace(/^@/, "");
  const known = new Set(desk.names().map((name) => name.toLowerCase()));
  for (let end = Math.min(given.length, NAME_CHARS_MAX); end > 0; end -= 1) {
    if (/^(\s|$)/.test(given.slice(end)) && known.has(given.slice(0, end).toLowerCase())) {
      return desk.direct(given.slice(0, end), given.slice(end).trim());
    }
  }
  const [name = ""] = given.split(/\s/, 1);
  return desk.direct(name, given.slice(name.length).trim());
}
