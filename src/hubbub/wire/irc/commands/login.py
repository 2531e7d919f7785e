"""Logging in: SASL, and what follows from becoming a member."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from hubbub.chat import commands as c
from hubbub.wire.irc.asked import Asked
from hubbub.wire.irc.commands.entering import introduce
from hubbub.wire.irc.commands.rooms import last_said
from hubbub.wire.irc.line import Line, reply
from hubbub.wire.irc.names import channel_of, name_of, nick_of, source_of
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.voice import Voice

SASL_CHUNK: Final = 400
SASL_BYTES_MAX: Final = 4096


def authenticate(voice: Voice, line: Line) -> Iterator[Heard]:
    """Take the next part of a login."""
    word = line.params[0]
    if voice.account != "*" and voice.is_registered:
        yield reply(voice.numeric(N.SASLALREADY, "You are logged in already."))
    elif word == "*":
        voice.sasl = None
        yield reply(voice.numeric(N.SASLABORTED, "The login was broken off."))
    elif voice.sasl is None:
        if word.upper() == "PLAIN":
            voice.sasl = ""
            yield reply(Line("AUTHENTICATE", ("+",)))
        else:
            yield reply(
                voice.numeric(N.SASLMECHS, "PLAIN", "is what can be used here."),
                voice.numeric(N.SASLFAIL, "Choose another way to log in."),
            )
    elif len(word) > SASL_CHUNK or len(voice.sasl) > SASL_BYTES_MAX:
        voice.sasl = None
        yield reply(voice.numeric(N.SASLTOOLONG, "That is too long."))
    else:
        voice.sasl += "" if word == "+" else word
        if len(word) < SASL_CHUNK:
            yield from _end_login(voice)


def _end_login(voice: Voice) -> Iterator[Heard]:
    given, voice.sasl = voice.sasl or "", None
    try:
        _, name, password = base64.b64decode(given, validate=True).decode().split("\0")
    except (binascii.Error, ValueError):
        name = password = ""
    coming = voice.coming
    if name and password and coming is None:
        ref = voice.asking.ref(Asked("LOGIN", nick_of(name)))
        yield from become(voice, name_of(name), password, ref)
    elif name and password and coming is not None:
        if not coming.is_introduced:
            coming.nick = coming.nick or name
            yield from introduce(voice, coming)
        if coming.is_introduced:
            yield from log_in(voice, name_of(name), password)
    if voice.account == "*":
        yield reply(voice.numeric(N.SASLFAIL, "The name or the password is wrong."))
    elif coming is None:
        yield reply(voice.numeric(N.SASLSUCCESS, "You are logged in."))
    else:
        coming.nick = voice.nick
        said = (source_of(voice.name), voice.account, f"You are {voice.name}.")
        yield reply(
            voice.numeric(N.LOGGEDIN, *said), voice.numeric(N.SASLSUCCESS, "You are logged in.")
        )


def log_in(client: Client, name: str, password: str) -> Iterator[Heard]:
    """Log in before being welcomed."""
    client.refusal = None
    ref = client.asking.ref(Asked("LOGIN", nick_of(name)))
    yield c.Login(name=name, password=password, ref=ref)


def become(client: Client, name: str, password: str, ref: str) -> Iterator[Heard]:
    """Become a member, in the same rooms; then enter those in which something waits."""
    before, rooms = client.person, client.rooms
    client.awaits_unread = True
    yield c.Login(name=name, password=password, ref=ref)
    if client.person != before:  # whoever it was before has left
        yield from come_anew(client, rooms)
    yield from return_to_unread(client)


def come_anew(client: Client, rooms: frozenset[str]) -> Iterator[Heard]:
    """Enter rooms as somebody else; private ones stay with whoever the client was before."""
    unread = {room for room, _ in client.unread}
    client.conversations = {
        room: other for room, other in client.conversations.items() if room in unread
    }
    for room in sorted(rooms - unread):
        asked = Asked("REJOIN", channel_of(room), "", room)
        yield c.Join(room=room, ref=client.asking.ref(asked))


def return_to_unread(client: Client) -> Iterator[Heard]:
    """Enter the rooms anew in which something waits; talks of two from where they were read."""
    unread, client.unread, client.awaits_unread = client.unread, (), False
    for room, seen in unread:
        before = client.rooms
        yield c.Join(room=room, after=seen, ref=client.asking.ref(Asked("UNREAD")))
        yield from last_said(client, client.rooms - before)
