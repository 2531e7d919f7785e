"""Colours of code, by its language."""

from functools import cache, lru_cache
from time import thread_time

from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.token import Token  # type: ignore[import-untyped]
from rich.text import Text

from hubbub.markup.blocks import Block
from hubbub.tui.looks import Looks

_HIGHLIGHTED_CHARS_MAX = 5000
_HIGHLIGHTING_SECONDS_MAX = 0.03
"""Of the processor: while others have it, time passes without any work on the code."""

_LANGUAGES_CACHED_MAX = 64


@lru_cache(_LANGUAGES_CACHED_MAX)
def _lexer(language: str) -> Lexer:
    # What is fenced within Markdown would be in whichever language.
    return get_lexer_by_name(language, handlecodeblocks=False)


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
    if block.language and len(block.text) <= _HIGHLIGHTED_CHARS_MAX:
        deadline = thread_time() + _HIGHLIGHTING_SECONDS_MAX
        for start, kind, token in _lexer(block.language).get_tokens_unprocessed(block.text + "\n"):
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
