"""Searches across rooms: they show nothing of rooms that whoever searches may not read.

The log leaves out all private rooms that the query does not name. Its page may still hold messages
of rooms from which the asker is banned, or was put out while the log was read. They go here.
"""

from msgspec.structs import replace

from hubbub.chat.errors import Refused
from hubbub.chat.events import Page
from hubbub.hub.present.room import Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check_entry, private_rooms
from hubbub.hub.state import State


def private_names(state: State, session: Session) -> tuple[str, ...]:
    """Return the names of the private rooms that a search across rooms is to cover."""
    return tuple(room.name for room in private_rooms(state, session.person.id))


def page_readable(state: State, session: Session, page: Page) -> Page:
    """Return a page of a search across rooms without what the session may not read.

    The search goes on behind what was left out, even if nothing else is in the page.
    """
    rooms = {message.room for message in page.messages}
    hidden = {name for name in rooms if not _may_read(state, session, name)}
    if not hidden:
        return page
    reached = page.reached
    if page.more and reached is None:
        reached = page.messages[0].seq
    shown = [message for message in page.messages if message.room not in hidden]
    return replace(page, messages=shown, reached=reached)


def _may_read(state: State, session: Session, name: str) -> bool:
    room = state.rooms.get(name)
    try:
        if room is not None:
            check_entry(state, session, Act.READ, room)
    except Refused:
        return False
    return room is not None
