"""What the client said itself, as an echo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from hubbub.chat.events import Message
from hubbub.chat.text import inert
from hubbub.wire.irc.asked import STATUS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.events import Ok
    from hubbub.wire.irc.asked import Asked
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.line import Line


def echo(client: Client, asked: Asked, event: Ok) -> Iterator[Line]:
    """Yield what the client said, as others hear it."""
    if "echo-message" in client.caps:
        yield from as_heard(client, asked, event)


def as_heard(client: Client, asked: Asked, event: Ok) -> Iterator[Line]:
    """Yield what the client did, as it was logged."""
    said = asked.said
    if said is None or not event.seq:
        return
    person = "" if client.account == "*" or client.person is None else client.person.id
    at = said.at if event.at is None else event.at
    said = replace(said, seq=event.seq, sender=client.name, person=person, at=at)
    target = client.target_of(said.room)
    if isinstance(said, Message):
        said.text = inert(said.text)
        target = said.tags.get(STATUS, target)
    yield from client.shared.lines(said, target)
