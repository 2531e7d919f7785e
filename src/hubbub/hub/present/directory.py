"""The public rooms, kept in the order in which too many are shortened to a list.

The lobby and the fullest rooms are listed, then those spoken in last. What an answer costs depends
on its length alone, however many rooms there are.
"""

from bisect import bisect_left, insort
from heapq import nsmallest
from typing import NamedTuple

from hubbub.chat.events import RoomSummary
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.hub.present.room import Room


class _Place(NamedTuple):
    """What decides; the greatest come first."""

    is_lobby: bool
    members: int
    last: int
    name: str


class Directory:
    """The public rooms, of which up to `listed_max` are listed.

    Every change of a room's members, topic or end must be told (`put`). Places are known only while
    there are more rooms than are listed: with fewer, a commit need not move its rooms.
    """

    def __init__(self, listed_max: int) -> None:
        self._listed_max = listed_max
        self._rooms: dict[str, Room] = {}
        self._places: dict[str, _Place] = {}
        self._order: list[_Place] = []
        self._listed: list[RoomSummary] | None = None

    def put(self, room: Room) -> None:
        """Keep a room, a new one or one that has changed."""
        self._rooms[room.name] = room
        self.move_on(room)
        if not self._places and len(self._rooms) > self._listed_max:
            self._places = {name: _place_of(one) for name, one in self._rooms.items()}
            self._order = sorted(self._places.values())

    def move_on(self, room: Room) -> None:
        """Take in that more was said in a room, if that is among them."""
        self._listed = None
        if self._places and room.name in self._rooms:
            self._take_out(room)
            self._places[room.name] = place = _place_of(room)
            insort(self._order, place)

    def remove(self, room: Room) -> None:
        """Forget a room that is closed, or private; others need not be known."""
        if self._rooms.pop(room.name, None) is None:
            return
        self._listed = None
        if len(self._rooms) > self._listed_max:
            self._take_out(room)
        else:
            self._places, self._order = {}, []

    def _take_out(self, room: Room) -> None:
        if (place := self._places.pop(room.name, None)) is not None:
            del self._order[bisect_left(self._order, place)]

    def listed(self) -> list[RoomSummary]:
        """Return the entries of the rooms that are listed, by name."""
        if self._listed is None:
            greatest = self._order[-self._listed_max :]
            names = sorted(place.name for place in greatest) or sorted(self._rooms)
            self._listed = [self._rooms[name].summary() for name in names]
        return self._listed

    def after(self, name: str, limit: int) -> list[RoomSummary]:
        """Return the entries of the rooms whose names come next after one, of all there are."""
        names = nsmallest(limit, (one for one in self._rooms if one > name))
        return [self._rooms[one].summary() for one in names]


def _place_of(room: Room) -> _Place:
    return _Place(room.name == DEFAULT_ROOM, len(room.people), room.last, room.name)
