"""What a session may see of a private room: nothing from before it took its name.

Names are free to take, so what was said to an earlier holder of a name was said to somebody else.
To the next holder the room seems to begin with them.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Logged, Page
from hubbub.chat.names import name_key
from hubbub.hub.room import Room, Session

Event = TypeVar("Event", bound=Logged)


def is_seen(session: Session, room: Room, seq: int) -> bool:
    """Return whether the session may see the event `seq` of a room that it may enter."""
    return not room.direct or seq > session.since


def last_seen(session: Session, room: Room) -> int:
    """Return the newest seq of the room that the session may see, 0 if there is none."""
    return room.last if is_seen(session, room, room.last) else 0


def first_seen(session: Session, room: Room) -> int:
    """Return the oldest seq that the session may see, or one before it; 0 if there is none."""
    if is_seen(session, room, room.first):
        return room.first
    return min(session.since + 1, last_seen(session, room))


def topic_seen(session: Session, room: Room) -> str:
    """Return the room's topic, empty if somebody else set it."""
    return room.topic if is_seen(session, room, room.topic_seq) else ""


def after_seen(session: Session, room: Room, after: int | None) -> int | None:
    """Return from where to read forwards, so that what is not seen takes no place in a page."""
    return max(after, session.since) if after is not None and room.direct else after


def page_seen(session: Session, room: Room, page: Page, *, forwards: bool = False) -> Page:
    """Return `page` without what the session may not see, not even as `prev` or `more`.

    Reading `forwards` begins at `after_seen`.
    """
    if not page.messages or not room.direct:
        return page
    begins_here = page.messages[0].prev <= session.since
    seen = _without_previous(session, [one for one in page.messages if one.seq > session.since])
    return replace(page, messages=seen, more=page.more and (forwards or not begins_here))


def events_seen(session: Session, room: Room, events: Sequence[AnyLogged]) -> list[AnyLogged]:
    """Return `events`, the next ones of a private room, as they follow for the session.

    What is not to be seen must not show as a gap either: the first event that it sees has no
    previous one.
    """
    assert room.direct
    return _without_previous(session, [event for event in events if event.seq > session.since])


def _without_previous(session: Session, seen: list[Event]) -> list[Event]:
    if seen and 0 < seen[0].prev <= session.since:
        seen[0] = replace(seen[0], prev=0)
    return seen


def is_seen_by_both(sessions: Mapping[str, Session], room: Room, seq: int) -> bool:
    """Return whether the present holders of a private room's two names may see the event `seq`.

    Only such an event may be changed: its new text would be shown to both.
    """
    holders = (sessions.get(name_key(name)) for name in room.direct)
    return all(holder is None or is_seen(holder, room, seq) for holder in holders)
