"""Where else a chatroom is, as its servers tell (docs/protocol.md, section 3.8).

What is told is as good as who tells it, and no better:

1. It counts only from a server that has let us in; and if we have a password, only from one that
   took it. Else whoever speaks for a server without TLS could name a place of their own, with a
   good certificate, to which we would then give the password.
2. From TLS it leads to TLS alone.
3. The addresses that the user gave are tried first, at each start. So whoever lied once is asked
   again only when none of those can be reached.
4. It is no reason to take two chatrooms for one. What is kept of one is used at another address
   only if both say so: see `chatroom`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

import msgspec
from msgspec.structs import replace

from hubbub.client.address import Address, BadAddress, parse_address
from hubbub.client.keeping import KeptFile

TLS = "hubbubs://"

TOLD_MAX = 16
"""Addresses that are taken of those that one server tells."""

CHATROOMS_MAX = 200


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept of a chatroom. `given`: its addresses as the user gave them, if several.

    `told`: those that a server told, which took our password if `locked`. `agreed`: those at which
    a server told of the first address: it says itself that it is the same chatroom.
    """

    given: list[str] = []
    told: list[str] = []
    locked: bool = False
    agreed: list[str] = []


class Nodes:
    """Of the chatroom at the addresses that the user gave. `keeps`: beyond this program."""

    def __init__(self, given: Address, *, keeps: bool = True) -> None:
        self._given = given
        self._file = KeptFile("nodes.json")
        self._keeps = keeps

    def known(self, password: str = "") -> Address:
        """Return the addresses that were given, and behind them those that were told before.

        `password`: the chatroom's, if we have it, beside the one in the address.
        """
        record = self._file.read(Record).get(str(self._given))
        has_password = bool(password or self._given.password)
        if record is None or (has_password and not record.locked):
            return self._given
        return led(self._given, record.told)

    def learn(self, at: Address, told: list[str], *, locked: bool) -> None:
        """Keep what the server at an address told, in the place of what was told before."""
        if not self._keeps:
            return
        records, first = self._file.read(Record), str(self._given)
        record = records.pop(first, Record())
        given = [str(one) for one in (self._given, *self._given.others)]
        agreed = {one: None for one in record.agreed if one in {*given, *map(_place, told)}}
        if str(at) != first and first in map(_place, told):
            agreed[str(at)] = None
        new = Record(given if len(given) > 1 else [], told, locked and bool(told), list(agreed))
        if new != record:
            self._file.write({**records, first: new} if new != Record() else records, CHATROOMS_MAX)


def understood(told: Iterable[str], *, over_tls: bool) -> list[str]:
    """Return the addresses among those that were told, as they are kept: of TLS, all ask for it."""
    found = {f"{TLS if over_tls or one.secure else ''}{one}": None for one in _parsed(told)}
    return list(found)[:TOLD_MAX]


def _parsed(told: Iterable[str]) -> Iterator[Address]:
    for one in told:
        with suppress(BadAddress):
            yield parse_address(one)


def led(at: Address, told: Iterable[str]) -> Address:
    """Return where we are, with all other addresses: those that were given, then those `told`."""
    given = [one for one in (at, *at.others) if not one.learned]
    seen = {str(one) for one in (at, *given)}
    learned = []
    for found in _parsed(told):
        if str(found) in seen or (found.is_local and not at.is_local):
            continue
        secure = found.secure or given[0].secure
        one = replace(given[0], host=found.host, port=found.port, secure=secure, others=())
        learned.append(replace(one, learned=True))
    others = [replace(one, others=()) for one in given if one is not at]
    return replace(at, others=(*others, *learned))


def chatroom(address: Address, is_known: Callable[[str], bool]) -> str:
    """Return under which address things are kept of the chatroom at these addresses.

    It is the first of them, or another one that `is_known`, if either

    - that one is among them, and the first was given with it before, or told by its servers; or
    - the first has told itself that it is the same chatroom.

    So nobody gets the secrets of another chatroom by saying that it is theirs; nor does anybody who
    has named a chatroom as their own know, later, by which secret the user is known there.
    """
    first = str(address)
    if is_known(first):
        return first
    named = {str(one) for one in address.others}
    for key, record in KeptFile("nodes.json").read(Record).items():
        is_same = key in named and first in {*record.given, *map(_place, record.told)}
        if is_known(key) and (is_same or first in record.agreed):
            return key
    return first


def _place(written: str) -> str:
    return written.rpartition("://")[2]
