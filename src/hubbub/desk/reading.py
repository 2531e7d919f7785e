"""What the user has read of their rooms, on all of their devices, and wants to read again."""

from collections.abc import Callable

from hubbub.chat import events as e
from hubbub.client import Chat, Replica
from hubbub.desk.markers import Markers
from hubbub.desk.room import RoomState
from hubbub.desk.rooms import Rooms


class Reading:
    """`changed` is called with a room in which other messages are unread than before."""

    def __init__(
        self,
        chat: Chat,
        rooms: Rooms,
        markers: Markers,
        replica: Callable[[RoomState], Replica | None],
        changed: Callable[[RoomState], None],
    ) -> None:
        self._chat = chat
        self._rooms = rooms
        self._markers = markers
        self._replica = replica
        self._changed = changed

    def heard(self, room: RoomState, seq: int, *, back: bool) -> None:
        """Take in where the user has stopped on another device, unless they just went back here."""
        if self._markers.is_going_back(room.name):
            return
        if not back:
            room.read_up_to(seq)
        elif seq < (room.seen or 0):
            room.stop_at(seq)
            self._changed(room)

    def to(self, seq: int) -> None:
        """The user sees the current room up to a message."""
        room = self._rooms.current
        replica = self._replica(room)
        if replica is not None and not room.bookmark.is_held and seq > (room.seen or 0):
            room.read_to(seq, self._chat.is_own, replica)
            self._markers.looked(self._rooms)

    def mark_unread(self, message: e.Message) -> None:
        """Have a message, and all that follows it, be unread again."""
        if (room := self._rooms.get(message.room)) is not None:
            room.stop_at(message.seq - 1)
            self._markers.go_back(room.name, message.seq - 1)
            self._markers.looked(self._rooms)
            self._changed(room)

    def mark_read(self) -> None:
        """The user has read all of the current room, as they say."""
        self._rooms.current.read_all()
        self._markers.looked(self._rooms)
