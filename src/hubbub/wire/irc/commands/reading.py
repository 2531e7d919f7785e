"""MARKREAD: how far the client's person has read, by time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat import commands as c
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import is_channel, room_of
from hubbub.wire.irc.places import STAMP, stamp_of, time_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client


def markread(client: Client, line: Line) -> Iterator[Heard]:
    """Move a marker, or tell where it is."""
    if not line.params or not line.params[0]:
        yield _refusal(client, line, "NEED_MORE_PARAMS", "Say of which room.")
        return
    target, *rest = line.params
    at = time_in(rest[0]) if rest and rest[0].startswith(STAMP) else None
    if rest and at is None:
        sentence = f"Say the time like this: {STAMP}2019-01-04T14:33:26.123Z."
        yield _refusal(client, line, "INVALID_PARAMS", target, sentence)
        return
    room = room_of(target).lower() if is_channel(target) else client.conversation(target)
    is_inside = room in client.rooms or room in client.conversations
    known = client.read_until(target)
    if room is not None and is_inside and (client.person is not None or (at or 0) > known):
        ref = client.ref(line, target)
        yield c.Seen(room=room, seq=at or 0, by_time=True, ref=ref)  # it answers with the time
        return
    # What is of no room, or of nobody who is known, the client alone remembers.
    client.note_read(target, at or 0)
    yield client.at_once(line, marker(client, target))


def owed(client: Client) -> Iterator[Heard]:
    """Move the markers of talks of which an earlier line brought what was unread.

    The client cannot do so itself. It has said something since, so it lives, and has shown them.
    """
    for room, seq in (client.owed or {}).items():
        yield c.Seen(room=room, seq=seq)


def marker(client: Client, target: str) -> Line:
    """Return the line that says how far the client's person has read."""
    return Line("MARKREAD", (target, stamp_of(client.read_until(target))), client.host)


def _refusal(client: Client, line: Line, code: str, *context: str) -> Heard:
    return client.at_once(line, Line("FAIL", (line.command, code, *context), client.host))
