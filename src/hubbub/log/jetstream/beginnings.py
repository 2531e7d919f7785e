"""Up to where rooms are lost, as the stream says: where they begin for those who read it late.

The first event of a room that the stream still has follows one that it has not, and all nodes must
come to the same `prev`. So whoever takes a beginning out of the stream says before, in a message of
the stream, up to which seq it went (erasing.py). Those messages are behind what a late reader
reads, so it asks for them: at its start, and whenever a number of the stream is missing. Whoever
misses nothing need not know of them.
"""

from hubbub.log.jetstream.erasing import lost_of
from hubbub.log.jetstream.link import Link
from hubbub.log.jetstream.pieces import subject_of_lost


class Beginnings:
    """What is lost of the rooms of a stream."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._read_to = 0
        self._lost: dict[str, int] = {}
        self._removed: dict[str, int] = {}

    async def read(self) -> None:
        """Learn what was said since the last time. Raises LogError."""
        subject = self._link.subject(subject_of_lost())
        while found := await self._link.message(seq=self._read_to + 1, next_by_subj=subject):
            said = lost_of(found.data)
            self._lost[said.room] = max(said.last, self._lost.get(said.room, 0))
            self._read_to = found.seq

    def remove(self, room: str, seq: int) -> None:
        """Take in that a room was removed, by the fact with this seq: another begins."""
        self._removed[room] = seq

    def lost(self, room: str, seq: int) -> int:
        """Return up to where a room is lost, for its event with a seq; 0 if it is not.

        What was said of a room that was removed is not about the one that has its name since.
        """
        lost = self._lost.get(room, 0)
        return 0 if min(lost, seq) < self._removed.get(room, 0) < max(lost, seq) else lost
