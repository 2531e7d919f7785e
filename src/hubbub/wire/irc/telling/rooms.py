"""Rooms: what happens in them, that the client enters and leaves them, and lists of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hubbub.chat import events as e
from hubbub.chat.events.channels import Arrival, Departure
from hubbub.chat.masks import fits
from hubbub.chat.names import is_direct, same_name
from hubbub.wire.irc.asked import STATUS, kept_once
from hubbub.wire.irc.format import account_of
from hubbub.wire.irc.isupport import TARGETS_MAX
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.modes import status_in
from hubbub.wire.irc.names import channel_of, nick_of, room_of, source_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.places import stamp_of
from hubbub.wire.irc.telling.lists import end_of_names, names, sign_of, signed
from hubbub.wire.irc.telling.order import topic
from hubbub.wire.irc.texts import to_irc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hubbub.chat.events.channels import Invited, Listed, Listing, Moved, PutOut
    from hubbub.wire.irc.asked import Asked
    from hubbub.wire.irc.client import Client

Happening = e.Logged | e.Presence | Arrival | Departure | e.Away | e.Typing | e.Missing


def said(client: Client, event: Happening, recipient: str) -> Iterable[Line]:
    """Return what is told of something that happened in a room."""
    room = event.room
    if not client.is_registered:
        return []  # it returns to what is unread
    if not is_direct(room):
        return client.shared.lines(event, channel_of(room))
    if isinstance(event, e.Presence | e.Away | e.Topic):
        if isinstance(event, e.Presence) and nick_of(event.name) != client.nick:
            _call(client, event)
        if isinstance(event, e.Away) and nick_of(event.name) != client.nick:
            client.take_away(room, (event.text or "away") if event.on else "")
        return []  # IRC knows nobody who comes to a talk of two
    own = isinstance(event, e.Logged) and same_name(event.sender, recipient)
    if own and same_name(client.conversations.get(room, ""), recipient):
        return client.shared.lines(event, client.nick)  # to oneself
    if own and "echo-message" not in client.caps:
        return []  # IRC has no way to say that we said something elsewhere
    target = nick_of(client.conversations.get(room, "")) if own else client.nick
    return client.shared.lines(event, _said_to(client, event) or target or client.nick)


def _call(client: Client, event: e.Presence) -> None:
    """Take in what the other one in a talk of two is called now: once a member is gone, by their
    own name, since somebody else may have the nick that they had."""
    if event.state == "joined":
        client.conversations[event.room] = event.name
    elif same_name(client.conversations.get(event.room, ""), event.name):
        own = client.figures.account(event.person) if event.person else ""
        client.conversations[event.room] = own or event.name


def _said_to(client: Client, event: Happening) -> str:
    """Return to whom in a room something was said, if it was to those of a role there alone."""
    target = event.tags.get(STATUS, "") if isinstance(event, e.Message) else ""
    status = status_in(target)
    return target if status is not None and room_of(status[1]).lower() in client.rooms else ""


# The client enters and leaves.


def added(client: Client, event: e.Added) -> Iterable[Line]:
    """Return an invitation."""
    source = source_of(event.by) if event.by else client.host
    tags = _account_tag(client, event)
    return [Line("INVITE", (client.nick, channel_of(event.room)), source, tags)]


def entered(client: Client, event: e.Room) -> Iterable[Line]:
    """Take in that the client is in a room; return what it is told of that."""
    asked = client.asking.answered(event.ref)
    if asked is None and client.awaits_unread:
        client.unread += ((event.room, event.seen or 0 if event.direct else None),)
    if event.direct:
        other = next((one for one in event.direct if nick_of(one) != client.nick), client.name)
        client.conversations[event.room] = other
        if asked is not None:
            client.asking.opened = event.room
        if asked is not None and asked.command == "UNREAD" and not client.marks_itself:
            client.owed = {**(client.owed or {}), event.room: event.last}
        return []
    if not client.is_registered:
        return []  # it returns there as soon as it is
    lines: list[Line] = []
    if event.room not in client.rooms:  # else it came anew, or asks for the topic
        client.rooms = kept_once(client.rooms | {event.room})
        client.newest = event.last
        client.place = event.place or 0
        lines = [*_join(client, event)]
    client.about = None
    return lines if asked is None else client.answer(lines, asked.label)


def _join(client: Client, event: e.Room) -> Iterator[Line]:
    channel, person = channel_of(event.room), client.person
    kind, id_ = ("", "") if person is None else (person.kind, person.id)
    about = client.about
    assert about is not None, "it comes before the room"
    yield client.shared.join(client.name, channel, id_, kind, about.real)
    yield from topic(client, channel, about)
    if client.marks_itself:
        client.note_read(channel, event.seen_at or 0)
        yield Line("MARKREAD", (channel, stamp_of(client.read_until(channel))), client.host)
    if "draft/no-implicit-names" not in client.caps:
        listed = _signed(client, event.members, about.writers)
        sign = sign_of(private=about.private, unlisted=about.unlisted)
        yield from names(client, channel, listed, sign=sign)
        yield end_of_names(client, channel, more=event.more)


def _signed(
    client: Client, members: Iterable[e.MemberSummary], writers: frozenset[str]
) -> Iterator[tuple[str, str]]:
    for one in members:
        yield signed(client, one.role, may_write=one.name in writers), one.name


def left(client: Client, asked: Asked, _ok: e.Ok) -> Iterator[Line]:
    """Yield that the client left a room, as it wanted."""
    room = asked.detail
    client.leave(room)
    reason = (asked.target,) if asked.target else ()
    yield Line("PART", (channel_of(room), *reason), client.source)


def put_out(client: Client, event: PutOut) -> Iterable[Line]:
    """Return that somebody put the client out of a room."""
    if not client.leave(event.room):
        return []
    by = source_of(event.by) if event.by else client.host
    reason = event.reason or nick_of(event.by) or "Put out"
    return [Line("KICK", (channel_of(event.room), client.nick, reason), by)]


def moved(client: Client, event: Moved) -> Iterable[Line]:
    """Return that a room goes on as another one; who does not know RENAME leaves and comes."""
    if not client.leave(event.room):
        return []
    channel = channel_of(event.room)
    if "draft/channel-rename" in client.caps:
        client.rooms = kept_once(client.rooms | {event.to})
        return [Line("RENAME", (channel, channel_of(event.to), event.reason), source_of(event.by))]
    reason = (event.reason,) if event.reason else ()
    return [Line("PART", (channel, *reason), client.source)]


def removed(client: Client, event: e.Removed) -> Iterable[Line]:
    """Return that the client was put out of a room."""
    return client.out_of(event.room, event.reason)


# What it did there.


def invited(client: Client, asked: Asked, _ok: e.Ok) -> Iterator[Line]:
    """Yield that the client invited somebody."""
    yield client.numeric(N.INVITING, asked.detail, asked.target)


def asked_in(client: Client, event: Invited) -> Iterable[Line]:
    """Return that somebody invited somebody else, if the client wants to know."""
    if "invite-notify" not in client.caps or event.by == client.name:
        return []
    invited = (nick_of(event.name), channel_of(event.room))
    return [Line("INVITE", invited, source_of(event.by), _account_tag(client, event))]


def _account_tag(client: Client, event: e.Added | Invited) -> dict[str, str]:
    wants_it = "account-tag" in client.caps and event.person
    return {"account": account_of(client.figures, event.by, event.person)} if wants_it else {}


# Lists.


def members(client: Client, event: e.Members) -> Iterable[Line]:
    """Return who is in a room, because the client was behind."""
    if is_direct(event.room):
        _meet(client, event)
    if event.room not in client.rooms:
        return []
    listed = _signed(client, event.members, frozenset())
    channel = channel_of(event.room)
    return [*names(client, channel, listed), end_of_names(client, channel, more=event.more)]


def _meet(client: Client, event: e.Members) -> None:
    """Take in what the other one in a private room is called now."""
    for one in event.members:
        if nick_of(one.name) != client.nick:
            client.conversations[event.room] = one.name


def listed(client: Client, event: Listing) -> Iterable[Line]:
    """Return the rooms that there are, of those that are wanted."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        return []
    wanted = [one for one in asked.target.split(",") if one][:TARGETS_MAX]
    lines = [client.numeric(N.LISTSTART, "Channel", "Users  Name")]
    now = client.clock()
    for one in event.rooms:
        channel, room = channel_of(one.room.room), one.room
        # One in which nobody is and nothing was said is no room to IRC: the lobby, at first.
        if (room.members or room.last) and _is_wanted(channel, one, wanted, now):
            lines.append(client.numeric(N.LIST, channel, str(room.members), to_irc(room.topic)))
    lines.append(client.numeric(N.LISTEND, "End of /LIST"))
    return client.answer(lines, asked.label)


def _is_wanted(channel: str, one: Listed, conditions: Iterable[str], now: int) -> bool:
    """Return whether a room fulfills what is asked of its people and times, and one of the masks,
    if any."""
    masks: list[bool] = []
    for condition in conditions:
        if (asked := _MEASURED.fullmatch(condition)) is not None:
            figure, number = _figure(one, asked["what"].upper(), now), int(asked["number"])
            if figure is None or not (figure < number if asked["sign"] == "<" else figure > number):
                return False
        elif condition[0] == "!":
            if fits(condition[1:], channel):
                return False
        else:
            masks.append(fits(condition, channel))
    return any(masks) or not masks


_MEASURED: Final = re.compile(r"(?P<what>[CT]?)(?P<sign>[<>])(?P<number>[0-9]{1,9})", re.IGNORECASE)
"""A condition of a room's people, or of the minutes since it was opened or its topic set."""


def _figure(one: Listed, what: str, now: int) -> float | None:
    """Return the people of a room, or for how many minutes it or its topic is there, if it is.

    What was there before the server started is older than anything.
    """
    if what == "T" and not one.room.topic:
        return None
    if not what:
        return one.room.members
    return (now - (one.topic_at if what == "T" else one.opened_at)) / 60_000
