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
            lines = [valued(client, target, key, event.said) for key in keys]
        case "LIST":
            lines = [valued(client, target, key, event.said) for key in event.said]
        case "CLEAR":
            client.cleared = tuple(event.said)
            return []
        case _:
            lines = [*_wanted(client, target, event.said)]
            for name, said in event.people.items():
                lines += _wanted(client, nick_of(name), said)
    return client.answer(lines, asked.label, () if word == "JOIN" else batch)


def valued(client: Client, target: str, key: str, said: Mapping[str, str]) -> Line:
    """Return what is said under a key, or that nothing is."""
    if (value := said.get(key.lower())) is None:
        return client.numeric(N.KEYNOTSET, target, key, "Nothing is said there.")
    return client.numeric(N.KEYVALUE, target, key, ALL, value)


def _wanted(client: Client, target: str, said: Mapping[str, str]) -> Iterator[Line]:
    for key, value in said.items():
        if key in client.subscribed:
            yield _news(client, target, key, value, client.host)


def about_oneself(client: Client, said: Mapping[str, str]) -> list[Line]:
    """Return what the client says about itself, as news."""
    return [_news(client, client.nick, key, said[key], client.source) for key in said]


def _news(client: Client, target: str, key: str, value: str, source: str) -> Line:
    """Return that something is said, or with an empty `value`, that nothing is any more."""
    if client.has_numbers_as_news:
        return valued(client, target, key, {key: value} if value else {})
    return Line("METADATA", (target, key, ALL, *([value] if value else [])), source)


def changed(client: Client, event: MetadataChanged) -> Iterator[Line]:
    """Yield what somebody else says from now on, if the client wants to hear of that."""
    if event.key in client.subscribed:
        target = channel_of(event.room) if event.room else nick_of(event.name)
        yield _news(client, target, event.key, event.value, source_of(event.name))


def was_set(client: Client, asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield what the client says from now on."""
    word, key, *value = asked.detail.split(" ", 2)
    if word == "CLEARED":
        client.cleared = (*(client.cleared or ()), key)
    else:
        yield valued(client, asked.target, key, {key: value[0]} if value else {})


def refused(client: Client, asked: Asked, error: Error) -> Iterator[Line]:
    """Yield what refuses METADATA."""
    word, *rest = asked.detail.split(" ", 2)
    key = rest[0] if rest else ALL
    match word, error.code:
        case "SET", "empty":
            yield client.numeric(N.KEYNOTSET, asked.target, key, error.message)
        case "CLEARED", _:
            return  # it is told once, for all keys
        case "SET", "too_long":
            yield _fail(client, *no_value(client, key), error.message)
        case "SET", "too_large":
            yield _fail(client, "LIMIT_REACHED", asked.target, error.message)
        case "SET", _:
            yield _fail(client, "KEY_NO_PERMISSION", asked.target, key, error.message)
        case _:
            yield _fail(client, "INVALID_TARGET", asked.target, error.message)


def no_value(client: Client, key: str) -> tuple[str, ...]:
    """Return the code for a value that cannot be said, and what is told with it."""
    return ("INVALID_VALUE", key) if client.has_numbers_as_news else ("VALUE_INVALID",)


def _fail(client: Client, *context: str) -> Line:
    return Line("FAIL", ("METADATA", *context), client.host)
