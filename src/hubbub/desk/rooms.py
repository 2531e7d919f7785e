"""The user's rooms in the order of the list, and which one is on the screen."""

import math
from collections.abc import Iterator
from enum import Enum
from typing import Literal, get_args

from hubbub.desk.room import RoomState

Order = Literal["joined", "name", "activity"]
ORDERS: tuple[Order, ...] = get_args(Order)
"""How rooms may stand in the list: as they were joined, by name, or the latest first."""


class Section(Enum):
    """The parts of the list, in order."""

    TOP = "on top"
    PRIVATE = "private"
    ROOMS = "rooms"


class Rooms:
    """Those that the user keeps on top first; then private ones, those where something was said
    last first, and before them new ones; then all others, in the `order` that the user has chosen.
    `current` is always one of them.

    Pure; the current room is the one whose name was given at first until another is chosen.
    """

    def __init__(self, current: RoomState) -> None:
        self._rooms = {current.name: current}
        self.current = current
        self.top: list[str] = []
        """The names of rooms that are kept on top, in the order in which they came there."""
        self.order: Order = "joined"

    def __iter__(self) -> Iterator[RoomState]:
        return iter(sorted(self._rooms.values(), key=self._place))

    def section(self, room: RoomState) -> Section:
        """Return the part of the list in which a room stands."""
        if room.name in self.top:
            return Section.TOP
        return Section.PRIVATE if room.is_direct else Section.ROOMS

    def _place(self, room: RoomState) -> tuple[int, float, str]:
        section = self.section(room)
        rank = list(Section).index(section)
        latest = -(room.last or math.inf)
        match section:
            case Section.TOP:
                return rank, self.top.index(room.name), ""
            case Section.PRIVATE:
                return rank, latest, ""
            case Section.ROOMS:
                by_activity = latest if self.order == "activity" else 0
                return rank, by_activity, room.called.casefold() if self.order == "name" else ""

    def keep_on_top(self, room: RoomState) -> bool:
        """Keep a room on top of the list, or no longer; return whether it is there now."""
        if room.name in self.top:
            self.top.remove(room.name)
            return False
        self.top.append(room.name)
        return True

    def __len__(self) -> int:
        return len(self._rooms)

    def get(self, name: str) -> RoomState | None:
        """Return the room called `name`, if the user is in it."""
        return self._rooms.get(name)

    def find(self, called: str) -> RoomState | None:
        """Return the public room that is called so, by its name or its title."""
        titled = (room for room in self if not room.is_direct and room.called == called)
        return self._rooms.get(called) or next(titled, None)

    def title_of(self, name: str) -> str:
        """Return how a room is shown whose name this is, also if the user is not in it."""
        room = self._rooms.get(name)
        return room.title if room is not None else f"#{name}"

    def add(self, room: RoomState) -> None:
        """Put a room at the end of its kind."""
        self._rooms[room.name] = room

    def remove(self, name: str) -> None:
        """Take a room away; if it was the current one, its neighbour is now."""
        if len(self._rooms) > 1 and name in self._rooms:
            if self.current.name == name:
                self.current = self.beside(-1) if next(iter(self)).name != name else self.beside(1)
            del self._rooms[name]

    def rename(self, old: str, new: str) -> None:
        """Give a room the name that the server writes."""
        room = self._rooms.pop(old)
        room.name = room.called = new
        self._rooms[new] = room

    def beside(self, steps: int) -> RoomState:
        """Return the room that many places further down the list, around its ends."""
        rooms = list(self)
        return rooms[(rooms.index(self.current) + steps) % len(rooms)]

    def next_unread(self) -> RoomState | None:
        """Return the room to read next: with a mention if there is one, else with any message."""
        rooms = list(self)
        here = rooms.index(self.current)
        others = rooms[here + 1 :] + rooms[:here]
        mentioned = (room for room in others if room.mentions)
        unread = (room for room in others if room.unread)
        return next(mentioned, None) or next(unread, None)
