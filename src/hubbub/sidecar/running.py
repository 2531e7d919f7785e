"""Runs a side-car: one for each chatroom, until nobody needs it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import quote, urlencode

from hubbub.client.address import Address
from hubbub.server.http.page.places import is_place
from hubbub.server.interpreter import set_for_serving
from hubbub.sidecar.carrying import Carrier
from hubbub.sidecar.guard import Guard
from hubbub.sidecar.noted import Note, Noted
from hubbub.sidecar.ports import listening
from hubbub.sidecar.presence import Presence
from hubbub.sidecar.site import Site
from hubbub.sidecar.way import Way

NOBODY_SECONDS: Final = 300.0
"""How long a side-car goes on after the last page was closed: a tab may be loaded again."""


class SideCar:
    """One that runs."""

    def __init__(self, site: Site, presence: Presence) -> None:
        self._site = site
        self._presence = presence

    def entrance(self, place: str) -> str:
        """Return an address that leads the person's browser to a place, once."""
        return self._site.entrance(place)

    async def left(self, seconds: float = NOBODY_SECONDS) -> None:
        """Return when a page was open, and none has been for so long."""
        await self._presence.ended(seconds)

    async def closed(self, seconds: float) -> None:
        """Return when no page has been open for so long, whether or not one ever was."""
        self._presence.heard()
        await self._presence.ended(seconds)


async def _nothing() -> None:
    """Bring nothing to the front: there is no window."""


@asynccontextmanager
async def running(
    way: Way, note: Note, show: Callable[[], Awaitable[bool | None]] = _nothing
) -> AsyncIterator[SideCar]:
    """Run the side-car of a chatroom within the block; its note must be claimed.

    `show`: brings its window to the front; returns False if it cannot, and None if it has none.
    Raises Unreachable if no server answers, and Refused if what answers cannot be trusted.
    """
    noted = note.read()
    if noted is not None and noted.secret:
        # One was killed, and anybody may listen on its port by now: nobody may be led there.
        note.write(Noted(noted.port))
    await way.check()
    sock = listening(noted.port if noted else None)
    port = sock.getsockname()[1]
    guard, presence = Guard(port), Presence()
    async with Carrier(way, presence) as carrier:
        site = Site(guard, carrier, presence, way.origin, show)
        server = await site.serve(sock)
        set_for_serving()
        try:
            note.write(Noted(port, guard.program_secret))
            yield SideCar(site, presence)
        finally:
            server.close()
            note.release(port)
            carrier.cut()
            await site.close()


def place_of(address: Address, password: str) -> str:
    """Return where the page is to begin: a path, and behind its `#` what lets the person in."""
    path = "/"
    if address.room is not None and is_place(address.room):
        path += quote(address.room, safe="@")
        if address.seq is not None:
            path += f"/{address.seq}"
    brought = {"invite": address.invitation, "password": password}
    fragment = urlencode({name: value for name, value in brought.items() if value}, quote_via=quote)
    return f"{path}#{fragment}" if fragment else path
