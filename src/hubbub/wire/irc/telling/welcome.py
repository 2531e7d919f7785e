"""Who the client is, once the chatroom has said so."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from hubbub.chat.files import HOSTED, hosting_token
from hubbub.wire.irc.format import account_of
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import nick_of
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.events import Challenge, Proven, Welcome
    from hubbub.wire.irc.client import Client


def welcomed(client: Client, event: Welcome) -> Iterator[Line]:
    """Take in who the client is; yield what changed, if it has been welcomed before."""
    asked = client.asking.answered(event.ref)
    label = None if asked is None else asked.label
    if event.held and client.is_registered:  # it stays who it is
        sentence = "Somebody has that name."
        taken = client.numeric(N.NICKNAMEINUSE, nick_of(event.name), sentence)
        yield from client.answer([taken], label)
        return
    if event.person != client.person:
        client.modes = ""  # they were those of whoever it was before
    client.name, client.person, client.refusal = event.name, event.person, None
    client.is_held, client.is_locked = event.held, event.locked
    if client.figures.takes_files:
        token = hosting_token(event.session)
        client.door = f"{HOSTED}{quote(event.name, safe='')}/{token}"
    nick, person = nick_of(event.name), event.person
    account = "*"
    if person is not None:
        account = account_of(client.figures, event.name, person.id, person.kind)
    lines = [Line("NICK", (nick,), client.source)] if nick != client.nick else []
    client.nick, client.account = nick, account
    if client.awaits_unread:
        client.unread += tuple((room, None) for room in event.rooms)
    if client.is_becoming:
        client.late += (*lines,)
    elif client.is_registered:
        yield from client.answer(lines, label)


def challenged(client: Client, event: Challenge) -> Iterator[Line]:
    """Take in with what the client is to prove its password."""
    client.asking.answered(event.ref)
    if client.sasl is not None:
        client.sasl.challenge = event
    yield from ()


def proven(client: Client, event: Proven) -> Iterator[Line]:
    """Take in that it has proven it."""
    client.asking.answered(event.ref)
    if client.sasl is not None:
        client.sasl.proven = event
    yield from ()
