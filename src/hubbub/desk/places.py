"""Places in the chatroom: rooms and messages, their addresses, and where the user has been."""

import re
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import quote

from hubbub.client import BadAddress, parse_address
from hubbub.desk.hits import Hits

BEEN_MAX = 100

_TAKEN = re.compile(
    r"(?:api|hooks|files|ws|page|metrics|healthz|readyz)|.*\.[a-z]{2,}", re.IGNORECASE
)
"""Rooms that have no address in a browser (docs/protocol.md, section 9)."""

_ADDRESS = re.compile(r"\b(?:https?|hubbubs?)://[^\s<>`]+", re.IGNORECASE)


class Place(NamedTuple):
    """A room, and perhaps a message in it."""

    room: str
    seq: int | None = None


def address_of(server: str, place: Place) -> str:
    """Return the address of a place, to be given to others; `server`: as in http://HOST:PORT."""
    if _TAKEN.fullmatch(place.room):
        server = f"hubbub://{server.partition('://')[2]}"
    path = quote(place.room, safe="@")
    return f"{server}/{path}" + ("" if place.seq is None else f"/{place.seq}")


def place_at(servers: Collection[str], address: str) -> Place | None:
    """Return the place to which an address leads in the chatroom at these servers, if it does."""
    try:
        found = parse_address(address)
    except BadAddress:
        return None
    if str(found) not in servers or found.room is None:
        return None
    return Place(found.room, found.seq)


def places_in(servers: Collection[str], text: str) -> list[Place]:
    """Return the places in the chatroom to which the addresses in a text lead."""
    found = (place_at(servers, one[0].rstrip(".,;:!?)'\"")) for one in _ADDRESS.finditer(text))
    return [place for place in found if place is not None]


class Trail:
    """Where the user has been, to go back and forward."""

    def __init__(self) -> None:
        self._been: list[Place] = []
        self._at = -1

    def begin(self, place: Place) -> None:
        """Take in where the user was at first."""
        if not self._been:
            self.visit(place)

    def visit(self, place: Place) -> None:
        """Take in where the user is now; what was ahead of the last place is not any more."""
        here = self._been[self._at] if self._been else None
        if here is not None and here.room == place.room and place.seq in (None, here.seq):
            return
        self._been = [*self._been[: self._at + 1], place][-BEEN_MAX:]
        self._at = len(self._been) - 1

    def step(self, steps: int) -> Place | None:
        """Go back, if negative, or forward; return where that is, None at either end."""
        if not 0 <= self._at + steps < len(self._been):
            return None
        self._at += steps
        return self._been[self._at]


class Ways:
    """What the user found, and where they went."""

    def __init__(self) -> None:
        self.hits = Hits()
        self.trail = Trail()
        self.asked: int | None = None
        """The message to which the address leads with which the user came, until it is shown."""
