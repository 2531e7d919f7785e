"""The private rooms of people who are known, in the order in which something was said in them."""

from collections.abc import Iterator

from hubbub.chat.names import known_by
from hubbub.hub.present.room import Room


class Recent:
    """By the ids of people, their private rooms in which something was said."""

    def __init__(self) -> None:
        self._rooms: dict[str, dict[str, Room]] = {}

    def said(self, room: Room) -> None:
        """Take in that a room is now the newest of its people."""
        for handle in room.handles:
            if id_ := known_by(handle):
                rooms = self._rooms.setdefault(id_, {})
                rooms.pop(room.name, None)
                rooms[room.name] = room

    def count(self, id_: str) -> int:
        """Return how many rooms somebody has."""
        return len(self._rooms.get(id_, ()))

    def rooms(self, id_: str) -> Iterator[Room]:
        """Yield somebody's rooms, the newest first."""
        return reversed(self._rooms.get(id_, {}).values())
