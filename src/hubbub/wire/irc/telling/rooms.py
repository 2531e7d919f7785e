"""Rooms: what happens in them, that the client enters and leaves them, and lists of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat import events as e
from hubbub.chat.names import is_direct, same_name
from hubbub.wire.irc.asked import kept_once
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import channel_of, nick_of, source_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.places import stamp_of
from hubbub.wire.irc.telling.lists import names, topic, who

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hubbub.wire.irc.asked import Asked
    from hubbub.wire.irc.client import Client

Happening = e.Logged | e.Presence | e.Away | e.Typing | e.Missing


def said(client: Client, event: Happening, recipient: str) -> Iterable[Line]:
    """Return what is told of something that happened in a room."""
    room = event.room
    if not client.is_registered:
        return []  # it returns to what is unread
    if not is_direct(room):
        return client.shared.lines(event, channel_of(room))
    if isinstance(event, e.Presence | e.Away | e.Topic):
        if isinstance(event, e.Presence) and event.formerly:
            client.conversations[room] = event.name
        return []  # IRC knows nobody who comes to a talk of two
    own = isinstance(event, e.Logged) and same_name(event.sender, recipient)
    if own and same_name(client.conversations.get(room, ""), recipient):
        return client.shared.lines(event, client.nick)  # to oneself
    if own and "echo-message" not in client.caps:
        return []  # IRC has no way to say that we said something elsewhere
    target = nick_of(client.conversations.get(room, "")) if own else client.nick
    return client.shared.lines(event, target or client.nick)


# The client enters and leaves.


def added(client: Client, event: e.Added) -> Iterable[Line]:
    """Return an invitation."""
    source = source_of(event.by) if event.by else client.host
    return [Line("INVITE", (client.nick, channel_of(event.room)), source)]


def entered(client: Client, event: e.Room) -> Iterable[Line]:
    """Take in that the client is in a room; return what it is told of that."""
    asked = client.asking.answered(event.ref)
    if asked is None and client.awaits_unread:
        client.unread += ((event.room, event.seen or 0 if event.direct else None),)
    if event.direct:
        other = next((one for one in event.direct if nick_of(one) != client.nick), client.name)
        client.conversations[event.room] = other
        if asked is not None and asked.command == "UNREAD" and not client.marks_itself:
            client.owed = {**(client.owed or {}), event.room: event.last}
        return []
    if not client.is_registered:
        return []  # it returns there as soon as it is
    lines: list[Line] = []
    if event.room not in client.rooms:  # else it came anew, or asks for the topic
        client.rooms = kept_once(client.rooms | {event.room})
        client.entering, client.newest = event.room, event.last
        client.place = event.place or 0
        lines = [*_join(client, event)]
    elif asked is not None and asked.command == "TOPIC":
        lines = [topic(client, asked.target, event.topic)]
    return lines if asked is None else client.answer(lines, asked.label)


def _join(client: Client, event: e.Room) -> Iterator[Line]:
    channel, person = channel_of(event.room), client.person
    kind, id_ = ("", "") if person is None else (person.kind, person.id)
    yield client.shared.join(client.name, channel, id_, kind)
    if event.topic:
        yield client.numeric(N.TOPIC, channel, event.topic)
    if client.marks_itself:
        client.note_read(channel, event.seen_at or 0)
        yield Line("MARKREAD", (channel, stamp_of(client.read_until(channel))), client.host)
    if "draft/no-implicit-names" not in client.caps:
        yield from names(client, channel, event.members, more=event.more)


def left(client: Client, asked: Asked, _ok: e.Ok) -> Iterator[Line]:
    """Yield that the client left a room, as it wanted."""
    room = asked.detail
    client.leave(room)
    yield Line("PART", (channel_of(room),), client.source)


def removed(client: Client, event: e.Removed) -> Iterable[Line]:
    """Return that the client was put out of a room."""
    return client.out_of(event.room, event.reason)


# What it did there.


def invited(client: Client, asked: Asked, _ok: e.Ok) -> Iterator[Line]:
    """Yield that the client invited somebody."""
    yield client.numeric(N.INVITING, asked.detail, asked.target)


# Lists.


def members(client: Client, event: e.Members) -> Iterable[Line]:
    """Return who is in a room, for NAMES or WHO, or because the client was behind."""
    asked = client.asking.answered(event.ref)
    channel = channel_of(event.room)
    if asked is None:
        if is_direct(event.room):
            _meet(client, event)
        if event.room not in client.rooms:
            return []
        return [*names(client, channel, event.members, more=event.more)]
    if asked.command == "NAMES":
        lines = [*names(client, channel, event.members, more=event.more)]
    else:
        lines = [*who(client, asked, channel, event.members)]
    return client.answer(lines, asked.label)


def _meet(client: Client, event: e.Members) -> None:
    """Take in what the other one in a private room is called now."""
    for one in event.members:
        if nick_of(one.name) != client.nick:
            client.conversations[event.room] = one.name


def listed(client: Client, event: e.Rooms) -> Iterable[Line]:
    """Return the rooms that there are, or the topic of one that the client is not in."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        return []
    if asked.command == "TOPIC":
        topics = {channel_of(one.room): one.topic for one in event.rooms}
        line = topic(client, asked.target, topics.get(asked.target.lower()))
        return client.answer([line], asked.label)
    wanted = {one for one in asked.target.lower().split(",") if one}
    lines = [client.numeric(N.LISTSTART, "Channel", "Users  Name")]
    for one in event.rooms:
        channel = channel_of(one.room)
        if not wanted or channel in wanted:
            lines.append(client.numeric(N.LIST, channel, str(one.members), one.topic))
    lines.append(client.numeric(N.LISTEND, "End of /LIST"))
    return client.answer(lines, asked.label)
