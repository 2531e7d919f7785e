"""What people say about themselves and rooms, as answers of METADATA and as news."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import channel_of, nick_of, source_of
from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hubbub.chat.events import Error, Metadata, MetadataChanged, Ok
    from hubbub.wire.irc.asked import Asked
    from hubbub.wire.irc.client import Client

ALL = "*"
"""Who may see a value: everybody."""


def told(client: Client, event: Metadata) -> Iterable[Line]:
    """Return what is said, as it was asked for."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        return []
    word, *keys = asked.detail.split(" ")
    target, batch = asked.target, ("metadata", asked.target)
    match word:
        case "GET":
            lines = [_valued(client, target, key, event.said) for key in keys]
        case "LIST":
            lines = [_valued(client, target, key, event.said) for key in event.said]
        case "CLEAR":
            client.cleared = tuple(event.said)
            return []
        case _:
            lines = [*_wanted(client, target, event.said)]
            for name, said in event.people.items():
                lines += _wanted(client, nick_of(name), said)
    return client.answer(lines, asked.label, () if word == "JOIN" else batch)


def _valued(client: Client, target: str, key: str, said: Mapping[str, str]) -> Line:
    if (value := said.get(key.lower())) is None:
        return client.numeric(N.KEYNOTSET, target, key, "Nothing is said there.")
    return client.numeric(N.KEYVALUE, target, key, ALL, value)


def _wanted(client: Client, target: str, said: Mapping[str, str]) -> Iterator[Line]:
    for key, value in said.items():
        if key in client.subscribed:
            yield Line("METADATA", (target, key, ALL, value), client.host)


def changed(client: Client, event: MetadataChanged) -> Iterator[Line]:
    """Yield what somebody else says from now on, if the client wants to hear of that."""
    if event.key in client.subscribed:
        target = channel_of(event.room) if event.room else nick_of(event.name)
        value = (event.value,) if event.value else ()
        yield Line("METADATA", (target, event.key, ALL, *value), source_of(event.name))


def was_set(client: Client, asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield what the client says from now on."""
    _, key, *value = asked.detail.split(" ", 2)
    said = {key: value[0]} if value else {}
    yield _valued(client, asked.target, key, said)


def refused(client: Client, asked: Asked, error: Error) -> Iterator[Line]:
    """Yield what refuses METADATA."""
    word, *rest = asked.detail.split(" ", 2)
    key = rest[0] if rest else ALL
    match word, error.code:
        case "SET", "empty":
            yield client.numeric(N.KEYNOTSET, asked.target, key, error.message)
        case "SET", "too_long":
            yield _fail(client, "VALUE_INVALID", error.message)
        case "SET", "too_large":
            yield _fail(client, "LIMIT_REACHED", asked.target, error.message)
        case "SET", _:
            yield _fail(client, "KEY_NO_PERMISSION", asked.target, key, error.message)
        case _:
            yield _fail(client, "INVALID_TARGET", asked.target, error.message)


def _fail(client: Client, *context: str) -> Line:
    return Line("FAIL", ("METADATA", *context), client.host)
