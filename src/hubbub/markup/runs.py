"""Prose as runs of characters that look alike: emphasis, code within a line, links, headings."""

import re
from collections import deque
from collections.abc import Iterator
from typing import Literal, NamedTuple, cast

from hubbub.markup.emphasis import parser
from hubbub.markup.lines import lines_of
from hubbub.markup.links import Link, links

Mark = Literal["strong", "em", "s"]


class Run(NamedTuple):
    """Characters of a message that look alike."""

    text: str
    kind: str = "text"
    """What it is: text, quote, code, link, heading or lead, the mark of an item."""
    marks: tuple[Mark, ...] = ()
    """The emphasis that it stands in, the outermost first."""
    url: str | None = None


_MARKS_MAX = 2000
"""More, of emphasis and code, are shown as they were written: to pair them takes too long."""

_MARK = re.compile(r"[`*_~]+")
_INLINE = re.compile(r"[`*_~]|://")
_SPECIAL = re.compile(r"[`*_~]|://|^> |^#{1,3} |^ *(?:[-+]|\d{1,3}[.)]) ", re.MULTILINE)


def runs(text: str) -> Iterator[Run]:
    """Yield the runs of a visible text without blocks of code."""
    if not _SPECIAL.search(text):
        yield Run(text)
        return
    for kind, part, lead in lines_of(text):
        if kind == "quote":
            yield from _quoted(part)
            continue
        if lead:
            yield Run(lead, "lead")
        for run in _inline(part):
            yield run._replace(kind=kind) if kind == "heading" and run.kind == "text" else run


def prose_of(found: list[Run]) -> str:
    """Return what runs say, with nothing in place of code, links and the marks of items."""
    is_prose = {"text", "quote", "heading"}
    return "".join(run.text if run.kind in is_prose else "\0" * len(run.text) for run in found)


def _quoted(text: str) -> Iterator[Run]:
    at = 0
    for link in links(text):
        yield Run(text[at : link.start], "quote")
        yield from _link(link)
        at = link.end
    yield Run(text[at:], "quote")


def _inline(text: str) -> Iterator[Run]:
    if not _INLINE.search(text):
        yield Run(text)
        return
    if sum(1 for _ in _MARK.finditer(text)) > _MARKS_MAX:
        yield Run(text)
        return
    markdown = parser()
    marks: list[Mark] = []
    for token in markdown.inline.parse(text, markdown, {"links": deque(links(text))}, []):
        if token.nesting > 0:
            marks.append(cast("Mark", token.tag))  # emphasis.py makes no others
        elif token.nesting < 0:
            marks.pop()
        elif token.type == "link":
            yield from (run._replace(marks=tuple(marks)) for run in _link(token.meta["link"]))
        else:
            yield Run(token.content, "code" if token.tag == "code" else "text", tuple(marks))


def _link(link: Link) -> Iterator[Run]:
    """Yield how a link is shown: a name for an address never stands without it."""
    if link.to is None:
        yield Run(link.written)
    elif not link.label:
        yield Run(link.url, "link", url=link.to)
    else:
        yield Run(link.label, "link", url=link.to)
        yield Run(" (")
        yield Run(link.url, "link", url=link.to)
        yield Run(")")
