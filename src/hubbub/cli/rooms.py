"""`hubbub rooms`: the rooms of a folder's log with their sizes; removes rooms with all in them."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from hubbub.chat.errors import LogError
from hubbub.chat.names import is_direct, is_public
from hubbub.cli.output import reader_may_leave, show
from hubbub.log.sqlite.folder import claimed
from hubbub.log.sqlite.removing import RoomSize, opened, remove, sizes


def rooms(folder: Path, patterns: Sequence[str]) -> None:
    """List the rooms, or remove those that match `patterns`.

    Raises LogError if a server uses the folder, if its log cannot be used, or if no room matches.
    """
    with claimed(folder), opened(folder) as connection:
        there = sizes(connection)
        if patterns:
            there = _matching(there, patterns, folder)
            remove(connection, [room.name for room in there])
    with reader_may_leave():
        for room in there:
            show(f"{'Removed ' if patterns else ''}{_described(room)}")
        if not there:
            show(f"Nothing was said in any room of {folder}.")


def _matching(there: Sequence[RoomSize], patterns: Sequence[str], folder: Path) -> list[RoomSize]:
    for pattern in patterns:
        if not any(_matches(room, pattern) for room in there):
            raise LogError(
                f"In {folder} nothing was said in a room {pattern!r}, so no room was removed. "
                f"'hubbub rooms {folder}' lists the rooms."
            )
    return [room for room in there if any(_matches(room, pattern) for pattern in patterns)]


def _matches(room: RoomSize, pattern: str) -> bool:
    """Return whether the pattern is meant for the room; `*` alone is for public rooms."""
    if not is_public(room.name) and pattern[:1] != room.name[0]:
        return False
    return fnmatchcase(room.name, pattern.lower())


def _described(room: RoomSize) -> str:
    private = " (private)" if is_direct(room.name) else ""
    return f"{room.name}{private}: {room.events} events, {room.size_bytes} bytes"
