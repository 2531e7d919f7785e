"""How many connections there may be, from everywhere and from one address."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hubbub.server.fairness.addresses import address_of, is_loopback

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from hubbub.chat.limits import Limits


class Place:
    """The place that one connection takes."""

    __slots__ = ("_places", "_sock", "host", "is_shared", "local", "transport")

    def __init__(
        self, places: Places, host: str, sock: socket.socket | None, *, local: bool
    ) -> None:
        self._places = places
        self.host = host
        self.local = local
        self._sock = sock
        self.is_shared = local
        """Whether it counts in the whole only, and not for its address."""
        self.transport: asyncio.Transport | None = None
        """What asyncio or uvloop made of the socket; None at first and at last."""

    @property
    def sock(self) -> socket.socket:
        """The connection's socket."""
        assert self._sock is not None, "a relay has it"
        return self._sock

    def share(self) -> None:
        """Let its address have another one: nobody is here any more."""
        if not self.is_shared:
            self._places.let_have_another(self.host)
            self.is_shared = True

    def leave(self) -> None:
        """Give the place back: the connection is gone."""
        self._places.free(self)


class Places:
    """The places of all connections. Loopback addresses count in the whole only."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._taken: set[Place] = set()
        self._per_address: dict[str, int] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    def __iter__(self) -> Iterator[Place]:
        """Go through the places taken now, whatever is taken or freed meanwhile."""
        return iter(list(self._taken))

    def __len__(self) -> int:
        """Return how many are taken."""
        return len(self._taken)

    def take(self, host: str, sock: socket.socket | None) -> Place | None:
        """Return a place for a connection from `host`, or None if it can have none.

        It has no socket if a relay holds it.
        """
        limits = self._limits
        if len(self._taken) >= limits.connections_max:
            return None
        if not (local := is_loopback(host)):
            here = self._per_address.get(address_of(host), 0)
            if 0 < limits.connections_per_address_max <= here:
                return None
            self._per_address[address_of(host)] = here + 1
        place = Place(self, host, sock, local=local)
        self._taken.add(place)
        self._empty.clear()
        return place

    def free(self, place: Place) -> None:
        """Let another connection have this place."""
        assert place in self._taken, "a place is given back once"
        self._taken.remove(place)
        if not self._taken:
            self._empty.set()
        place.transport = None  # or place and transport would keep each other alive
        if not place.is_shared:
            self.let_have_another(place.host)

    def let_have_another(self, host: str) -> None:
        """Count one less at the address of `host`."""
        address = address_of(host)
        self._per_address[address] -= 1
        assert self._per_address[address] >= 0
        if not self._per_address[address]:
            del self._per_address[address]

    async def emptied(self) -> None:
        """Return when no place is taken."""
        await self._empty.wait()
