"""What a person may see of a private room: all if they are known, for it is named after them.

A passing person sees nothing from before they took their name. Names are free to take, so what was
said to an earlier holder of a name was said to somebody else. To the next holder the room seems to
begin with them.
"""

from collections.abc import Sequence
from typing import TypeVar

from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Logged, Message, Page, Stretch
from hubbub.hub.present.here import Here
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Room

Event = TypeVar("Event", bound=Logged)


def _since(person: Person) -> int:
    """Return after which seq a person sees what is in a private room, which is theirs."""
    return 0 if person.id else person.since


def is_seen(person: Person, room: Room, seq: int) -> bool:
    """Return whether the person may see the event `seq` of a room that they may enter."""
    return not room.direct or seq > _since(person)


def last_seen(person: Person, room: Room) -> int:
    """Return the newest seq of the room that the person may see, 0 if there is none."""
    return room.last if is_seen(person, room, room.last) else 0


def first_seen(person: Person, room: Room) -> int:
    """Return the oldest seq that the person may see, or one before it; 0 if there is none."""
    if not room.first or is_seen(person, room, room.first):
        return room.first
    return min(_since(person) + 1, last_seen(person, room))


def topic_seen(person: Person, room: Room) -> str:
    """Return the room's topic, empty if somebody else set it."""
    return room.topic if is_seen(person, room, room.topic_seq) else ""


def after_seen(person: Person, room: Room, after: int | None) -> int | None:
    """Return from where to read forwards, so that what is not seen takes no place in a page."""
    return None if after is None else seen_after(person, room, after)


def seen_after(person: Person, room: Room, after: int) -> int:
    """Return the seq behind which what the person may see after `after` begins."""
    return max(after, _since(person)) if room.direct else after


def page_seen(person: Person, room: Room, page: Page, *, forwards: bool = False) -> Page:
    """Return `page` without what the person may not see, not even as `prev` or `more`.

    Reading `forwards` begins at `after_seen`.
    """
    if not room.direct:
        return page
    missing = [
        Stretch(max(part.after, _since(person)), part.upto)
        for part in page.missing
        if part.upto > _since(person)
    ]
    page = replace(page, missing=missing)
    if page.reached is not None and page.reached <= _since(person) + 1:
        page = replace(page, more=False, reached=None)  # a search need not go on
    if not page.messages:
        return page
    begins_here = page.messages[0].prev <= _since(person)
    seen = _without_previous(person, [one for one in page.messages if one.seq > _since(person)])
    return replace(page, messages=seen, more=page.more and (forwards or not begins_here))


def message_seen(person: Person, room: Room, message: Message) -> Message | None:
    """Return a message of a page across rooms as the person may see it, None if they may not."""
    if not is_seen(person, room, message.seq):
        return None
    if room.direct and 0 < message.prev <= _since(person):
        return replace(message, prev=0)
    return message


def events_seen(person: Person, room: Room, events: Sequence[AnyLogged]) -> list[AnyLogged]:
    """Return `events`, the next ones of a private room, as they follow for the person.

    What is not to be seen must not show as a gap either: the first event that they see has
    no previous one.
    """
    assert room.direct
    return _without_previous(person, [event for event in events if event.seq > _since(person)])


def _without_previous(person: Person, seen: list[Event]) -> list[Event]:
    if seen and 0 < seen[0].prev <= _since(person):
        seen[0] = replace(seen[0], prev=0)
    return seen


def is_seen_by_both(here: Here, room: Room, seq: int) -> bool:
    """Return whether the present holders of a private room's two names may see the event `seq`.

    Only such an event may be changed: its new text would be shown to both.
    """
    holders = (here.holder(handle) for handle in room.handles)
    return all(one is None or one.id or is_seen(one, room, seq) for one in holders)
