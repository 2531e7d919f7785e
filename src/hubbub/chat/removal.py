"""The fact that removes a room, and which others go with the room."""

from typing import Final

import msgspec

from hubbub.chat import rules
from hubbub.chat.events import Entry, Fact
from hubbub.chat.facts import value_of
from hubbub.chat.grants import HOOK
from hubbub.chat.people import READ

GONE: Final = "gone/"
"""With the name of a room behind it, the key of the fact that removes the room (log/port.py)."""

PLACED: Final = (rules.BAN, rules.MUTE, HOOK)
"""Beginnings of the keys of facts whose values name a room."""


class _Placed(msgspec.Struct):
    room: str = ""


def removed_by(entry: Entry) -> str:
    """Return the room that an entry of the log removes; empty if it removes none."""
    if isinstance(entry, Fact) and entry.key.startswith(GONE):
        return entry.key.removeprefix(GONE)
    return ""


def goes_with(fact: Fact, room: str) -> bool:
    """Return whether a fact says something of a room, and stands no longer once it is removed."""
    if fact.key.startswith(READ):
        return fact.key.removeprefix(READ).partition("/")[2] == room
    if fact.key.startswith(PLACED):
        placed = value_of(fact, _Placed)
        return placed is not None and placed.room == room
    return fact.key == f"{rules.ROOM}{room}"
