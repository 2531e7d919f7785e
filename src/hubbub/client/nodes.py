"""Where else a chatroom is, as its servers tell (docs/protocol.md, section 3.8).

What a client is given or keeps for a chatroom, its password and the secrets that say who its user
is, belongs to the server at one address, its *home*. Another server gets it only if it is known to
be the same chatroom's:

1. Home says so, or a server of which that was known when it said so. Nobody else does: neither a
   list of addresses, which may come from a stranger, nor the other server itself.
2. It counts only from a server that has let us in; and if we have a password, only from one that
   took it. Else whoever speaks for a server without TLS could name a place of their own, with a
   good certificate, to which we would then give the password.
3. From TLS it leads to TLS alone.
4. The addresses that the user gave are tried first, at each start. So whoever lied once is asked
   again only when none of those can be reached.

An address that stands in the list alone is *assumed*. Clients with nothing to lose may go there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
    """What is kept of a chatroom, under its home. `nodes`: its addresses, as its servers told them.

    `locked`: the one that told took our password. `agreed`: those of the nodes that have named home
    themselves.
    """

    nodes: list[str] = []
    locked: bool = False
    agreed: list[str] = []


class Nodes:
    """Of the chatroom at the addresses that the user gave. `keeps`: beyond this program.

    Raises BadAddress.
    """

    def __init__(self, given: str | Address, *, keeps: bool = True) -> None:
        self._given = parse_address(given) if isinstance(given, str) else given
        self._home = self._given.home or str(self._given)
        self._file = KeptFile("nodes.json")
        self._keeps = keeps

    def known(self, password: str = "", *, as_somebody: bool = False) -> Address:
        """Return the addresses that were given, and behind them those that were told before.

        `password`: the chatroom's, if we have it, beside the one in the address. `as_somebody`: we
        show who we are, by a device or a `Proof`. With either, those that are only assumed are left
        out. So is the first one if it is not home and nobody told of it who counts (rule 2): then
        home is tried in its place.
        """
        record = self._file.read(Record).get(self._home, Record())
        has_password = bool(password or self._given.password)
        told = record.nodes if record.locked or not has_password else []
        if not (has_password or as_somebody):
            return led(self._given, [*told, *self._home_given])
        places = {self._home, *map(_place, told)}
        first = self._given if str(self._given) in places else self._home_first
        return without_assumed(led(first, [*told, *self._home_given]))

    @property
    def _home_given(self) -> list[str]:
        """Home, if it was given behind the first address."""
        return [one for one in map(str, self._given.others) if one == self._home]

    @property
    def _home_first(self) -> Address:
        """Home, and behind it the other addresses that were given, the first of them assumed."""
        given = (replace(self._given, assumed=True, others=()), *self._given.others)
        others = tuple(one for one in given if str(one) != self._home)
        home = parse_address(self._home)
        return replace(self._given, host=home.host, port=home.port, others=others)

    def learn(self, at: Address, told: list[str], *, locked: bool) -> None:
        """Keep what one of the chatroom's servers told, in the place of what was told before."""
        if not self._keeps:
            return
        records, home = self._file.read(Record), self._home
        record, places = records.pop(home, Record()), set(map(_place, told))
        agreed = [one for one in record.agreed if one in places and one != str(at)]
        if str(at) != home and {str(at), home} <= places:
            agreed.append(str(at))
        new = Record(told, locked and bool(told), agreed)
        if new != record:
            self._file.write({**records, home: new} if new != Record() else records, CHATROOMS_MAX)


def understood(told: Iterable[str], *, over_tls: bool) -> list[str]:
    """Return the addresses among those that were told, as they are kept: of TLS, all ask for it."""
    found = {f"{TLS if over_tls or one.secure else ''}{one}": None for one in _parsed(told)}
    return list(found)[:TOLD_MAX]


def _parsed(told: Iterable[str]) -> Iterator[Address]:
    for one in told:
        with suppress(BadAddress):
            yield parse_address(one)


def led(at: Address, told: Iterable[str]) -> Address:
    """Return where we are, with all other addresses: those that were given, then those `told`.

    If where we are was only assumed, it is home from now on, and what was known before is assumed.
    """
    given = [one for one in (at, *at.others) if not one.learned]
    like = next(iter(given), at)  # none is left where none of them could be trusted
    found = {str(one): one for one in _parsed(told) if at.is_local or not one.is_local}
    learned = [
        replace(
            like,
            host=one.host,
            port=one.port,
            secure=one.secure or like.secure,
            learned=True,
            assumed=False,
            others=(),
        )
        for place, one in found.items()
        if place not in {str(at), *map(str, given)}
    ]
    others = [
        replace(one, assumed=(at.assumed or one.assumed) and str(one) not in found, others=())
        for one in given
        if one is not at
    ]
    left_out = tuple(one for one in at.left_out if one not in found)
    return replace(at, assumed=False, others=(*others, *learned), left_out=left_out)


def one_chatroom(written: str) -> Address:
    """Return the addresses in a list of which you know that they are one chatroom's.

    What you give to `connect` goes to whichever of them answers. Raises BadAddress.
    """
    first = parse_address(written)
    return replace(first, others=tuple(replace(one, assumed=False) for one in first.others))


def at_home(written: str, home: str) -> Address:
    """Return an address with that under which things are kept of the chatroom there."""
    return replace(parse_address(written), home=home)


def without_assumed(address: Address) -> Address:
    """Return the addresses that are known to be one chatroom's; the rest is `left_out`."""
    known = tuple(one for one in address.others if not one.assumed)
    left_out = tuple(str(one) for one in address.others if one.assumed)
    return replace(address, others=known, left_out=left_out)


def why_left_out(addresses: Sequence[str]) -> str:
    """Return why there is no way to addresses that were given and are only assumed."""
    are = "is" if len(addresses) == 1 else "are"
    return (
        f"{' and '.join(addresses)} {are} left out, as nothing shows that it is the same chatroom"
    )


def chatroom(address: Address, is_known: Callable[[str], bool]) -> str:
    """Return under which address things are kept of the chatroom at these addresses: its home.

    It is the first of them, or another one that `is_known` and whose servers have told of the
    first, if either

    - that one is among them; or
    - the first has told itself that it is the same chatroom.

    So nobody gets the secrets of another chatroom by saying that it is theirs; nor does anybody who
    has named a chatroom as their own know, later, by which secret the user is known there.
    """
    first = str(address)
    if is_known(first):
        return first
    named = {str(one) for one in address.others}
    for home, record in KeptFile("nodes.json").read(Record).items():
        is_told = first in map(_place, record.nodes)
        if is_told and (home in named or first in record.agreed) and is_known(home):
            return home
    return first


def _place(written: str) -> str:
    return written.rpartition("://")[2]
