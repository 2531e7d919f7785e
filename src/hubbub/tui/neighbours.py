"""The chatrooms that the program is in at once, as lists show them."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from rich.style import Style
from rich.text import Text

from hubbub.desk.desk import Desk
from hubbub.desk.link import State
from hubbub.desk.room import RoomState
from hubbub.tui.log.labels import cut, one_line
from hubbub.tui.looks import Looks
from hubbub.tui.panes import room_lines

_MARKS = {State.OFFLINE: "○", State.CONNECTING: "…", State.ONLINE: "●", State.CLASSIC: "●"}
_ASKING_MARK = "?"


class Neighbour(NamedTuple):
    """A chatroom. `desk` None: the user has no name there yet. `is_asking`: it waits for them."""

    address: str
    desk: Desk | None
    is_asking: bool


Neighbours = Callable[[], list[Neighbour]]


class Line(NamedTuple):
    """A line of the list of rooms: a room, or else a heading; and of which chatroom it is."""

    text: Text
    address: str
    room: RoomState | None


def lines(own: Desk, neighbours: Iterable[Neighbour], width: int, looks: Looks) -> list[Line]:
    """Return the list: the rooms alone, or those of each chatroom under a heading."""
    listed = list(neighbours)
    if len(listed) == 1:
        return _of_rooms(own, own, width, looks)
    shown: list[Line] = []
    for one in listed:
        shown.append(Line(_heading(one, width, looks), one.address, None))
        if one.desk is not None:
            shown += _of_rooms(one.desk, own, width, looks)
    return shown


def _of_rooms(desk: Desk, own: Desk, width: int, looks: Looks) -> list[Line]:
    current = desk.rooms.current if desk is own else None
    found = room_lines(desk.rooms, current, width, looks)
    return [Line(line.text, desk.link.address, line.room) for line in found]


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


def elsewhere(own: Desk, neighbours: Iterable[Neighbour]) -> list[tuple[Desk, RoomState]]:
    """Return the rooms with something unread that are not on the screen, those mentioned first."""
    desks = [one.desk for one in neighbours if one.desk is not None]
    rooms = [(desk, room) for desk in desks for room in desk.rooms]
    unread = [one for one in rooms if one[1] is not own.rooms.current and one[1].unread]
    return sorted(unread, key=lambda one: not one[1].mentions)
