"""The rooms that a client is in, across connections: what to join again, and from which seq."""

from collections.abc import Iterator

from hubbub.chat.commands import Join
from hubbub.chat.events import AnyLogged, Members, Presence, Room
from hubbub.client.replica import MESSAGES_MAX, Fit, Replica


class JoinedRooms:
    """A replica per room, and the joins that are not answered yet. Pure.

    `current` is the room that says go to when they name none; it is joined first, if `joining`.
    Each replica holds up to `messages_max` messages.
    """

    def __init__(
        self,
        current: str,
        after: int | None = None,
        *,
        joining: bool = True,
        messages_max: int = MESSAGES_MAX,
    ) -> None:
        self.replicas: dict[str, Replica] = {}
        self.current = current
        self._messages_max = messages_max
        self._first = Join(room=current, after=after) if joining else None
        self._joins: dict[str, Join] = {}
        self._catching_up: set[str] = set()
        self._left_out: set[str] = set()

    def joins(self) -> Iterator[Join]:
        """Yield what to join on a new connection; plain lines go to the last one."""
        self._joins.clear()
        self._catching_up.clear()
        self._left_out.clear()
        if self._first is not None:
            yield self._first
        for room, replica in sorted(self.replicas.items(), key=lambda one: one[0] == self.current):
            yield Join(room=room, after=replica.cursor)

    def asked(self, ref: str, join: Join) -> None:
        """Remember a join that was sent."""
        self._joins[ref] = join

    def entered(self, event: Room) -> None:
        """Take in a `room` event, asked for or not."""
        join = self._joins.pop(event.ref, None) if event.ref is not None else None
        after = None if join is None else join.after
        replica = self.replicas.get(event.room)
        if replica is None:
            replica = self._begin(event.room, event.last if after is None else after)
        replica.entered(event, after)
        if after is not None:
            self._catching_up.discard(event.room)
        if join is not None and join is self._first:
            self._first = None
            self.current = event.room
        elif join is None and not event.direct:
            self.current = event.room  # a `/join` line; a private room may be someone else's idea

    def refused(self, ref: str) -> bool:
        """Forget a join that was refused; tell whether it was the very first."""
        join = self._joins.pop(ref, None)
        if join is None:
            return False
        if join is self._first:
            return True
        self.left(join.room)
        return False

    def left(self, room: str) -> None:
        """Forget a room."""
        self.replicas.pop(room, None)
        self._catching_up.discard(room)
        self._left_out.discard(room)
        if room == self.current and self.replicas:
            self.current = next(reversed(self.replicas))

    def leave_out(self, room: str) -> None:
        """Ignore the room's events until `missed` is asked: the application is too slow."""
        self._left_out.add(room)

    def apply(self, event: AnyLogged) -> Fit:
        """Fold an event into its room."""
        if event.room in self._left_out:
            return Fit.GAP
        replica = self.replicas.get(event.room)
        if replica is None:  # a private room that a `/msg` line opened
            replica = self._begin(event.room, event.prev)
        return replica.apply(event)

    def _begin(self, room: str, cursor: int) -> Replica:
        replica = Replica(room, cursor, messages_max=self._messages_max)
        self.replicas[room] = replica
        return replica

    def observe(self, event: Presence | Members) -> None:
        """Take note of who is in a room."""
        if replica := self.replicas.get(event.room):
            replica.observe(event)

    def catch_up(self, room: str) -> Join | None:
        """Return the join that brings what is missing of a room; None if it is on its way."""
        if room in self._catching_up or room in self._left_out:
            return None
        self._catching_up.add(room)
        return Join(room=room, after=self.replicas[room].cursor)

    def left_out(self) -> list[str]:
        """Return the rooms that were left out, and end that."""
        rooms = [room for room in self._left_out if room in self.replicas]
        self._left_out.clear()
        return rooms
