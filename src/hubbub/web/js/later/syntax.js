/**
 * Colours for code: words of a language, strings, numbers and comments. One pass, no grammar.
 *
 * A tokenizer for everything would weigh more than the page. The terminal has the same colours for
 * the same kinds of tokens, and the same languages.
 */

/** @typedef {"keyword" | "string" | "number" | "comment" | "function" | ""} Kind */

const CODE_CHARS_MAX = 5000; // as in the terminal

const C_LIKE = "if else for while do switch case default break continue return struct enum const static";
const JAVA_LIKE = `
    ${C_LIKE} class new this super extends implements interface import package public private
    protected void null true false try catch finally throw throws abstract final int long double
    float boolean char byte instanceof
  `;
const JS_LIKE = `
    break case catch class const continue debugger default delete do else export extends finally
    for from function if import in instanceof let new of return static super switch this throw try
    typeof var void while with yield async await null undefined true false type interface enum
    implements private public readonly as
  `;
const WORDS = {
  python: `
    and as assert async await break class continue def del elif else except finally for from
    global if import in is lambda match case nonlocal not or pass raise return try while with
    yield None True False self
  `,
  js: JS_LIKE,
  c: `
    ${C_LIKE} int long short char float double void unsigned signed sizeof typedef union goto
    extern volatile inline class public private protected template typename namespace using new
    delete this virtual override try catch throw bool true false nullptr NULL auto constexpr
  `,
  java: `
    ${JAVA_LIKE} var record val fun when is object override data internal open suspend namespace
    using string bool foreach async await get set def trait match with lazy yield implicit String
  `,
  go: `
    break case chan const continue default defer else fallthrough for func go goto if import
    interface map package range return select struct switch type var nil true false int string
    bool byte error make append len
  `,
  rust: `
    as async await break const continue crate dyn else enum extern false fn for if impl in let
    loop match mod move mut pub ref return self Self static struct super trait true type unsafe
    use where while
  `,
  shell: `
    if then else elif fi for in do done while until case esac function return local export exit
    set unset source alias echo cd sudo
  `,
  sql: `
    select from where and or not insert into values update set delete create table index view drop
    alter add primary key foreign references join left right inner outer on group by order having
    limit offset as distinct union all null is in like between case when then else end begin
    commit with default unique constraint exists
  `,
  ruby: `
    def end class module if elsif else unless while until for in do begin rescue ensure return
    yield self nil true false and or not then case when require attr_accessor puts
  `,
  php: `
    ${JAVA_LIKE} function echo array foreach as use namespace fn match var elseif endif print
  `,
  swift: `
    func let var if else guard for in while repeat switch case default break continue return class
    struct enum protocol extension import init self super nil true false try catch throw throws
    async await public private static
  `,
  lua: `
    and break do else elseif end false for function goto if in local nil not or repeat return
    then true until while
  `,
  haskell: `
    case class data deriving do else if import in infix instance let module newtype of then type
    where True False
  `,
  elixir: `
    def defp defmodule do end if else case cond fn when with for in and or not nil true false
    import alias use require raise try rescue receive after
  `,
  data: "true false null yes no on off",
  docker: `
    FROM RUN CMD LABEL EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD AS
    HEALTHCHECK SHELL
  `,
  css: "important media import supports layer container keyframes from to and not",
  markup: "",
  diff: "",
};

/** @type {Record<string, string>} a language to its comments: a part of a regular expression */
const COMMENTS = {
  hash: "#[^\\n]*",
  slash: "\\/\\/[^\\n]*|\\/\\*[^]*?(?:\\*\\/|$)",
  block: "\\/\\*[^]*?(?:\\*\\/|$)",
  dash: "--[^\\n]*",
  percent: "%[^\\n]*",
  markup: "<!--[^]*?(?:-->|$)",
  semicolon: ";[^\\n]*",
};

/** @type {[string, keyof typeof WORDS, string][]} names of languages, their words, their comments */
const LANGUAGES = [
  ["python python3 py pycon nim", "python", COMMENTS.hash],
  ["javascript js jsx typescript ts tsx json graphql", "js", COMMENTS.slash],
  ["c c++ cpp objective-c solidity zig asm nasm", "c", COMMENTS.slash],
  ["java kotlin c# cs csharp scala groovy dart f# fsharp", "java", COMMENTS.slash],
  ["go golang proto protobuf", "go", COMMENTS.slash],
  ["rust rs", "rust", COMMENTS.slash],
  ["sh bash zsh shell powershell ps1 bat batch make makefile", "shell", COMMENTS.hash],
  ["cmake nix awk perl pl r julia", "shell", COMMENTS.hash],
  ["sql", "sql", `${COMMENTS.dash}|${COMMENTS.block}`],
  ["ruby rb", "ruby", COMMENTS.hash],
  ["php", "php", COMMENTS.slash],
  ["swift", "swift", COMMENTS.slash],
  ["lua", "lua", COMMENTS.dash],
  ["haskell hs", "haskell", COMMENTS.dash],
  ["elixir ex erlang", "elixir", COMMENTS.hash],
  ["yaml yml toml hcl terraform", "data", COMMENTS.hash],
  ["docker dockerfile", "docker", COMMENTS.hash],
  ["css scss", "css", COMMENTS.slash],
  ["html xml vue", "markup", COMMENTS.markup],
  ["clj clojure lisp", "data", COMMENTS.semicolon],
  ["latex tex fortran", "data", COMMENTS.percent],
  ["diff", "diff", ""],
];
const ANYWHERE = new Set(["sql", "docker"]); // whose words may be in capitals or not

const NAME = "[\\p{L}_$][\\p{L}\\p{N}_$]*";
const STRING = "\"(?:[^\"\\\\\\n]|\\\\.)*\"?|'(?:[^'\\\\\\n]|\\\\.)*'?|`(?:[^`\\\\]|\\\\[^])*`?";
const LONG_STRING = "\"{3}[^]*?(?:\"{3}|$)|'{3}[^]*?(?:'{3}|$)";
const NUMBER = "(?<![\\p{L}\\p{N}_])\\d[\\w.]*";

/** @typedef {{tokens: RegExp, words: Set<string>, isAnywhere: boolean}} Language */

/** @type {Map<string, Language>} by all of their names */
const KNOWN = new Map();
for (const [names, words, comments] of LANGUAGES) {
  const tag = words === "markup" ? `|(?<tag><\\/?[\\w:-]+|\\/?>)` : "|(?<tag>(?!))";
  const language = {
    tokens: new RegExp(
      `(?<comment>${comments || "(?!)"})|(?<string>${LONG_STRING}|${STRING})|` +
        `(?<number>${NUMBER})${tag}|(?<name>${NAME})`,
      "gu",
    ),
    words: new Set(WORDS[words].split(/\s+/).filter(Boolean)),
    isAnywhere: ANYWHERE.has(words),
  };
  for (const name of names.split(" ")) KNOWN.set(name, language);
}

/**
 * @param {string} code
 * @param {string} name of a language, as it stands behind the marks
 * @returns {[Kind, string][]} the whole code, in pieces; none if it is to be shown as it is
 */
export function tokensOf(code, name) {
  const language = KNOWN.get(name.toLowerCase());
  if (!language || code.length > CODE_CHARS_MAX) return [];
  if (name.toLowerCase() === "diff") return linesOfDiff(code);
  /** @type {[Kind, string][]} */
  const tokens = [];
  let done = 0;
  for (const found of code.matchAll(language.tokens)) {
    const isCall = code[found.index + found[0].length] === "(";
    const kind = kindOf(found, language, isCall);
    if (!kind) continue;
    if (found.index > done) tokens.push(["", code.slice(done, found.index)]);
    tokens.push([kind, found[0]]);
    done = found.index + found[0].length;
  }
  if (done < code.length) tokens.push(["", code.slice(done)]);
  return tokens;
}

/**
 * @param {RegExpExecArray} found
 * @param {Language} language
 * @param {boolean} isCall whether a bracket follows
 * @returns {Kind}
 */
function kindOf({ groups = {} }, { words, isAnywhere }, isCall) {
  if (groups.comment !== undefined) return "comment";
  if (groups.string !== undefined) return "string";
  if (groups.number !== undefined) return "number";
  if (groups.tag !== undefined) return "keyword";
  const { name } = groups;
  const forms = isAnywhere ? [name, name.toLowerCase(), name.toUpperCase()] : [name];
  if (forms.some((form) => words.has(form))) return "keyword";
  return isCall ? "function" : "";
}

/**
 * @param {string} code
 * @returns {[Kind, string][]}
 */
function linesOfDiff(code) {
  /** @type {Record<string, Kind>} */
  const kinds = { "+": "string", "-": "number", "@": "keyword" };
  return code.split(/(?<=\n)/).map((line) => [kinds[line[0]] ?? "", line]);
}
