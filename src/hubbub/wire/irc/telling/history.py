"""What was said before: a page of it, as a batch; and how far somebody has read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat.names import is_direct
from hubbub.wire.irc.line import NO_TAGS, Line
from hubbub.wire.irc.names import nick_of
from hubbub.wire.irc.places import stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hubbub.chat.events import AnyLogged, Conversations, Page, Seen
    from hubbub.wire.irc.asked import Asked
    from hubbub.wire.irc.client import Client

END: Final = "draft/chathistory-end"
"""The tag of a batch behind which there is nothing more in the direction that was asked for."""


def page(client: Client, event: Page) -> Iterable[Line]:
    """Return what a page holds, by what it was asked for."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        return []
    match asked.command:
        case "NEWEST":
            client.newest_at = event.messages[-1].at if event.messages else 0
            return []
        case "SEARCH":
            return _found(client, asked, event)
        case "JOIN":
            return _missed(client, asked, event)
    return _history(client, asked, event)


def _missed(client: Client, asked: Asked, event: Page) -> Iterable[Line]:
    assert asked.window is not None, "who enters is told of some messages"
    chosen = asked.window.chosen(event.messages)
    lines = [line for one in chosen for line in _lines(client, one)]
    if event.more and asked.window.low is not None and len(chosen) == len(event.messages):
        lines.insert(0, client.notice(f"Before that, more was said in {asked.target}."))
    return lines


def _history(client: Client, asked: Asked, event: Page) -> Iterable[Line]:
    window = asked.window
    assert window is not None, "CHATHISTORY says what it wants"
    said = [one for one in event.messages if not one.deleted]
    events = sorted((*said, *event.events), key=lambda one: one.seq)
    chosen = window.chosen(events)
    lines = [line for one in chosen for line in _lines(client, one)]
    has_more = event.more or event.newer
    is_end = not has_more if len(chosen) == len(events) else len(chosen) < window.limit
    tags = {END: ""} if "message-tags" in client.caps and is_end else NO_TAGS
    return client.answer(lines, asked.label, ("chathistory", asked.target), tags)


def _lines(client: Client, event: AnyLogged) -> Iterator[Line]:
    """Yield an event of a room as it was heard there."""
    target = client.target_of(event.room)
    if is_direct(event.room) and nick_of(event.sender) != client.nick:
        target = client.nick
    is_stamped = "server-time" not in client.caps
    return client.shared.lines(event, target, is_stamped=is_stamped)


def _found(client: Client, asked: Asked, event: Page) -> Iterable[Line]:
    window = asked.window
    assert window is not None, "SEARCH says what it wants"
    lines = [line for one in window.chosen(event.messages) for line in _lines(client, one)]
    return client.answer(lines, asked.label, ("soju.im/search",))


def talks(client: Client, event: Conversations) -> Iterable[Line]:
    """Take in with whom the client's person talks in private; tell nothing of it."""
    client.asking.answered(event.ref)
    listed = [one for one in event.conversations if one.with_]
    client.talks = {one.room: nick_of(one.with_[0].name) for one in listed}
    return []


def seen(client: Client, event: Seen) -> Iterable[Line]:
    """Return how far somebody has read, where that is known by its time."""
    if client.owed is not None and event.seq >= client.owed.get(event.room, event.seq + 1):
        owed = {room: seq for room, seq in client.owed.items() if room != event.room}
        client.owed = owed or None
    is_meant = event.at is not None and client.marks_itself
    if not is_meant or (is_direct(event.room) and event.room not in client.conversations):
        return []
    target = client.target_of(event.room)
    client.note_read(target, event.at or 0)
    if not client.is_registered:
        return []
    return [Line("MARKREAD", (target, stamp_of(client.read_until(target))), client.host)]
