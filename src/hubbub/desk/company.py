"""The other people, as the user has them: whom a name may mean, and who hears what is said."""

from collections.abc import Callable

from hubbub.client import Chat, Replica
from hubbub.desk.identity import Identity
from hubbub.desk.left import other_in
from hubbub.desk.room import RoomState
from hubbub.desk.rooms import Rooms


class Company:
    """`replica` returns what the client library holds of a room."""

    def __init__(
        self,
        chat: Chat,
        rooms: Rooms,
        identity: Identity,
        replica: Callable[[RoomState], Replica | None],
    ) -> None:
        self._chat = chat
        self._rooms = rooms
        self._identity = identity
        self._replica = replica
        self._ignored = chat.ignored

    def has_changed(self) -> bool:
        """Return whether the user ignores others than when this was asked last."""
        before, self._ignored = self._ignored, self._chat.ignored
        return self._ignored != before

    def ignores(self, room: RoomState, name: str) -> bool:
        """Return whether the user ignores a member of a room."""
        replica = self._replica(room)
        return self._chat.ignores(name, replica.people.get(name, "") if replica else "")

    def names(self) -> list[str]:
        """Return whom the user may mean, recent speakers of the current room first."""
        room = self._rooms.current
        replica = self._replica(room)
        present, people = (replica.members, replica.people) if replica else ((), {})
        return room.recent_speakers(self._chat.name, present, people)

    def unheard(self, room: RoomState) -> str:
        """Return what the user should know who says something while nobody else is in a room.

        In public rooms that is nothing, for the log is for all.
        """
        replica = self._replica(room)
        if not room.is_direct or replica is None or len(replica.members) > 1:
            return ""
        if self._identity.is_shared_with_known(room.name, other_in(self._chat, room.name)):
            return f"{room.title} is not here now, and will find this when they come back."
        return f"{room.title} is not here now and will not see this."
