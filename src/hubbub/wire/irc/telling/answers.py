"""What becomes of what the client asked for: done, or refused; and what the server says itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.wire.irc.asked import BECOMING, CERTIFICATES, METADATA, OWN_MODE, SETTING
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.telling import metadata, people, rooms, talk
from hubbub.wire.irc.telling.refusals import refusal_of
from hubbub.wire.irc.texts import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hubbub.chat.events import Bye, Error, Notice, Ok
    from hubbub.wire.irc.asked import Asked
    from hubbub.wire.irc.client import Client

NOTICE_BYTES_MAX: Final = 300
"""Of one line of a sentence of the server's; it takes a nick and names of the server along."""

_CLOSED: Final = ("not_a_member", "no_such_room")
"""Codes for words that reach nobody, because the client is not in the private room."""


def told(client: Client, event: Notice) -> Iterable[Line]:
    """Return a sentence of the server's, in lines."""
    return [client.notice(line) for line in lines_of(event.text, NOTICE_BYTES_MAX)]


def ended(_client: Client, event: Bye) -> Iterable[Line]:
    """Return the server's last words."""
    return [Line("ERROR", (event.reason,))]


def refused(client: Client, event: Error) -> Iterable[Line]:
    """Return what says that something was refused."""
    asked = client.asking.answered(event.ref)
    if asked is None and not client.is_registered:  # it is the end
        return [Line("ERROR", (event.message,))]
    if not client.is_registered or (asked is not None and asked.command == BECOMING):
        client.refusal = event
        return []
    if asked is None:
        return [client.notice(event.message)]
    if asked.command == "REJOIN":
        return client.out_of(asked.detail, event.message)
    if asked.command == "TAGMSG" and not (asked.said or asked.detail):  # that somebody types
        return client.answer([], asked.label)
    if asked.said is not None and event.code in _CLOSED:
        client.conversations.pop(asked.said.room, None)  # the next word opens one anew
    elif asked.said is not None and event.code == "not_here":
        # So does it here, but the client is in the room that the other one has left.
        client.conversations[asked.said.room] = ""
    refuse = metadata.refused if asked.command == METADATA else refusal_of
    return client.answer([*refuse(client, asked, event)], asked.label)


def done(client: Client, event: Ok) -> Iterable[Line]:
    """Return what says that something was done."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        return []
    outcome = _OUTCOMES.get(asked.command)
    return client.answer([] if outcome is None else [*outcome(client, asked, event)], asked.label)


def _pong(client: Client, asked: Asked, _ok: Ok) -> Iterator[Line]:
    yield Line("PONG", (client.host, asked.target), client.host)


def _spoken(client: Client, asked: Asked, event: Ok) -> Iterator[Line]:
    """Yield what the client said, and that whom it spoke to is away."""
    yield from talk.echo(client, asked, event)
    away = None if asked.said is None else (client.away or {}).get(asked.said.room)
    if away:
        yield client.numeric(N.AWAY, asked.target, away)


_OUTCOMES: Final[dict[str, Callable[[Client, Asked, Ok], Iterator[Line]]]] = {
    "AWAY": people.away,
    "INVITE": rooms.invited,
    "MONITOR": people.monitors,
    "NOTICE": talk.echo,
    "OPER": people.operates,
    METADATA: metadata.was_set,
    CERTIFICATES: people.certificate_set,
    OWN_MODE: people.own_mode_set,
    SETTING: people.password_changed,
    "PART": rooms.left,
    "PING": _pong,
    "PRIVMSG": _spoken,
    "REDACT": talk.echo,
    "SETNAME": people.renamed,
    "TAGMSG": talk.echo,
    "TOPIC": talk.as_heard,
}
