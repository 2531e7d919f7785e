"""Searches across rooms: they show nothing of rooms that whoever searches may not read.

The log leaves out all private rooms and conversations that the query does not name. Its page may
still hold messages of rooms from which the asker is banned, or was put out while the log was read,
and of a conversation what was said before a passing person took their name. They go here.
"""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from msgspec.structs import replace

from hubbub.chat.errors import Refused
from hubbub.chat.events import Message, Page
from hubbub.chat.names import is_direct
from hubbub.hub.flow.private import message_seen
from hubbub.hub.present.room import Room, Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check_entry, private_rooms
from hubbub.hub.state import State

CONVERSATIONS_MAX: Final = 1000
"""How many of somebody's are searched: those in which something was said last."""


def private_names(state: State, session: Session) -> tuple[str, ...]:
    """Return the names of the private rooms and conversations that a search is to cover.

    A passing person has the conversations that the session is in.
    """
    id_ = session.person.id
    talks = islice(state.recent.rooms(id_) if id_ else _rooms_in(session), CONVERSATIONS_MAX)
    return tuple(room.name for room in chain(private_rooms(state, id_), talks))


def _rooms_in(session: Session) -> Iterator[Room]:
    return (one.room for one in session.members.values() if one.room.direct)


def page_readable(state: State, session: Session, page: Page) -> Page:
    """Return a page of a search across rooms without what the session may not read."""
    rooms = {name: _readable(state, session, name) for name in {one.room for one in page.messages}}
    return without(page, [_seen(session, rooms[one.room], one) for one in page.messages])


def without(page: Page, shown: list[Message | None]) -> Page:
    """Return a page with what is shown of its messages, in order; None: one is left out.

    The search goes on behind what was left out, even if nothing else is in the page.
    """
    kept = [one for one in shown if one is not None]
    if len(kept) == len(shown):
        return replace(page, messages=kept)
    reached = page.reached
    if page.more and reached is None:
        reached = page.messages[0].seq
    return replace(page, messages=kept, reached=reached)


def _seen(session: Session, room: Room | None, message: Message) -> Message | None:
    return None if room is None else message_seen(session.person, room, message)


def _readable(state: State, session: Session, name: str) -> Room | None:
    """Return the room of this name, None if the session may not read it."""
    room = state.rooms.get(name)
    if room is None:
        return None
    if is_direct(name) and session.person.handle not in room.handles:
        return None  # also where it is not known whose it is, because that is damaged
    try:
        check_entry(state, session, Act.READ, room)
    except Refused:
        return None
    return room
