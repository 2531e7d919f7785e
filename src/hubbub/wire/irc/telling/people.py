"""People: who somebody is, and what the client says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import nick_of, source_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.telling.lists import somebody

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hubbub.chat.events import Account, Ok, Profile, Reloaded, Shown
    from hubbub.wire.irc.asked import Asked
    from hubbub.wire.irc.client import Client


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


def reloaded(client: Client, event: Reloaded) -> Iterable[Line]:
    """Return that the configuration was read again, and what of it waits for a restart."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        return []
    waiting = f" After a restart: {', '.join(event.restart)}." if event.restart else ""
    said = f"The configuration was read again.{waiting}"
    return client.answer([client.numeric(N.REHASHING, "hubbub.toml", said)], asked.label)


def password_changed(client: Client, _asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield that the client's person has another password."""
    yield client.notice("Your password is another one from now on.")


def own_mode_set(client: Client, asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield a mode that the client has now, or no longer."""
    yield Line("MODE", (asked.target, asked.detail), client.source)


def renamed(client: Client, asked: Asked, _ok: Ok) -> Iterator[Line]:
    """Yield the real name that the client has now."""
    yield Line("SETNAME", (asked.detail,), client.source)


def account(client: Client, event: Account) -> Iterator[Line]:
    """Yield that somebody else is a member now."""
    if "account-notify" in client.caps:
        yield Line("ACCOUNT", (nick_of(event.name),), source_of(event.name))


def shown(client: Client, event: Shown) -> Iterator[Line]:
    """Yield the real name of somebody else."""
    if "setname" in client.caps:
        yield Line("SETNAME", (event.real,), source_of(event.name))
