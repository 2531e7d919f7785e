"""Commits batches: one statement each, whatever is in them.

How it works. The writer keeps in memory where the log stands: the newest seq, and each room's. It
numbers a batch from there, cuts it into rows (segments.py), and hands all of them to SQLite in one
statement. Up to two reads come before that: which nonces of the batch were posted already, and, if
it has edits or deletions, which rows hold the texts that they replace (changes.py).

What always holds. The writer's memory says what the file says. Nobody else writes the file, for
the folder is locked, and the memory moves on only after the statement succeeded. If the statement
fails, the drafts are drafts again, and the next piece of work opens the file anew and reads where
the log stands. So no seq is given twice, even if SQLite made a commit that it reported as failed.

What may race. Nothing here does: everything runs in the writer's thread, one piece after another,
and so does all work on the index (index.py). Readers have connections of their own, and see a
commit wholly or not at all. Other threads read `last`, `last_committed` and `blankings`, but only
to see whether there is something to do.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hubbub.chat.events import AnyLogged, Topic
from hubbub.chat.names import is_direct
from hubbub.log.batch import Batch
from hubbub.log.epochs import begun_at
from hubbub.log.nonces import Posted
from hubbub.log.sqlite.changes import Changes
from hubbub.log.sqlite.connection import Durability, connect
from hubbub.log.sqlite.schema import bring_up_to_date
from hubbub.log.sqlite.segments import Cutting
from hubbub.log.words import RULES

_TAILS = "SELECT json_group_object(name, last) FROM heads"
_POSTED = """
SELECT json_group_array(json_array(n.key, n.seq, n.at))
FROM json_each(?) AS asked CROSS JOIN nonces AS n ON n.key = asked.value
"""
_EPOCH = "SELECT id FROM epochs ORDER BY number DESC LIMIT 1"
_BEGIN_EPOCH = "INSERT INTO epochs (id, start) VALUES (?, ?)"
_RULES = "SELECT rules FROM watermark"
_CHANGE_RULES = "INSERT INTO rules VALUES (?)"
_COMMIT = """
INSERT INTO batches (rooms, segments, bodies, nonces, expired, blanked, reworded)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""

_tails = msgspec.json.Decoder(dict[str, int])
_posted = msgspec.json.Decoder(list[tuple[str, int, int]])
_encoder = msgspec.json.Encoder()


class Writer:
    """Where the log stands. Nothing else moves it on."""

    def __init__(self, folder: Path, durability: Durability, duplicate_window_seconds: int) -> None:
        self._folder = folder
        self._durability = durability
        self._duplicate_window_seconds = duplicate_window_seconds
        self._epoch = ""
        self._tails: dict[str, int] = {}
        self.last = 0
        self.last_committed = 0  # events in the newest commit
        self.blankings = 0  # commits that took former texts away

    def open(self) -> sqlite3.Connection:
        """Return the connection that commits, and learn from the file where the log stands."""
        connection = connect(self._folder, self._durability)
        try:
            bring_up_to_date(connection, self._folder)
            # An index whose words were split by other rules is void: they could not be taken out.
            if connection.execute(_RULES).fetchone() != (RULES,):
                connection.execute(_CHANGE_RULES, (RULES,))
            tails = _tails.decode(connection.execute(_TAILS).fetchone()[0])
            last = max(tails.values(), default=0)
            self._keep_epoch(connection, last)
        except BaseException:
            connection.close()
            raise
        self._tails, self.last = tails, last
        return connection

    def _keep_epoch(self, connection: sqlite3.Connection, last: int) -> None:
        """Begin an epoch, unless the file is the one that this writer has been writing.

        After a failure it usually still is, but somebody may have put a copy in its place.
        """
        if connection.execute(_EPOCH).fetchone() == (self._epoch,) and last >= self.last:
            return
        epoch = begun_at(last)
        connection.execute(_BEGIN_EPOCH, (epoch.id, epoch.start))
        self._epoch = epoch.id

    def commit(self, connection: sqlite3.Connection, drafts: Sequence[AnyLogged]) -> list[int]:
        """Commit `drafts`, all or none, without repeats; return where each stands in the log."""
        batch = Batch(drafts)
        known = _look_up(connection, batch.keys)
        batch.pass_over_repeats(known, self._duplicate_window_seconds)
        if batch.rooms:
            try:
                last = batch.count(self.last, self._tails)
                self._commit(connection, batch)
            except BaseException:
                batch.undo()
                raise
            assert last > self.last, "a batch that has rooms has events"
            self._tails.update(batch.tails)
            self.last, self.last_committed = last, last - self.last
        return batch.seqs

    def _commit(self, connection: sqlite3.Connection, batch: Batch) -> None:
        cutting = Cutting(batch.rooms.values())
        changes = None
        if cutting.changes:
            changes = Changes(connection, cutting.changes)
            cutting = Cutting(
                [changes.stored(event) for event in events] for events in batch.rooms.values()
            )
        nonces = [(event.seq, key, event.at) for key, event in batch.posted.items()]
        newest = max((at for *_, at in nonces), default=0)
        connection.execute(
            _COMMIT,
            (
                _json(self._changed_rooms(batch)),
                _json(cutting.rows),
                cutting.bodies,
                _json(nonces),
                newest - self._duplicate_window_seconds * 1000,
                changes and _json(changes.blanked),
                changes and _json(changes.reworded),
            ),
        )
        if changes:
            self.blankings += 1

    def _changed_rooms(self, batch: Batch) -> list[tuple[str, bool, int, str]]:
        changed = []
        for name, events in batch.rooms.items():
            topics = [event.text for event in events if type(event) is Topic]
            if topics or name not in self._tails:
                topic = topics[-1] if topics else ""
                changed.append((name, is_direct(name), events[0].seq, topic))
        return changed


def _look_up(connection: sqlite3.Connection, keys: list[str]) -> dict[str, Posted]:
    """Return, for those of `keys` that were posted before, where and when."""
    if not keys:
        return {}
    (found,) = connection.execute(_POSTED, (_json(keys),)).fetchone()
    return {key: Posted(seq, at) for key, seq, at in _posted.decode(found)}


def _json(rows: object) -> str:
    return _encoder.encode(rows).decode()
