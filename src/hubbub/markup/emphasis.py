"""Code and emphasis within a line, by Markdown's rules, but with stricter marks."""

import re
from functools import cache
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.rules_inline import backtick
from markdown_it.rules_inline.state_inline import Delimiter, StateInline

from hubbub.markup.visible import is_mark

_MARK = re.compile(r"[`*_~]")
_CLUSTER = re.compile(r"[*_~]+")
_LENGTHS = {"*": {1, 2, 3}, "_": {1}, "~": {2}}
"""How many of each are a mark."""

# What ASCII characters, besides letters and digits, may stand on which side of marks: those that
# open stand after BEFORE and before FIRST, those that close after LAST and before AFTER.
_BEFORE = " \n([{\"',;:.!?"
_FIRST = "\"'`([{@#$&%+-<"
_LAST = "\"'`)]}.,;:!?%+#$"
_AFTER = " \n)]}\"',;:.!?"


@cache
def parser() -> MarkdownIt:
    """Return what turns a line into tokens; its `env` holds the `links`."""
    markdown = MarkdownIt("zero")
    rules = markdown.inline.ruler
    rules.at("text", _text_rule)
    rules.at("backticks", _code_rule)
    rules.at("emphasis", _emphasis_rule)
    rules.enableOnly(["text", "backticks", "emphasis"])
    pairs = ["balance_pairs", "strikethrough", "emphasis", "fragments_join"]
    markdown.inline.ruler2.enableOnly(pairs)
    return markdown


def _text_rule(state: StateInline, _silent: bool) -> bool:
    """Take a link, or all up to the next mark or link."""
    links = state.env["links"]
    while links and links[0].start < state.pos:  # within code
        links.popleft()
    stop = links[0].start if links else state.posMax
    if stop == state.pos and links:
        state.push("link", "", 0).meta = {"link": links[0]}
        state.pos = links[0].end
        return True
    mark = _MARK.search(state.src, state.pos, stop)
    stop = mark.start() if mark else stop
    state.pending += state.src[state.pos : stop]
    is_some = stop > state.pos
    state.pos = stop
    return is_some


def _code_rule(state: StateInline, silent: bool) -> bool:
    """Take code as Markdown does, but exactly as it was written."""
    start, known = state.pos, len(state.tokens)
    if not backtick(state, silent):
        return False
    if len(state.tokens) > known:
        token = state.tokens[-1]
        marks = len(token.markup)
        token.content = state.src[start + marks : state.pos - marks]
    return True


def _emphasis_rule(state: StateInline, _silent: bool) -> bool:
    """Take all marks that stand together; those between the same two characters do the same."""
    cluster = _CLUSTER.match(state.src, state.pos)
    if cluster is None:
        return False
    before = state.src[cluster.start() - 1] if cluster.start() else " "
    after = state.src[cluster.end()] if cluster.end() < state.posMax else " "
    is_cited = before == after and not after.isalnum()  # '*' speaks of a star
    for mark, group in groupby(cluster[0]):
        run = "".join(group)
        opens, closes = _opens(before, after, mark), _closes(before, after, mark)
        if is_cited or len(run) not in _LENGTHS[mark] or not (opens or closes):
            state.pending += run
            continue
        for piece in [run] if mark == "~" else run:
            state.push("text", "", 0).content = piece
            # Markdown's rule on lengths that are multiples of three is about `*` and `_` alone.
            length = 0 if mark == "~" else len(run)
            state.delimiters.append(
                Delimiter(ord(mark), length, len(state.tokens) - 1, -1, opens, closes)
            )
    state.pos = cluster.end()
    return True


def _opens(before: str, after: str, mark: str) -> bool:
    starts = after.isalnum() or (after in _FIRST and before.isspace())
    return (starts or _is_foreign(after)) and _is_edge(before, mark, _BEFORE)


def _closes(before: str, after: str, mark: str) -> bool:
    ends = before.isalnum() or before in _LAST
    return (ends or _is_foreign(before)) and _is_edge(after, mark, _AFTER)


def _is_foreign(char: str) -> bool:
    return not char.isascii() and not char.isspace()


def _is_edge(char: str, mark: str, allowed: str) -> bool:
    """Return whether a word may end beside `char`."""
    if char.isascii():
        return char in allowed
    if mark != "_" and "\u2e80" <= char <= "\ud7ff":  # scripts that put no spaces between words
        return True
    return not (char.isalnum() or is_mark(char))
