"""The rooms that a client is in, across connections: what to join again, and from which seq. Pure.

On each new connection a room is *returned to*: joined with the cursor of its replica and the epoch
under which that cursor was reached. Until all that was missed has passed, nothing is posted there:
what is missed may hold a message of ours whose `ok` was lost, and after a long outage the server
does not know its nonce any more.

A private room that the server does not know (after a restart) is opened again with `direct`. If
the other one is not here, the room is *away*, and what is said there waits for them.
"""

import math
from collections.abc import Iterable

from hubbub.chat.commands import Command, Direct, Join
from hubbub.chat.events import (
    AnyLogged,
    Away,
    Members,
    Missing,
    Presence,
    RoleChanged,
    Room,
    RoomRules,
    Seen,
)
from hubbub.chat.names import DEFAULT_ROOM, is_direct, same_name
from hubbub.client.me import Me
from hubbub.client.replica import MESSAGES_MAX, Fit, Replica, place_of

_FOR_GOOD = {"banned", "room_not_allowed", "no_such_room", "forbidden", "name_not_allowed"}
"""Refusals of a join that will not change by themselves; after others a room is kept."""


class JoinedRooms:
    """A replica per room.

    `current` is the room that says go to when they name none: the one that the user has `chosen`,
    else one of our invitation, else the lobby. It, or else the lobby, is joined first, if
    `joining`, with `after` and `epoch` if given. Each replica holds up to `messages_max` messages.
    """

    def __init__(
        self,
        chosen: str | None = None,
        after: int | None = None,
        epoch: str = "",
        *,
        joining: bool = True,
        messages_max: int = MESSAGES_MAX,
    ) -> None:
        self.replicas: dict[str, Replica] = {}
        self.current = chosen or DEFAULT_ROOM
        self.me = Me("")
        self._messages_max = messages_max
        self._first = Join(room=self.current, after=after, epoch=epoch) if joining else None
        self._is_chosen = chosen is not None
        self._invited: dict[str, None] = {}  # and not entered yet
        self._epoch = ""  # of the server's log on this connection, once a room has told it
        self._missed_until: dict[str, float] = {}
        """Rooms returned to, and up to which seq events are on their way; inf: not known yet."""
        self._away: set[str] = set()
        self._catching_up: set[str] = set()
        self._left_out: set[str] = set()
        self._elsewhere: set[str] = set()
        """Private rooms at a server of which it is not known that it is this one's."""

    def is_first(self, asked: Command) -> bool:
        """Whether this is the join without which there is no chat."""
        return asked is self._first

    def invited(self, rooms: Iterable[str]) -> None:
        """Take in where our invitation leads, before the first room is entered."""
        if self._first is not None:
            self._invited |= dict.fromkeys(room for room in rooms if room != self._first.room)
        if not self._is_chosen:
            self.current = next(iter(rooms), self.current)

    def returns(self) -> list[Join]:
        """Return what to join on a new connection; the current room comes last."""
        self._missed_until = dict.fromkeys([*self.replicas, *self._invited], math.inf)
        if self._first is not None:
            self._missed_until[self._first.room] = math.inf
        self._epoch = ""
        self._away.clear()
        self._catching_up.clear()
        self._left_out.clear()
        rooms = sorted(self.replicas, key=lambda room: room == self.current)
        invited = [room for room in self._invited if room not in self.replicas]
        joins = [Join(room=room, epoch="") for room in invited]
        joins += [self.join(room) for room in rooms]
        return [self._first, *joins] if self._first is not None else joins

    def join(self, room: str) -> Join:
        """Return the join that brings what the replica of a room lacks."""
        replica = self.replicas[room]
        return Join(room=room, after=replica.cursor, epoch=replica.epoch)

    def entered(self, event: Room, asked: Command | None) -> Join | None:
        """Take in a `room` event, and the command that it answers; return what to join next.

        None: nothing. A join is due where somebody else opened a room in which we missed something.
        """
        after = asked.after if isinstance(asked, Join) else None
        replica = self.replicas.get(event.room)
        is_new = replica is None
        if replica is None:
            replica = self._begin(event.room, _read_up_to(event) if after is None else after)
        replica.entered(event, after)
        self._epoch = event.epoch or self._epoch
        if is_new and not replica.epoch:  # a private room's is not told, and is the same
            replica.epoch = self._epoch
        self._away.discard(event.room)
        self._invited.pop(event.room, None)
        if asked is not None and asked is self._first:
            self._missed_until.pop(self._first.room, None)  # the server may write it differently
            if self.current == self._first.room:
                self.current = event.room
            self._first = None
        elif asked is None and not (event.direct or event.brought):
            self.current = event.room  # a `/join` line; the others may be someone else's idea
        is_behind = event.last != replica.cursor
        if after is None and (is_behind or (not is_new and isinstance(asked, Direct))):
            return self.catch_up(event.room)  # only a join with our cursor proves what it stands on
        if after is not None:
            self._catching_up.discard(event.room)
        if event.room in self._missed_until:
            self._missed_until[event.room] = replica.last
        self._settle(event.room, replica.cursor)
        return None

    def refused(self, asked: Join, code: str) -> Direct | None:
        """Take in that a room cannot be returned to; return how to open it, if it is private."""
        room = asked.room
        self._missed_until.pop(room, None)
        self._invited.pop(room, None)
        self._catching_up.discard(room)
        other = self.other(room)
        if code == "no_such_room" and other is not None:
            self._missed_until[room] = math.inf
            return Direct(name=other)
        if code in _FOR_GOOD:
            self.left(room)
        return None

    def is_away(self, name: str) -> None:
        """Take in that the other one of a private room is not here."""
        room = self._shared_with(name)
        if room is not None:
            self._missed_until.pop(room, None)
            self._away.add(room)

    def back(self, name: str) -> Direct | None:
        """Return how to open the private room that waits for somebody who has come back."""
        room = self._shared_with(name)
        if room is None or room not in self._away:
            return None
        self._away.remove(room)
        self._missed_until[room] = math.inf
        return Direct(name=self.other(room) or name)

    def _shared_with(self, name: str) -> str | None:
        return next(
            (room for room in self.replicas if same_name(self.other(room) or "", name)), None
        )

    def other(self, room: str) -> str | None:
        """Return who shares a private room with us, as far as is known."""
        replica = self.replicas.get(room)
        names = replica.direct if replica is not None and is_direct(room) else []
        return next((name for name in names if not same_name(name, self.me.name)), None)

    def may_post(self, room: str) -> bool:
        """Whether all that was missed in a room has passed. Elsewhere the server says why not."""
        return room not in self._missed_until and room not in self._away

    @property
    def is_missing(self) -> bool:
        """Whether something that was missed is still on its way."""
        return bool(self._missed_until)

    def compare(self, room: str) -> None:
        """Let nothing be posted to a room until `compared` is called."""
        self._missed_until[room] = math.inf

    def compared(self, room: str) -> None:
        """Let messages be posted to a room again."""
        self._missed_until.pop(room, None)

    def left(self, room: str) -> None:
        """Forget a room."""
        self.replicas.pop(room, None)
        self._away.discard(room)
        self._missed_until.pop(room, None)
        if room == self.current:
            self.current = next(reversed(self.replicas), room)

    def leave_out(self, room: str) -> None:
        """Ignore the room's events until `left_out` is asked: the application is too slow."""
        self._left_out.add(room)

    def apply(self, event: AnyLogged | Missing) -> Fit:
        """Fold an event into its room."""
        place = place_of(event)
        self._settle(event.room, place.upto)
        if event.room in self._left_out:
            return Fit.GAP
        replica = self.replicas.get(event.room)
        if replica is None:  # a private room that a `/msg` line opened
            replica = self._begin(event.room, place.after)
        return replica.apply(event)

    def _settle(self, room: str, seq: int) -> None:
        if seq >= self._missed_until.get(room, math.inf):
            del self._missed_until[room]

    def _begin(self, room: str, cursor: int) -> Replica:
        replica = Replica(room, cursor, messages_max=self._messages_max)
        self.replicas[room] = replica
        self._elsewhere.discard(room)
        return replica

    def observe(self, event: Presence | Members | Away) -> None:
        """Take in who is in a room, and who of them is away."""
        if replica := self.replicas.get(event.room):
            replica.observe(event)

    def mark(self, event: RoomRules | RoleChanged | Seen) -> None:
        """Take in what holds in a room, what we are there, or how far we have read it."""
        if replica := self.replicas.get(event.room or ""):
            replica.mark(event)

    def renamed(self, former: str) -> None:
        """Take in that we had this name before: nobody tells us of our own rooms with others."""
        for replica in self.replicas.values():
            replica.renamed(former, self.me.name)

    def leave_private(self, *, are_elsewhere: bool = False) -> None:
        """Forget the private rooms: they were those of somebody that we are no longer.

        `are_elsewhere`: nothing that is about them is for the server at which we are now.
        """
        for room, replica in list(self.replicas.items()):
            if is_direct(room) or replica.rules.private:
                self.left(room)
                if are_elsewhere:
                    self._elsewhere.add(room)

    def is_elsewhere(self, command: Command) -> bool:
        """Whether a command is about a private room that this server need not know of."""
        room = None if isinstance(command, Join) else getattr(command, "room", None)
        return room in self._elsewhere

    def catch_up(self, room: str) -> Join | None:
        """Return the join that brings what is missing of a room; None if it is on its way."""
        if room in self._catching_up or room in self._left_out:
            return None
        self._catching_up.add(room)
        return self.join(room)

    def left_out(self) -> list[str]:
        """Return the rooms that were left out, and end that."""
        rooms = [room for room in self._left_out if room in self.replicas]
        self._left_out.clear()
        return rooms


def _read_up_to(room: Room) -> int:
    """Return from where a room that is new to us goes on.

    That is what was read so far in a conversation, and in a private room into which we are brought.
    """
    is_waiting = room.direct or room.brought
    return room.last if room.seen is None or not is_waiting else min(room.seen, room.last)
