"""Where a log was found damaged: each place is noted once, however many readers come by it.

Reads find damage in their own threads, and others ask about it in the event loop's.
"""

import logging
from collections.abc import Iterable
from threading import Lock

from hubbub.chat.events import Missing, Stretch

_logger = logging.getLogger(__name__)


class Damage:
    """The stretches of rooms that cannot be read. `where` names the log, for its operator."""

    def __init__(self, where: object) -> None:
        self._where = where
        self._lock = Lock()
        self._rooms: dict[str, list[Stretch]] = {}
        self._known: dict[str, list[Stretch]] = {}
        self._others: set[str] = set()
        self.times_mended = 0
        """How often something that was damaged was made anew while the log was open."""

    def __len__(self) -> int:
        """Return how many places were found damaged that were not known before."""
        return sum(map(len, self._rooms.values())) + len(self._others)

    def know(self, parts: Iterable[Missing]) -> None:
        """Take what is missing for known: readers hear of it, and nobody is warned."""
        for part in parts:
            self._known.setdefault(part.room, []).append(Stretch(part.after, part.upto))

    def missing(self, room: str, after: int, upto: int) -> None:
        """Note that the room's events after `after`, up to and with `upto`, cannot be read."""
        with self._lock:
            found = self._rooms.setdefault(room, [])
            known = (*found, *self._known.get(room, ()))
            if any(part.after <= after and upto <= part.upto for part in known):
                return
            touching = [part for part in found if part.after <= upto and after <= part.upto]
            whole = Stretch(
                min([after, *(part.after for part in touching)]),
                max([upto, *(part.upto for part in touching)]),
            )
            self._rooms[room] = sorted([*(one for one in found if one not in touching), whole])
        has = f"the seq {upto}" if upto == after + 1 else f"a seq from {after + 1} to {upto}"
        self._tell(f"in the room '{room}', what has {has} is missing")

    def forget(self, room: str, upto: int | None = None) -> None:
        """Take in that a room is removed, or its beginning up to a seq, with what is missing."""
        with self._lock:
            for parts in (self._rooms, self._known):
                left = [one for one in parts.pop(room, ()) if upto is not None and one.upto > upto]
                if left:
                    parts[room] = left

    def found(self, what: str) -> None:
        """Note damage that is no part of a room; `what` is damaged is a clause."""
        with self._lock:
            if what in self._others:
                return
            self._others.add(what)
        self._tell(what)

    def mended(self, what: str) -> None:
        """Note that what was found damaged is whole again."""
        with self._lock:
            self._others.discard(what)
            self.times_mended += 1

    def within(self, room: str, after: int, upto: int) -> list[Stretch]:
        """Return what is missing of a stretch of a room."""
        return [
            Stretch(max(part.after, after), min(part.upto, upto))
            for part in sorted([*self._known.get(room, ()), *self._rooms.get(room, ())])
            if part.after < upto and after < part.upto
        ]

    def _tell(self, what: str) -> None:
        _logger.error(
            "The log in %s is damaged: %s. All else is served. 'hubbub check %s' says more.",
            self._where,
            what,
            self._where,
        )
