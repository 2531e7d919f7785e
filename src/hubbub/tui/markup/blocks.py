"""Blocks of a message: code between fences, coloured by its language, and prose."""

import re
from functools import cache, lru_cache
from time import thread_time
from typing import NamedTuple

from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.token import Token  # type: ignore[import-untyped]
from rich.text import Text

from hubbub.tui.looks import Looks

_HIGHLIGHTED_CHARS_MAX = 5000
_HIGHLIGHTING_SECONDS_MAX = 0.03
"""Of the processor: while others have it, time passes without any work on the code."""

_LANGUAGES_CACHED_MAX = 64


class Block(NamedTuple):
    """Prose, or code with the lexer of its language."""

    text: str
    is_code: bool = False
    lexer: Lexer | None = None


# Without marks behind the first: ```this``` is code within a line.
_FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})(?P<language>[^`~]*)")


def blocks_of(text: str) -> list[Block]:
    """Return the parts of a visible text, in order; at least one."""
    if "```" not in text and "~~~" not in text:
        return [Block(text)]
    lines = text.split("\n")
    found: list[Block] = []
    prose: list[str] = []
    at = 0
    while at < len(lines):
        fence = _FENCE.fullmatch(lines[at])
        at += 1
        if fence is None or at == len(lines):
            prose.append(lines[at - 1])
            continue
        found.append(Block("\n".join(prose).strip("\n")))
        prose = []
        end, last = _end_of_code(lines, at, fence["mark"])
        code = [*lines[at:end], *last]
        language = fence["language"].strip()
        lexer = _lexer(language)
        if language and lexer is None:
            code.insert(0, language)  # whatever it is, it was written to be read
        found.append(Block("\n".join(code), is_code=True, lexer=lexer))
        at = end + 1
    if not found:
        return [Block(text)]
    found.append(Block("\n".join(prose).strip("\n")))
    return [block for block in found if block.text or block.is_code]


def _end_of_code(lines: list[str], start: int, mark: str) -> tuple[int, list[str]]:
    """Return the line that closes a fence, and what code stands in it before the marks."""
    for at in range(start, len(lines)):
        code, found, more = lines[at].rstrip().partition(mark)
        if found and not more.strip(mark[0]):
            if not code.strip():
                return at, []
            if mark[0] == "`":
                return at, [code]
    return len(lines), []


# The usual ones, and only those whose lexers stay quick whatever they are given.
_LANGUAGES = frozenset(
    """
    asm awk bash bat batch c c# c++ clj clojure cmake cpp cs csharp css dart diff docker
    dockerfile elixir erlang ex f# fortran fsharp go golang graphql groovy haskell hcl hs html
    java javascript js json jsx julia kotlin latex lisp lua make makefile markdown md nasm nim
    nix objective-c pascal perl php pl powershell proto protobuf ps1 py pycon python python3 r
    rb rs ruby rust scala scss sh shell solidity sql swift terraform tex text toml ts tsx
    typescript vim vue xml yaml yml zig zsh
    """.split()  # noqa: SIM905 - one a line would be a page
)


@lru_cache(_LANGUAGES_CACHED_MAX)
def _lexer(language: str) -> Lexer | None:
    alias = language.lower()
    if alias not in _LANGUAGES:
        return None
    # What is fenced within Markdown would be in whichever language.
    return get_lexer_by_name(alias, handlecodeblocks=False)


_SYNTAX = {
    Token.Keyword: "keyword",
    Token.Operator.Word: "keyword",
    Token.Comment.Preproc: "keyword",
    Token.Name.Tag: "keyword",
    Token.Generic.Heading: "keyword",
    Token.Literal.String: "string",
    Token.Generic.Inserted: "string",
    Token.Literal.Number: "number",
    Token.Generic.Deleted: "number",
    Token.Comment: "comment",
    Token.Generic.Prompt: "comment",
    Token.Name.Function: "function",
    Token.Name.Class: "function",
    Token.Name.Decorator: "function",
    Token.Name.Builtin: "function",
    Token.Name.Attribute: "function",
}
"""Which style of the looks a kind of token has; the others look like other code."""


def highlighted(block: Block, looks: Looks) -> Text:
    """Return how a block of code looks."""
    shown = Text(block.text, looks.code)
    if block.lexer is not None and len(block.text) <= _HIGHLIGHTED_CHARS_MAX:
        deadline = thread_time() + _HIGHLIGHTING_SECONDS_MAX
        for start, kind, token in block.lexer.get_tokens_unprocessed(block.text + "\n"):
            if thread_time() > deadline:  # a lexer can be made to look back again and again
                break
            if style := _syntax(kind):
                shown.stylize(getattr(looks, style), start, start + len(token))
    return shown


@cache
def _syntax(kind: tuple[str, ...]) -> str | None:
    """Return the style of a kind of token, or of what it is a kind of."""
    wider = (kind[:length] for length in range(len(kind), 0, -1))
    return next((_SYNTAX[one] for one in wider if one in _SYNTAX), None)
