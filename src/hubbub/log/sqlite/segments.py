"""How a batch is cut into segments, the rows of the log.

A segment holds consecutive messages of one room, or one event of another kind. A row costs SQLite
several times what a message's share of a long one does, so a busy room's messages share rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
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
_MESSAGE = str(Message.__struct_config__.tag)
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
        # All in one call. JSON has no line break within a text.
        lines = _encode_lines(list(chain.from_iterable(in_rooms)))
        if len(in_rooms) == 1:
            self._cut(in_rooms[0], lines)
            return
        encoded, place = lines.splitlines(keepends=True), 0
        for events in in_rooms:
            self._cut(events, b"".join(encoded[place : place + len(events)]))
            place += len(events)

    @property
    def bodies(self) -> bytes:
        """A JSON array of events for each segment, one after the other."""
        return b"".join(self._bodies)

    def _cut(self, events: Sequence[AnyLogged], lines: bytes) -> None:
        is_dense = events[-1].seq - events[0].seq == len(events) - 1
        if is_dense and all(type(event) is Message for event in events):  # nearly always
            self._cut_messages(cast("Sequence[Message]", events), lines)
            return
        encoded = lines.splitlines(keepends=True)
        for run in _runs(events):
            if type(events[run.start]) is Message:
                said = cast("Sequence[Message]", events[run.start : run.stop])
                self._cut_messages(said, b"".join(encoded[run.start : run.stop]))
            else:
                self._put(events[run.start], encoded[run.start])

    def _cut_messages(self, messages: Sequence[Message], lines: bytes) -> None:
        """Cut consecutive messages where `lines` of them end: none is looked at by itself."""
        self.answers += [(one.reply_to, one.seq) for one in messages if one.reply_to is not None]
        first = start = 0
        while len(lines) - start > SEGMENT_BYTES_MAX:
            stop = lines.rfind(b"\n", start, start + SEGMENT_BYTES_MAX) + 1
            stop = stop or lines.index(b"\n", start + SEGMENT_BYTES_MAX) + 1
            piece = lines[start:stop]
            said = messages[first : first + piece.count(b"\n")]
            self._close(said[-1], _MESSAGE, said, piece)
            first, start = first + len(said), stop
        if said := messages[first:]:
            self._close(said[-1], _MESSAGE, said, lines[start:])

    def _put(self, event: AnyLogged, line: bytes) -> None:
        if isinstance(event, Edited | Deleted):
            self.changes.append(event)
        elif isinstance(event, Reaction):
            key = name_key(event.sender)
            self.toggles.append((event.target, event.emoji, key, event.sender, event.seq, event.on))
        elif isinstance(event, Pinned):
            self.pins.append((event.target, event.room, event.on))
        self._close(event, _KINDS[type(event)], (), line, target_of(event))

    def _close(
        self,
        last: AnyLogged,
        kind: str,
        messages: Sequence[Message],
        lines: bytes,
        target: int | None = None,
    ) -> None:
        count = len(messages) or 1
        size = len(lines) - count
        body = b"[%b]" % lines[:-1].replace(b"\n", b",")
        assert last.seq >= count, "a segment's events have seqs, one after the other"
        first = last.seq - count + 1
        seal = checksum_of(body)
        self.rows.append((last.seq, first, last.room, kind, target, size, self._start, seal))
        self.fed.append(Segment(last.seq, messages, size))
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
