"""What is true of the chatroom at this moment. The other modules read and change it."""

import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hubbub.chat.limits import Limits
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.chat.queries import Epoch, Head
from hubbub.hub.departed import Departed
from hubbub.hub.drafts import Drafts
from hubbub.hub.looks import Looks
from hubbub.hub.room import Room

if TYPE_CHECKING:
    from hubbub.hub.room import Session


class State:
    """Sessions by the key of their names, rooms by name, and where the log stands.

    A name is taken (`sessions`), about to be (`entering`), or free; `looks` knows how the first two
    look. `last` is the newest seq that was applied. `heads` and `epochs` are what the log says of
    itself at the start.
    """

    def __init__(
        self,
        limits: Limits,
        heads: Iterable[Head],
        epochs: Sequence[Epoch],
        *,
        server: str,
        password: str,
    ) -> None:
        self.limits = limits
        self.server = server
        self.password = password.encode()
        self.sessions: dict[str, Session] = {}
        self.entering: dict[str, Session] = {}
        self.looks = Looks()
        self.departed = Departed()
        self.rooms: dict[str, Room] = {DEFAULT_ROOM: Room(DEFAULT_ROOM)}
        for head in heads:
            self.rooms[head.room] = Room(
                head.room, first=head.first, last=head.last, topic=head.topic, dropped=head.dropped
            )
        self.last = max((room.last for room in self.rooms.values()), default=0)
        self.drafts = Drafts()
        self.epoch = epochs[-1].id if epochs else ""
        # An epoch ends where the next one starts; the current one has not ended.
        self._epoch_ends = {
            epoch.id: following.start for epoch, following in itertools.pairwise(epochs)
        }

    def is_history(self, cursor: int, epoch: str) -> bool:
        """Return whether what a client saw up to `cursor`, under `epoch`, is this log's history.

        An empty epoch claims nothing that could be wrong.
        """
        if not epoch:
            return True
        if epoch == self.epoch:
            return cursor <= self.last
        end = self._epoch_ends.get(epoch)
        return end is not None and cursor <= end
