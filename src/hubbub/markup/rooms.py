"""Rooms that a message names, as `#lobby`; what is one is in tests/golden/tables/places.json."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from hubbub.markup.runs import Run, prose_of
from hubbub.markup.visible import is_mark

ROOMS_MAX = 500
"""More in a text are a flood, which nobody reads."""

_NAME_CHARS_MAX = 64
_NOT_BEFORE = "_#&/@.-\\"
_NOT_BEHIND = "#/@+=("
_WITHIN = "_.-"
_COLOR = re.compile(r"[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8}", re.ASCII)


class RoomNamed(NamedTuple):
    """Where it stands in the prose, and the name of the room, in lower case."""

    start: int
    end: int
    room: str


def rooms(prose: list[Run], listed: Collection[str]) -> Iterator[RoomNamed]:
    """Yield the rooms that are named, neither in code nor in a link.

    `listed`: the names of the reader's own rooms, for what else is a number or a colour.
    """
    text = prose_of(prose) if any("#" in run.text for run in prose) else ""
    found = 0
    start = text.find("#")
    while start >= 0 and found < ROOMS_MAX:
        end = _end_of(text, start)
        name = text[start + 1 : end].rstrip(".-")
        room = name.lower()
        if name and len(name) <= _NAME_CHARS_MAX and (is_meant(room) or room in listed):
            found += 1
            yield RoomNamed(start, start + 1 + len(name), room)
        start = text.find("#", max(end, start + 1))


def is_meant(room: str) -> bool:
    """Return whether a name can hardly be a number or a colour."""
    return any(char.isalpha() for char in room) and _COLOR.fullmatch(room) is None


def _end_of(text: str, start: int) -> int:
    """Return where what follows a `#` ends, if it can be a name; else the `#` itself."""
    before = text[start - 1] if start else " "
    if before.isalnum() or is_mark(before) or before in _NOT_BEFORE:
        return start
    end = start + 1
    if not text[end : end + 1].isalnum():
        return start
    while end < len(text) and (text[end].isalnum() or text[end] in _WITHIN or is_mark(text[end])):
        end += 1
    return start if text[end : end + 1] in tuple(_NOT_BEHIND) else end
