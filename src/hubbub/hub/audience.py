"""What it costs to tell others of what somebody says or does, in units (cost.py).

Most of what happens in a room reaches all of its members in one write for each, together with what
else happened meanwhile. So a listener is cheap, until there is much to be written to each. What is
told to somebody at once, in a write of their own, costs a hundred times as much.
"""

from contextlib import suppress
from typing import Final

from hubbub.chat.names import name_key
from hubbub.hub.membership import is_crowd
from hubbub.hub.present.room import Room, Session
from hubbub.hub.state import State

LISTENER: Final = 0.005
LISTENER_BYTE: Final = 0.000_05
"""Each byte beyond `SHORT_BYTES` that is written to a listener."""
SHORT_BYTES: Final = 100
FORMATS: Final = 3
"""In so many languages nearly everything is said: what one more takes is encoded once more."""
FORMAT: Final = 0.5
LINE: Final = 0.5
LINE_BYTE: Final = 0.001_5
"""Of a text as one format of IRC has it, where it becomes many lines."""
IRC_LINES_MAX: Final = 40
IRC_BYTES_MAX: Final = 20_000
"""No more of a text is told there."""
WITNESS: Final = 0.02
"""A member who is told that somebody came, went or types; one write tells of many."""
TOLD: Final = 0.7
"""Somebody who is told at once, in a write of their own, of what others learn from a list."""


def hearing(room: Room, text: str, more_bytes: int = 0) -> float:
    """Return the units for a text, with so many bytes besides, for all who listen in a room."""
    units = room.listeners * LISTENER
    if len(room.live) > FORMATS:
        units += (len(room.live) - FORMATS) * FORMAT
    size = more_bytes + (len(text) if text.isascii() else len(text.encode()))
    if size > SHORT_BYTES:
        units += room.listeners * (size - SHORT_BYTES) * LISTENER_BYTE
        formats = sum(shared.knows_inner for shared in room.live)
        lines = min(text.count("\n"), IRC_LINES_MAX) * LINE
        units += formats * (lines + min(size, IRC_BYTES_MAX) * LINE_BYTE)
    return units


def witnesses(state: State, room: Room | None) -> float:
    """Return the units for telling all in a room of somebody who comes, goes or types."""
    return 0.0 if room is None or is_crowd(state, room) else room.listeners * WITNESS


def watching(state: State, name: str) -> float:
    """Return the units for those who watch a name: they are told when its bearer comes, or goes."""
    watchers = state.here.watchers
    if watchers.are_none:
        return 0.0
    with suppress(ValueError):  # nobody can have it
        return len(watchers.of(name_key(name))) * TOLD
    return 0.0


def onlookers(state: State, session: Session) -> float:
    """Return the units for those who speak IRC: how people are shown in their rooms is told them
    at once."""
    sessions = state.here.named(session.person.key)
    rooms = {member.room for one in sessions for member in one.members.values()}
    return sum(over_irc(state, room) for room in rooms) + watching(state, session.name)


def over_irc(state: State, room: Room | None) -> float:
    """Return the units for those who are in a room over IRC."""
    if room is None or is_crowd(state, room):
        return 0.0
    return sum(len(group) for shared, group in room.live.items() if shared.knows_inner) * TOLD
