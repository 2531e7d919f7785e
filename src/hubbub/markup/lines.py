"""What a line of prose is by its beginning: a quote, a heading, an item of a list, or prose."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

DEPTH_MAX = 3
_INDENT_CHARS = 2

_HEADING = re.compile(r"#{1,3} +(?=\S)")
_ITEM = re.compile(r"(?P<indent> {0,8})(?P<mark>[-*+]|\d{1,3}[.)]) +(?=\S)")
_ITEMS_MIN = 2
"""One line that begins with a dash is no list: people write such lines for many reasons."""

_MARKED_MAX = 500
"""More headings and items are a flood, and shown as they were written: each takes its time."""

_BULLET = "•"


class Lines(NamedTuple):
    """Lines that belong together, with their ends. A heading or item is one line without its mark.

    `lead`: what is shown of that mark.
    """

    kind: str
    text: str
    lead: str = ""


def lines_of(text: str) -> Iterator[Lines]:
    """Yield the lines of a visible text without blocks of code, in order."""
    lines = text.splitlines(True)
    items = sum(_ITEM.match(line) is not None for line in lines)
    headings = sum(_HEADING.match(line) is not None for line in lines)
    is_flood = items + headings > _MARKED_MAX
    marked = {
        "heading": _HEADING if headings and not is_flood else None,
        "item": _ITEM if items >= _ITEMS_MIN and not is_flood else None,
    }
    for kind, group in groupby(lines, lambda line: _kind_of(line, marked)):
        if kind == "heading":
            yield from (Lines(kind, _HEADING.sub("", line, count=1)) for line in group)
        elif kind == "item":
            yield from map(_item, group)
        else:
            yield Lines(kind, "".join(group))


def _kind_of(line: str, marked: dict[str, re.Pattern[str] | None]) -> str:
    if line.startswith("> "):
        return "quote"
    return next((kind for kind, mark in marked.items() if mark and mark.match(line)), "prose")


def _item(line: str) -> Lines:
    found = _ITEM.match(line)
    assert found is not None, "it is an item"
    depth = min(len(found["indent"]) // _INDENT_CHARS, DEPTH_MAX)
    mark = found["mark"] if found["mark"][0].isdigit() else _BULLET
    return Lines("item", line[found.end() :], f"{'  ' * depth}{mark} ")
