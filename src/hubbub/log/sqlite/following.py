"""A writer of what another log has numbered: its seqs and epochs are kept as they come.

The tables, and how they are written, are the same. Some things differ. Seqs are not given here, and
may be far apart. No epoch begins when the file is opened: it is the other log's history. What the
file lost at its end is no damage: the other log has it still. And a room may begin late here, as if
its beginning had been dropped.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import msgspec

from hubbub.chat.events import AnyLogged
from hubbub.chat.queries import Epoch, goes_on
from hubbub.log.batch import Batch, Numbered
from hubbub.log.sqlite.connection import Durability
from hubbub.log.sqlite.facts import SEQS
from hubbub.log.sqlite.fed import Segment
from hubbub.log.sqlite.reader import read_epochs
from hubbub.log.sqlite.seals import unsealed
from hubbub.log.sqlite.writer import Writer

_CLEAR_EPOCHS = "DELETE FROM epochs"
_PUT_EPOCHS = """
INSERT INTO epochs (number, id, start)
    SELECT key + 1, json_extract(value, '$[0]'), json_extract(value, '$[1]')
    FROM json_each(?) WHERE true
    ON CONFLICT (number) DO NOTHING
"""
_BEGIN_LATE = """
INSERT INTO dropped (room_id, last) SELECT id, ? FROM rooms WHERE name = ?
    ON CONFLICT (room_id) DO UPDATE SET last = excluded.last
"""
_NEWEST_EDITS = """
SELECT json_group_object(seq, newest) FROM json_each(?) CROSS JOIN folds ON folds.seq = value
WHERE newest IS NOT NULL
"""
_CHANGES = """
SELECT json_group_array(json_array(name, target, last))
FROM segments CROSS JOIN rooms ON id = room_id
WHERE last > ? AND kind IN ('edited', 'deleted') AND id NOT IN (SELECT id FROM going)
"""
_STORED = """
SELECT coalesce((SELECT last FROM dropped WHERE room_id = id), 0), (
    SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']' FROM segments
    WHERE last >= :first AND first <= :last AND room_id = id
)
FROM (SELECT (SELECT id FROM rooms WHERE name = :room) AS id)
"""


class Changed(NamedTuple):
    """An edit or a deletion, and which message it changed."""

    room: str
    target: int
    seq: int


_standing = msgspec.json.Decoder(dict[str, int])
_newest = msgspec.json.Decoder(dict[int, int])
_changes = msgspec.json.Decoder(list[Changed])
_events = msgspec.json.Decoder(list[list[AnyLogged]])


def read_newest_edits(connection: sqlite3.Connection, targets: Sequence[int]) -> dict[int, int]:
    """Return, by the seqs of messages that were edited or deleted, the seq of what did it last."""
    asked = (msgspec.json.encode(targets).decode(),)
    (found,) = connection.execute(_NEWEST_EDITS, asked).fetchone()
    return _newest.decode(found)


def read_changes(connection: sqlite3.Connection, after: int) -> list[Changed]:
    """Return the edits and deletions behind a seq."""
    (found,) = connection.execute(_CHANGES, (after,)).fetchone()
    return _changes.decode(found)


def read_stored(
    connection: sqlite3.Connection, room: str, first: int, last: int
) -> list[AnyLogged] | None:
    """Return what a room has between two seqs, as it stands: a text is only where it is read.

    None if any of it may have been dropped with the room's beginning.
    """
    asked = {"room": room, "first": first, "last": last}
    dropped, sealed = connection.execute(_STORED, asked).fetchone()
    if dropped >= first:
        return None
    found = chain(*_events.decode(unsealed(sealed)))
    return sorted((one for one in found if first <= one.seq <= last), key=attrgetter("seq"))


def read_standing(connection: sqlite3.Connection, keys: Sequence[str]) -> dict[str, int]:
    """Return under which of some keys facts stand, and their seqs."""
    (found,) = connection.execute(SEQS, (msgspec.json.encode(keys).decode(),)).fetchone()
    return _standing.decode(found)


class Follower(Writer):
    """Where a copy of another log stands."""

    batch_class = Numbered
    seqs_per_event_max = 1024
    is_copying = True

    def __init__(self, folder: Path, durability: Durability, free_bytes_min: int = 0) -> None:
        super().__init__(folder, durability, free_bytes_min)
        self.lost: dict[str, int] = {}
        """By room, the seq up to which the other log has lost it, beyond what is here."""

    def keep_epochs(self, connection: sqlite3.Connection, epochs: Sequence[Epoch]) -> bool:
        """Take in the epochs of the other log; return whether the file is part of its history."""
        if self.last:
            if not goes_on(read_epochs(connection), self.last, epochs):
                return False
        else:
            connection.execute(_CLEAR_EPOCHS)
        rows = [(epoch.id, epoch.start) for epoch in epochs]
        connection.execute(_PUT_EPOCHS, (msgspec.json.encode(rows).decode(),))
        return True

    def _commit(self, connection: sqlite3.Connection, batch: Batch) -> Sequence[Segment] | None:
        late = [
            (events[0].prev, room)
            for room, events in batch.rooms.items()
            if events[0].prev
            and (
                room not in self._tails
                or room in batch.removes
                or events[0].prev == self.lost.get(room)
            )
        ]
        if not late:
            return super()._commit(connection, batch)
        connection.execute("BEGIN")
        try:
            fed = super()._commit(connection, batch)
            connection.executemany(_BEGIN_LATE, late)
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        return fed
