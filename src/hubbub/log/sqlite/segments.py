"""How a batch is cut into segments, the rows of the log.

A segment holds consecutive messages of one room, or one event of another kind. A row costs SQLite
several times what a message's share of a long one does, so a busy room's messages share rows.
"""

from collections.abc import Iterable, Sequence
from typing import get_args

import msgspec

from hubbub.chat.events import AnyLogged, Deleted, Edited, Message, Pinned, Reaction
from hubbub.chat.fold import target_of
from hubbub.chat.names import name_key
from hubbub.log.sqlite.seals import checksum_of

SEGMENT_BYTES_MAX = 8192
"""A page decodes little that it does not show, and a found message takes little to be read."""

_encode = msgspec.json.Encoder().encode
_KINDS = {kind: kind.__struct_config__.tag for kind in get_args(AnyLogged)}


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
        self._bodies: list[bytes] = []
        self._start = 1
        for events in rooms:
            self._cut(events)

    @property
    def bodies(self) -> bytes:
        """A JSON array of events for each segment, one after the other."""
        return b"".join(self._bodies)

    def _cut(self, events: Sequence[AnyLogged]) -> None:
        run: list[bytes] = []
        size = 0
        previous = events[0]
        for event in events:
            encoded = _encode(event)
            if type(event) is Message and event.reply_to is not None:
                self.answers.append((event.reply_to, event.seq))
            # Pages count the messages of a segment by its seqs: it holds nothing else.
            goes_on = type(event) is Message is type(previous) and event.seq == previous.seq + 1
            if run and not (goes_on and size + len(encoded) <= SEGMENT_BYTES_MAX):
                self._close(previous, run, size)
                run, size = [], 0
            run.append(encoded)
            size += len(encoded)
            previous = event
        self._close(previous, run, size)

    def _close(self, last: AnyLogged, run: list[bytes], size: int) -> None:
        body = b"[%b]" % b",".join(run)
        if isinstance(last, Edited | Deleted):
            self.changes.append(last)
        elif isinstance(last, Reaction):
            key = name_key(last.sender)
            self.toggles.append((last.target, last.emoji, key, last.sender, last.seq, last.on))
        elif isinstance(last, Pinned):
            self.pins.append((last.target, last.room, last.on))
        assert last.seq >= len(run), "a segment's events have seqs, one after the other"
        first, kind = last.seq - len(run) + 1, _KINDS[type(last)]
        place = (last.seq, first, last.room, kind, target_of(last), size, self._start)
        self.rows.append((*place, checksum_of(body)))
        self._bodies.append(body)
        self._start += len(body)
