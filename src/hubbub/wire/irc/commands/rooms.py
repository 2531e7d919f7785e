"""Rooms: JOIN, PART, TOPIC, INVITE, and lists of rooms and of who is there."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from hubbub.chat import commands as c
from hubbub.chat.commands.channels import KEY_CHARS_MAX
from hubbub.chat.names import is_direct
from hubbub.chat.rules import REASON_CHARS_MAX
from hubbub.wire.irc import drafts
from hubbub.wire.irc.asked import Asked
from hubbub.wire.irc.commands.metadata import synchronized
from hubbub.wire.irc.isupport import MESSAGES_MAX, TARGETS_MAX
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import channel_of, is_channel, name_of, room_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.places import Place, Window
from hubbub.wire.irc.telling.lists import END_OF_NAMES
from hubbub.wire.irc.texts import from_irc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client

RECENT: Final = 20
"""The last messages of a room, for a client that cannot ask for them."""

NO_ROOM: Final = "Rooms begin with #, and have letters, digits, '-', '_' or '.'."


def join(client: Client, line: Line) -> Iterator[Heard]:
    """Enter rooms; `0` leaves all."""
    if line.params[0] == "0":
        for room in sorted(client.rooms):
            asked = Asked("PART", "", client.labelled, room)
            yield c.Part(room=room, ref=client.asking.ref(asked))
        yield client.nothing(line)
        return
    channels = line.params[0].split(",")
    keys = line.params[1].split(",") if len(line.params) > 1 else []
    for channel, key in zip_longest(channels, keys[: len(channels)], fillvalue=""):
        room = room_of(channel).lower()
        if not is_channel(channel) or not room or is_direct(room):
            yield client.at_once(line, client.numeric(N.NOSUCHCHANNEL, channel or "*", NO_ROOM))
        elif room not in client.rooms:
            before = client.rooms
            yield c.Enter(room=room, key=key[:KEY_CHARS_MAX], ref=client.ref(line, channel))
            yield from last_said(client, client.rooms - before)
            if client.rooms != before:
                yield from synchronized(client, room, channel)
        else:
            yield client.nothing(line)


def last_said(client: Client, entered: frozenset[str]) -> Iterator[Heard]:
    """Have a client told what was said last in a room, if it cannot ask for that.

    If an earlier one of its person was there, it is what was said since.
    """
    if client.newest > client.place and "draft/chathistory" not in client.caps:
        window = Window(MESSAGES_MAX, low=Place(client.place)) if client.place else Window(RECENT)
        for room in entered:
            ref = client.asking.ref(Asked("JOIN", channel_of(room), window=window))
            yield c.History(room=room, limit=window.limit, ref=ref)


def rename(client: Client, line: Line) -> Iterator[Heard]:
    """Have a room go on under another name."""
    former, new, *rest = line.params
    if not is_channel(new):
        refused = ("RENAME", "CANNOT_RENAME", former, new, NO_ROOM)
        yield client.at_once(line, Line("FAIL", refused, client.host))
        return
    reason = rest[0][:REASON_CHARS_MAX] if rest else ""
    ref = client.ref(line, former, new)
    yield c.Move(room=room_of(former).lower(), to=room_of(new).lower(), reason=reason, ref=ref)


def part(client: Client, line: Line) -> Iterator[Heard]:
    """Leave rooms."""
    reason = line.params[1][:REASON_CHARS_MAX] if len(line.params) > 1 else ""
    for channel in line.params[0].split(","):
        room = room_of(channel).lower()
        if room in client.rooms:
            asked = Asked("PART", reason, client.labelled, room)
            yield c.Part(room=room, reason=reason, ref=client.asking.ref(asked))
        else:
            no = "You are not in that room."
            number = N.NOTONCHANNEL if is_channel(channel) else N.NOSUCHCHANNEL
            yield client.at_once(line, client.numeric(number, channel or "*", no))


def topic(client: Client, line: Line) -> Iterator[Heard]:
    """Say what a room is about, or ask for it."""
    channel = line.params[0]
    room = room_of(channel).lower()
    if len(line.params) > 1:
        text = from_irc(line.params[1])
        said = drafts.topic(room, text, client.clock())
        yield c.SetTopic(room=room, text=text, ref=client.ref(line, channel, said=said))
    else:
        yield c.AskAbout(room=room, ref=client.ref(line, channel))


def invite(client: Client, line: Line) -> Iterator[Heard]:
    """Ask somebody in."""
    nick, channel = line.params[:2]
    ref = client.ref(line, channel, nick)
    yield c.Add(room=room_of(channel).lower(), name=name_of(nick), ref=ref)


def names(client: Client, line: Line) -> Iterator[Heard]:
    """Ask who is in rooms; one line ends what is told of all of them."""
    channels = (line.params[0] if line.params else "*").split(",")[:TARGETS_MAX]
    named = ",".join(channels) or "*"
    for left, channel in reversed([*enumerate(reversed(channels))]):
        if is_channel(channel):
            ref = client.ref(line, channel, "" if left else named)
            yield c.Look(room=room_of(channel).lower(), ref=ref)
        elif not left:
            yield client.at_once(line, client.numeric(N.ENDOFNAMES, named, END_OF_NAMES))


def list_(client: Client, line: Line) -> Iterator[Heard]:
    """Ask which rooms there are."""
    yield c.Rooms(ref=client.ref(line, ",".join(line.params[:2])))
