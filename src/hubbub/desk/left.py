"""What is still to be done in rooms that are not entered, or not entered again, yet."""

from collections.abc import Iterable
from typing import TypeVar

from hubbub.chat.names import same_name
from hubbub.client import Chat
from hubbub.desk.unsent import Change, Kept, Unsent

KeptT = TypeVar("KeptT", Unsent, Change)


def other_in(chat: Chat, room: str) -> str:
    """Return who shares a private room with the user; empty if it is none."""
    replica = chat.replicas.get(room)
    names = replica.direct if replica is not None else []
    return next((name for name in names if not same_name(name, chat.name)), (*names, "")[0])


class Left:
    """Left by an earlier program at first, and by a connection that was lost."""

    def __init__(self, things: Iterable[Kept]) -> None:
        self._things = list(things)

    def __len__(self) -> int:
        return len(self._things)

    @property
    def rooms(self) -> list[str]:
        """The rooms that it is for."""
        return list(dict.fromkeys(thing.room for thing in self._things))

    @property
    def others(self) -> list[str]:
        """Those who share private rooms that it is for with the user."""
        return list(dict.fromkeys(thing.other for thing in self._things if thing.other))

    def waits_for(self, name: str) -> bool:
        """Return whether something is left for the private room with somebody."""
        return any(same_name(thing.other, name) for thing in self._things)

    def changes(self, room: str, seq: int) -> bool:
        """Return whether a change of a message is left."""
        return any(
            isinstance(thing, Change) and (thing.room, thing.seq) == (room, seq)
            for thing in self._things
        )

    def add(self, thing: Kept) -> None:
        """Leave something until its room is entered."""
        self._things.append(thing)

    def take(self, room: str, kind: type[KeptT]) -> list[KeptT]:
        """Return, and forget, what is left of a kind for a room, in order."""
        taken = [one for one in self._things if isinstance(one, kind) and one.room == room]
        self._things = [one for one in self._things if one not in taken]
        return taken
