"""How many connections there may be, from everywhere and from one address."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from hubbub.chat.limits import Limits


def is_loopback(host: str) -> bool:
    """Whether a peer at this address is on this machine."""
    return host.startswith(("127.", "::ffff:127.")) or host == "::1"


class Place:
    """The place that one connection takes."""

    __slots__ = ("_places", "host", "local", "sock", "transport")

    def __init__(self, places: Places, host: str, sock: socket.socket, *, local: bool) -> None:
        self._places = places
        self.host = host
        self.local = local
        self.sock = sock
        self.transport: asyncio.Transport | None = None
        """What asyncio or uvloop made of the socket; None at first and at last."""

    def leave(self) -> None:
        """Give the place back: the connection is gone."""
        self._places.free(self)


class Places:
    """The places of all connections. Loopback addresses count in the whole only."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._taken: set[Place] = set()
        self._per_host: dict[str, int] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    def __iter__(self) -> Iterator[Place]:
        """Go through the places taken now, whatever is taken or freed meanwhile."""
        return iter(list(self._taken))

    def take(self, host: str, sock: socket.socket) -> Place | None:
        """Return a place for a connection from `host`, or None if it can have none."""
        limits = self._limits
        if len(self._taken) >= limits.connections_max:
            return None
        if not (local := is_loopback(host)):
            here = self._per_host.get(host, 0)
            if 0 < limits.connections_per_address_max <= here:
                return None
            self._per_host[host] = here + 1
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
        if place.local:
            return
        self._per_host[place.host] -= 1
        assert self._per_host[place.host] >= 0
        if not self._per_host[place.host]:
            del self._per_host[place.host]

    async def emptied(self) -> None:
        """Return when no place is taken."""
        await self._empty.wait()
