"""How a batch is cut into segments, the rows of the log.

A segment holds consecutive messages of one room, or one event of another kind. A row costs SQLite
several times what a message's share of a long one does, so a busy room's messages share rows.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import cast, get_args

import msgspec

from hubbub.chat.events import AnyLogged, Deleted, Edited, Message, Pinned, Reaction
from hubbub.chat.fold import target_of
from hubbub.chat.names import name_key
from hubbub.log.sqlite.fed import Segment
from hubbub.log.sqlite.seals import checksum_of

SEGMENT_BYTES_MAX = 8192
"""A page decodes little that it does not show, and a found message takes little to be read."""

_encode_lines = msgspec.json.Encoder().encode_lines
_KINDS = {kind: str(kind.__struct_config__.tag) for kind in get_args(AnyLogged)}


class Cutting:
    """The segments of a batch, in the form that the view `batches` takes (see schema.py)."""

    def __init__(self, rooms: Iterable[Sequence[AnyLogged]]) -> None:
        self.rows: list[tuple[object, ...]] = []
        self.changes: list[Edited | Deleted] = []
        """Those of the batch, in order."""
        self.toggles: list[tuple[object, ...]] = []
        """What its reactions do, in order."""
        self.answers: list[tuple[int, int]] = []
        """Its messages that answer one, each behind the seq of that one."""
        self.pins: list[tuple[int, str, bool]] = []
        """What is pinned, in which room, or not pinned any more; in order."""
        self.fed: list[Segment] = []
        """The same as `rows`, for the search index."""
        self._bodies: list[bytes] = []
        self._start = 1
        in_rooms = list(rooms)
        # JSON has no line break within a text, so all are encoded in one call.
        encoded = _encode_lines(list(chain.from_iterable(in_rooms))).split(b"\n")
        place = 0
        for events in in_rooms:
            self._cut(events, encoded[place : place + len(events)])
            place += len(events)

    @property
    def bodies(self) -> bytes:
        """A JSON array of events for each segment, one after the other."""
        return b"".join(self._bodies)

    def _cut(self, events: Sequence[AnyLogged], encoded: Sequence[bytes]) -> None:
        is_dense = events[-1].seq - events[0].seq == len(events) - 1
        if is_dense and all(type(event) is Message for event in events):  # nearly always
            self._cut_messages(cast("Sequence[Message]", events), encoded)
            return
        for run in _runs(events):
            if type(events[run.start]) is Message:
                said = cast("Sequence[Message]", events[run.start : run.stop])
                self._cut_messages(said, encoded[run.start : run.stop])
            else:
                self._put(events[run.start], encoded[run.start])

    def _cut_messages(self, messages: Sequence[Message], encoded: Sequence[bytes]) -> None:
        self.answers += [(one.reply_to, one.seq) for one in messages if one.reply_to is not None]
        if (size := sum(map(len, encoded))) <= SEGMENT_BYTES_MAX:
            segment = Segment(messages[-1].seq, messages, size)
            self._close(messages[-1], _KINDS[Message], segment, encoded)
            return
        ends = list(accumulate(map(len, encoded)))
        start = size = 0
        while start < len(messages):
            stop = max(start + 1, bisect_right(ends, size + SEGMENT_BYTES_MAX, start))
            segment = Segment(messages[stop - 1].seq, messages[start:stop], ends[stop - 1] - size)
            self._close(messages[stop - 1], _KINDS[Message], segment, encoded[start:stop])
            start, size = stop, ends[stop - 1]

    def _put(self, event: AnyLogged, encoded: bytes) -> None:
        if isinstance(event, Edited | Deleted):
            self.changes.append(event)
        elif isinstance(event, Reaction):
            key = name_key(event.sender)
            self.toggles.append((event.target, event.emoji, key, event.sender, event.seq, event.on))
        elif isinstance(event, Pinned):
            self.pins.append((event.target, event.room, event.on))
        segment = Segment(event.seq, (), len(encoded))
        self._close(event, _KINDS[type(event)], segment, [encoded], target_of(event))

    def _close(
        self,
        event: AnyLogged,
        kind: str,
        segment: Segment,
        encoded: Sequence[bytes],
        target: int | None = None,
    ) -> None:
        body = b"[%b]" % b",".join(encoded)
        last, _, size = segment
        assert last >= len(encoded), "a segment's events have seqs, one after the other"
        first, room = last - len(encoded) + 1, event.room
        self.rows.append((last, first, room, kind, target, size, self._start, checksum_of(body)))
        self.fed.append(segment)
        self._bodies.append(body)
        self._start += len(body)


def _runs(events: Sequence[AnyLogged]) -> Iterator[range]:
    """Yield the places of what may share a segment: consecutive messages, or one other event.

    Pages count the messages of a segment by its seqs: it holds nothing else.
    """
    start = 0
    for place in range(1, len(events) + 1):
        if place < len(events):
            previous, event = events[place - 1], events[place]
            if type(event) is Message is type(previous) and event.seq == previous.seq + 1:
                continue
        yield range(start, place)
        start = place
