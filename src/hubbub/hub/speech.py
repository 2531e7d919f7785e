"""A short way for lines that come together: what may keep back the first keeps back all.

Most of what a server does for a message is to ask who may say it, where, and at what price. Nothing
of that changes between two lines of one connection that are acted on at once, so it is asked once
for all of them. Only ordinary lines go this way: texts that are not empty, have no control
characters, begin with no slash, are not too long, and go to a room where nothing restrains anybody.
All others go the way of every line (lines.py), which does the same for ordinary ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hubbub.chat.errors import ProtocolError
from hubbub.chat.events import Message
from hubbub.chat.heard import PlainLine
from hubbub.hub.audience import SHORT_BYTES, hearing
from hubbub.hub.cost import COMMAND
from hubbub.hub.shares.quota import EVENT_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hubbub.chat.heard import Heard
    from hubbub.hub.present.room import Room, Session
    from hubbub.hub.state import State


class Allowed(NamedTuple):
    """What may be done `at` one time, in units, and how much may wait for the log afterwards.

    `spend` is told the units of what was done before the rest turned out to be unreadable.
    """

    at: int
    units: float
    pending_bytes: int
    spend: Callable[[float], None]


def speak(
    state: State, session: Session, heard: Heard, rest: Iterator[Heard], allowed: Allowed
) -> tuple[float, Heard | None]:
    """Act on `heard` and the `rest`, as far as they are ordinary lines (see `Hub.speak`)."""
    room = session.current
    if room is None or not _is_ordinary(state, session, room):
        return 0.0, heard
    at, units, pending_max, spend = allowed
    person, listeners, bytes_max = session.person, room.listeners, state.limits.text_bytes_max
    sure = state.quota.sure_bytes(session.origin, at)
    price = COMMAND + hearing(room, "")
    used, posted = 0.0, 0
    following: Heard | None = heard
    try:
        while type(following) is PlainLine:
            text = following.text
            if not text or text[0] == "/" or not text.isprintable():
                break
            size = len(text) if text.isascii() else len(text.encode())
            if size > bytes_max or posted + size + EVENT_BYTES > sure:
                break
            posted += size + EVENT_BYTES
            message = Message(
                room=room.name,
                seq=0,
                prev=0,
                sender=person.name,
                person=person.id,
                at=at,
                text=text,
            )
            state.drafts.add(message, session, None, size, listeners=listeners)
            used += price if size <= SHORT_BYTES else COMMAND + hearing(room, text)
            if used >= units or session.pending_bytes > pending_max:
                return used, None  # the next line may have to wait
            following = next(rest, None)
    except ProtocolError:
        spend(used)
        raise
    finally:
        state.quota.count(session.origin, posted, at)
        if used and not _is_closed(state, room):
            person.spoke_at = at
    return used, following


def _is_ordinary(state: State, session: Session, room: Room) -> bool:
    """Return whether nothing need be asked of a line that a session says there."""
    return not (
        room.direct
        or room.going
        or not room.last  # the first message of a room opens it
        or session.held
        or session.locked
        or session.scopes is not None
        or state.order.restrains(room.name)
    )


def _is_closed(state: State, room: Room) -> bool:
    rules = state.order.rules.get(room.name)
    return rules is not None and rules.is_closed
