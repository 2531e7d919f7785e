"""People: who somebody is, and what the client says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.telling.lists import somebody

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hubbub.chat.events import Ok, Profile
    from hubbub.wire.irc.asked import Asked
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.line import Line


def profile(client: Client, event: Profile) -> Iterable[Line]:
    """Return who somebody is."""
    asked = client.asking.answered(event.ref)
    return [] if asked is None else client.answer([*somebody(client, asked, event)], asked.label)


def away(client: Client, asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield whether the client is away."""
    if asked.detail:
        yield client.numeric(N.NOWAWAY, "You are marked as being away.")
    else:
        yield client.numeric(N.UNAWAY, "You are no longer marked as being away.")


def operates(client: Client, _asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield that the client is an operator now."""
    yield client.numeric(N.YOUREOPER, "You run this server now, too.")
