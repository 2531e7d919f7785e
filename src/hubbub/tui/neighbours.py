"""The chatrooms that the program is in at once, as lists show them."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from rich.style import Style
from rich.text import Text

from hubbub.desk.desk import Desk
from hubbub.desk.link import State
from hubbub.desk.room import RoomState
from hubbub.tui.log.labels import cut, one_line
from hubbub.tui.looks import Looks
from hubbub.tui.panes import room_line

_MARKS = {State.OFFLINE: "○", State.CONNECTING: "…", State.ONLINE: "●", State.CLASSIC: "●"}
_ASKING_MARK = "?"


class Neighbour(NamedTuple):
    """A chatroom. `desk` None: the user has no name there yet. `is_asking`: it waits for them."""

    address: str
    desk: Desk | None
    is_asking: bool


Neighbours = Callable[[], list[Neighbour]]


class Place(NamedTuple):
    """What a line of the list of rooms stands for: a room, or the heading of its chatroom."""

    address: str
    room: RoomState | None


def places(own: Desk, neighbours: Iterable[Neighbour]) -> list[Place]:
    """Return what the list shows: the rooms alone, or those of each chatroom under a heading."""
    listed = list(neighbours)
    if len(listed) < 2:
        return [Place(own.link.address, room) for room in own.rooms]
    return [place for one in listed for place in _places_of(one)]


def _places_of(one: Neighbour) -> Iterator[Place]:
    yield Place(one.address, None)
    for room in one.desk.rooms if one.desk is not None else ():
        yield Place(one.address, room)


def lines(
    shown: Iterable[Place], own: Desk, neighbours: Iterable[Neighbour], width: int, looks: Looks
) -> list[Text]:
    """Return the lines of these places."""
    known = {one.address: one for one in neighbours}
    current = own.rooms.current
    return [
        _heading(known[place.address], width, looks)
        if place.room is None
        else room_line(place.room, place.room is current, width, looks)
        for place in shown
    ]


def _heading(one: Neighbour, width: int, looks: Looks) -> Text:
    if one.is_asking or one.desk is None:
        mark, style = _ASKING_MARK, looks.accent
    else:
        mark = _MARKS[one.desk.link.state]
        style = looks.error if one.desk.link.state is State.OFFLINE else looks.dim
    # Of addresses that are too long, the port tells most.
    host, colon, port = one_line(one.address).rpartition(":")
    label = f"{cut(host, max(width - 3 - len(port), 1))}{colon}{port}"
    return Text.assemble((cut(f"{mark} {label}", width), style + Style(underline=True)))


def elsewhere(own: Desk, neighbours: Iterable[Neighbour]) -> list[RoomState]:
    """Return the rooms with something unread that are not on the screen, those mentioned first."""
    desks = [one.desk for one in neighbours if one.desk is not None] or [own]
    rooms = [room for desk in desks for room in desk.rooms]
    unread = [room for room in rooms if room is not own.rooms.current and room.unread]
    return sorted(unread, key=lambda room: not room.mentions)
