"""The title of the terminal's window: the room, and how much is unread everywhere."""

from collections.abc import Iterable, Mapping

from hubbub.chat.text import inert_line
from hubbub.desk.room import RoomState
from hubbub.tui.panes import count

CHARS_MAX = 200
PUSH, POP = "\x1b[22;2t", "\x1b[23;2t"
"""Have the terminal keep the title that it has, and show that again."""


def title(current: RoomState, rooms: Iterable[RoomState]) -> str:
    """Return the title while a room is on the screen; `rooms` are all of the user's, everywhere."""
    listed = list(rooms)
    mentions = sum(room.mentions for room in listed)
    unread = sum(room.unread for room in listed)
    told = f"(@{count(mentions)}) " if mentions else f"({count(unread)}) " if unread else ""
    return f"{told}{current.title} – hubbub"


def entitling(text: str, environment: Mapping[str, str]) -> str:
    """Return what makes the terminal show a title; empty where it would write it out."""
    if environment.get("TERM", "") in ("linux", "dumb", ""):
        return ""
    return f"\x1b]2;{inert_line(text)[:CHARS_MAX]}\x07"
