"""How far people who are known have read: a marker for each room, the same on all their devices.

A marker only moves on. While somebody is here, their markers are here, too. They are logged some
seconds after they moved, once for all moves meanwhile, and when their person leaves or the server
ends (seeing.py); a server that is killed forgets no more than that.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

NOTE_MILLISECONDS: Final = 5_000
"""So long after it moved, a marker is to be logged."""


class Marker(NamedTuple):
    """Up to which seq a person, by id, has read a room."""

    person: str
    room: str
    seq: int


class Markers:
    """The markers of people who are here, or were until a moment ago; times in milliseconds."""

    def __init__(self) -> None:
        self._seqs: dict[str, dict[str, int]] = {}  # by id and room
        self._due: dict[tuple[str, str], int] = {}  # when they are to be logged; the first is first
        self._left: dict[str, None] = {}

    def __contains__(self, person: str) -> bool:
        return person in self._seqs

    def seq(self, person: str, room: str) -> int:
        """Return up to where somebody has read a room, 0 if they have not."""
        return self._seqs.get(person, {}).get(room, 0)

    def begin(self, person: str, seqs: Mapping[str, int]) -> None:
        """Take in what the log has of somebody who is about to come, by room."""
        self._seqs.setdefault(person, dict(seqs))
        self._left[person] = None  # until they are here

    def move(self, person: str, room: str, seq: int) -> bool:
        """Move a marker to `seq`, if that is farther on; return whether it moved."""
        moves = seq > self.seq(person, room)
        if moves:
            self._seqs.setdefault(person, {})[room] = seq
        return moves

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
            yield Marker(person, room, self.seq(person, room))

    def leave(self, person: str) -> list[Marker]:
        """Return what is to be logged of somebody who leaves."""
        seqs = self._seqs.get(person, {})
        left = [
            Marker(person, room, seq)
            for room, seq in seqs.items()
            if self._due.pop((person, room), None) is not None
        ]
        self._left[person] = None
        return left

    def remove(self, room: str) -> None:
        """Forget the markers in a room that is gone."""
        for person, seqs in self._seqs.items():
            if seqs.pop(room, None) is not None:
                self._due.pop((person, room), None)

    def forget(self, is_here: Callable[[str], bool], is_coming: Callable[[str], bool]) -> None:
        """Forget those who left and are not coming."""
        for person in [one for one in self._left if not is_coming(one)]:
            del self._left[person]
            if not is_here(person):
                self._seqs.pop(person, None)
