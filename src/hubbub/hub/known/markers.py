"""How far people who are known have read: a marker for each room, the same on all their devices.

A marker only moves on, unless its person wants to read something again. While somebody is here,
their markers are here, too. They are logged some seconds after they moved, once for all moves
meanwhile, and when their person leaves or the server ends (seeing.py); a server that is killed
forgets no more than that.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

NOTE_MILLISECONDS: Final = 5_000
"""So long after it moved, a marker is to be logged."""


class Read(NamedTuple):
    """Up to which seq somebody has read a room; `unread`: the marker was moved back to there.

    `at`: the same as a time, in milliseconds since the epoch; 0: nobody has asked for that yet.
    """

    seq: int = 0
    unread: bool = False
    at: int = 0


class Marker(NamedTuple):
    """Where a person, by id, has stopped in a room."""

    person: str
    room: str
    read: Read


class Markers:
    """The markers of people who are here, or were until a moment ago; times in milliseconds."""

    def __init__(self) -> None:
        self._reads: dict[str, dict[str, Read]] = {}  # by id and room
        self._due: dict[tuple[str, str], int] = {}  # when they are to be logged; the first is first
        self._left: dict[str, None] = {}
        self.places: dict[str, dict[str, int]] = {}
        """By id and room, up to where it was written to a client that remembers nothing."""

    def __contains__(self, person: str) -> bool:
        return person in self._reads

    def read(self, person: str, room: str) -> Read:
        """Return up to where somebody has read a room; seq 0 if they have not."""
        return self._reads.get(person, {}).get(room, Read())

    def seq(self, person: str, room: str) -> int:
        """Return the seq of that."""
        return self.read(person, room).seq

    def begin(self, person: str, reads: Mapping[str, Read]) -> None:
        """Take in what the log has of somebody who is about to come, by room."""
        self._reads.setdefault(person, dict(reads))
        self._left[person] = None  # until they are here

    def move(self, person: str, room: str, seq: int, came: int = 0) -> bool:
        """Move a marker to `seq`, or the time `came`, if that is farther on; return whether it is.

        A marker that is moved by its seq alone has no time until it is `dated`.
        """
        before = self.read(person, room)
        moves = seq > before.seq or (seq == before.seq and came > before.at)
        if moves:
            self._reads.setdefault(person, {})[room] = Read(seq, at=came)
        return moves

    def dated(self, person: str, room: str, came: int) -> None:
        """Take in when what was read last came."""
        self._reads[person][room] = self.read(person, room)._replace(at=came)

    def move_back(self, person: str, room: str, seq: int) -> bool:
        """Move a marker to `seq`, if that is farther back; return whether it moved."""
        moves = seq < self.seq(person, room)
        if moves:
            self._reads[person][room] = Read(seq, unread=True)
        return moves

    def is_due(self, person: str, room: str) -> bool:
        """Return whether a marker has moved since it was logged."""
        return (person, room) in self._due

    def log_later(self, person: str, room: str, at: int) -> None:
        """Have a marker logged that has moved `at` this time."""
        self._due.setdefault((person, room), at + NOTE_MILLISECONDS)

    def due(self, at: float) -> Iterator[Marker]:
        """Yield the markers that are to be logged by now, and no more of them."""
        while self._due:
            (person, room), due = next(iter(self._due.items()))
            if due > at:
                return
            del self._due[person, room]
            yield Marker(person, room, self.read(person, room))

    def leave(self, person: str) -> list[Marker]:
        """Return what is to be logged of somebody who leaves."""
        reads = self._reads.get(person, {})
        left = [
            Marker(person, room, read)
            for room, read in reads.items()
            if self._due.pop((person, room), None) is not None
        ]
        self._left[person] = None
        return left

    def remove(self, room: str) -> None:
        """Forget the markers in a room that is gone."""
        for person, reads in self._reads.items():
            if reads.pop(room, None) is not None:
                self._due.pop((person, room), None)

    def forget(self, is_here: Callable[[str], bool], is_coming: Callable[[str], bool]) -> None:
        """Forget those who left and are not coming."""
        for person in [one for one in self._left if not is_coming(one)]:
            del self._left[person]
            if not is_here(person):
                self._reads.pop(person, None)
