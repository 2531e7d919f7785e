"""What was just committed, for the search index: it need not read from the file what is at hand.

How it works. The writer adds the segments of each commit, as they stand in the file, and drops
those that are indexed. The index takes from here what follows its watermark, if that is here, and
reads it from the file if not. To read and to decode it once more takes a third of what it takes to
index it.

What always holds. The segments are the newest of the log, one after the other, without a gap: each
knows the end of the one before it. None holds a text that a later commit changed: such a commit
lets go of all of them, and so does what would make them more than FED_BYTES_MAX.

What may race. The writer's thread adds, and the index's looks at a copy of what is there. Whoever
changes texts lets go of all *before* it counts an overtaking, so what was found by then is void
(portions.py).
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import takewhile
from operator import attrgetter
from typing import Final, NamedTuple

from hubbub.chat.events import Message

FED_BYTES_MAX: Final = 4_194_304
"""As the segments are written: 20,000 short messages, which are twice as long in memory."""

_last_of = attrgetter("last")


class Segment(NamedTuple):
    """What a segment holds if it is of messages; `size` is what it takes in the file, in bytes."""

    last: int
    messages: Sequence[Message]
    size: int


class _Run:
    """Segments without a gap, behind the seq `after`."""

    __slots__ = ("after", "segments", "size")

    def __init__(self, after: int) -> None:
        self.after = after
        self.segments: list[Segment] = []
        self.size = 0


class Fed:
    """The newest segments that are not indexed yet."""

    def __init__(self) -> None:
        self._run: _Run | None = None

    def add(self, after: int, segments: Sequence[Segment]) -> None:
        """Add the segments of a commit, in any order, behind `after`, the newest seq before it."""
        run, size = self._run, sum([one.size for one in segments])
        if run is None or run.size + size > FED_BYTES_MAX:
            run = self._run = _Run(after)  # another one, for the other thread may look at the old
        run.segments += sorted(segments, key=_last_of)  # several rooms' may alternate
        run.size += size

    def clear(self) -> None:
        """Let go of all: what follows is not behind what the index knows."""
        self._run = None

    def drop(self, upto: int) -> None:
        """Let go of what is indexed; nobody looks meanwhile."""
        if (run := self._run) is None:
            return
        if count := bisect_right(run.segments, upto, key=_last_of):
            run.size -= sum([one.size for one in run.segments[:count]])
            run.after = run.segments[count - 1].last
            del run.segments[:count]

    def following(self, after: int, *, events_max: int, bytes_max: int) -> list[Segment]:
        """Return what follows `after`, at least one segment; nothing if that is not known here."""
        if (run := self._run) is None:
            return []
        segments = run.segments[:]
        place = bisect_right(segments, after, key=_last_of)
        if after != (segments[place - 1].last if place else run.after):
            return []
        events = size = 0

        def fits(one: Segment) -> bool:
            nonlocal events, size
            is_first = not size
            events, size = events + (len(one.messages) or 1), size + one.size
            return is_first or (events <= events_max and size <= bytes_max)

        return list(takewhile(fits, segments[place:]))
