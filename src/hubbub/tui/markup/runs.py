"""Prose as runs of characters that look alike: emphasis, code within a line, links, quotes."""

import re
from collections import deque
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from rich.style import Style

from hubbub.tui.markup.emphasis import parser
from hubbub.tui.markup.links import address, urls


class Run(NamedTuple):
    """Characters of a message that look alike."""

    text: str
    kind: str = "text"
    """The style of the looks: text, quote, code or link."""
    marks: Style = Style.null()
    url: str | None = None


_MARKS = {
    "strong": Style(bold=True),
    "em": Style(italic=True),
    "s": Style(strike=True),
}
_MARKS_MAX = 2000
"""More, of emphasis and code, are shown as they were written: to pair them takes too long."""

_MARK = re.compile(r"[`*_~]+")
_SPECIAL = re.compile(r"[`*_~]|://|^> ", re.MULTILINE)


def runs(text: str) -> Iterator[Run]:
    """Yield the runs of a visible text without blocks of code."""
    if not _SPECIAL.search(text):
        yield Run(text)
        return
    for is_quote, lines in groupby(text.splitlines(True), lambda line: line.startswith("> ")):
        part = "".join(lines)
        yield from _quoted(part) if is_quote else _inline(part)


def _quoted(text: str) -> Iterator[Run]:
    at = 0
    for start, end in urls(text):
        yield Run(text[at:start], "quote")
        yield _link(text[start:end])
        at = end
    yield Run(text[at:], "quote")


def _inline(text: str) -> Iterator[Run]:
    if sum(1 for _ in _MARK.finditer(text)) > _MARKS_MAX:
        yield Run(text)
        return
    markdown = parser()
    styles = [Style.null()]
    for token in markdown.inline.parse(text, markdown, {"urls": deque(urls(text))}, []):
        if token.nesting > 0:
            styles.append(styles[-1] + _MARKS[token.tag])
        elif token.nesting < 0:
            styles.pop()
        elif token.type == "url":
            yield _link(token.content)._replace(marks=styles[-1])
        else:
            yield Run(token.content, "code" if token.tag == "code" else "text", styles[-1])


def _link(url: str) -> Run:
    to = address(url)
    return Run(url) if to is None else Run(url, "link", url=to)
