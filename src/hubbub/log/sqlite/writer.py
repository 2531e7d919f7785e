"""Commits batches: one statement each, whatever is in them.

How it works. The writer keeps in memory where the log stands: the newest seq, and each room's. It
numbers a batch from there, cuts it into rows (segments.py), and hands all of them to SQLite in one
statement. Up to three reads come before that: which nonces of the batch were posted already; if it
has edits or deletions, which rows hold the texts that they replace (changes.py); and if it has
facts, what stands under their keys (facts.py).

What always holds. The writer's memory says what the file says. Nobody else writes the file, for
the folder is locked, and the memory moves on only after the statement succeeded. If the statement
fails, the drafts are drafts again, and the next piece of work opens the file anew and reads where
the log stands. So no seq is given twice, even if SQLite made a commit that it reported as failed.

What may race. Nothing here does: everything runs in the writer's thread, one piece after another,
and so does all that writes the index (index.py). Readers have connections of their own, and see a
commit wholly or not at all. Other threads read `last`, `last_committed`, `blankings` and
`overtakings`, but only to see whether there is something to do, and `tail`, for how much there must
be at least.
"""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import msgspec

from hubbub.chat.events import Entry, Missing, Topic
from hubbub.chat.names import SYSTEM_ROOM, is_public
from hubbub.log.batch import Batch
from hubbub.log.epochs import begun_at
from hubbub.log.nonces import room_of
from hubbub.log.sqlite.acknowledged import Acknowledged, cut_off
from hubbub.log.sqlite.changes import Changes
from hubbub.log.sqlite.connection import Durability, connect
from hubbub.log.sqlite.facts import changed_by, end_of_facts
from hubbub.log.sqlite.fed import Fed, Segment
from hubbub.log.sqlite.files import rows_of
from hubbub.log.sqlite.holes import write_holes
from hubbub.log.sqlite.schema import bring_up_to_date
from hubbub.log.sqlite.segments import Cutting
from hubbub.log.sqlite.sight import WAL, Sight
from hubbub.log.sqlite.sound import check_end, check_shape, keep_index, keep_leads
from hubbub.log.sqlite.space import Space
from hubbub.log.sqlite.wal import begin_fill, empty_wal, is_played_back

_TAILS = "SELECT json_group_object(name, last) FROM heads"
_POSTED = """
SELECT json_group_object(n.key, n.seq)
FROM json_each(?) AS asked CROSS JOIN nonces AS n ON n.key = asked.value
"""
_EPOCH = "SELECT id FROM epochs ORDER BY number DESC LIMIT 1"
_BEGIN_EPOCH = "INSERT INTO epochs (id, start) VALUES (?, ?)"
_COMMIT = """
INSERT INTO batches
    (rooms, segments, bodies, nonces, blanked, reworded, folds, kept, toggles, answers, pins, facts,
     files)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_COMMIT_REMOVAL = """
INSERT INTO removals
    (rooms, segments, bodies, nonces, blanked, reworded, folds, kept, toggles, answers, pins, facts,
     files, gone)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_REMOVED = "SELECT json_group_object(name, last) FROM removed"

_tails = msgspec.json.Decoder(dict[str, int])
_posted = msgspec.json.Decoder(dict[str, int])
_encoder = msgspec.json.Encoder()


class Writer:
    """Where the log stands. Nothing else moves it on."""

    batch_class: ClassVar[type[Batch]] = Batch
    seqs_per_event_max: ClassVar[int] = 1
    """How far apart seqs are that follow one another."""
    is_copying: ClassVar[bool] = False
    """Whether another log numbers what is written here, and still has what the file loses."""

    def __init__(self, folder: Path, durability: Durability, free_bytes_min: int = 0) -> None:
        self._folder = folder
        self._wal = str(folder / WAL)
        self.sight = Sight(folder)
        self.space = Space(folder, free_bytes_min)
        self.is_played_back = True
        """Whether all that a killed server had committed was found when the file was opened."""
        self.acknowledged = Acknowledged(folder)
        self.cut_off = ""
        """What was lost of the log's end since a server was killed, as a clause; else empty."""
        self._was_open = False
        self._failed = False
        self._is_marked = False
        self._durability = durability
        self._epoch = ""
        self._tails: dict[str, int] = {}
        self._removed: dict[str, int] = {}
        self.last = 0
        self.last_committed = 0  # drafts of the newest commit
        self.blankings = 0  # commits that took former texts away
        self.overtakings = 0  # commits, or what may be some, of changes to what is not indexed yet
        self.fed = Fed()
        self.removals = 0  # commits that removed rooms
        self.loosenings = 0  # times that files may have lost their messages

    def open(self) -> sqlite3.Connection:
        """Return the connection that commits, and learn from the file where the log stands."""
        is_first = not self._was_open
        self.overtake()
        connection = connect(self._folder, self._durability)
        try:
            if is_first:
                self.is_played_back = is_played_back(connection, self._folder)
            bring_up_to_date(connection, self._folder)
            check_shape(connection)
            tails = _tails.decode(connection.execute(_TAILS).fetchone()[0])
            removed = _tails.decode(connection.execute(_REMOVED).fetchone()[0])
            last = check_end(connection, tails)
            self._is_marked = False
            if is_first:  # else nothing need be written yet, and perhaps nothing can be
                self._mark(connection)
            keep_index(connection, last)
            keep_leads(connection)
            if not self.is_copying:
                self._keep_epoch(connection, last)
            if is_first and not self.is_copying:
                last = self._pass_what_is_cut_off(connection, last)
            self.sight.take()
        except BaseException:
            connection.close()
            raise
        self._tails, self.last = {**tails, SYSTEM_ROOM: end_of_facts(connection)}, last
        self._removed, self._was_open = removed, True
        return connection

    def _pass_what_is_cut_off(self, connection: sqlite3.Connection, last: int) -> int:
        """Return the newest seq that was given, though the log ends at `last`."""
        newest = self.acknowledged.read(connection)
        if newest > last:
            self.cut_off = cut_off(last, newest)
            write_holes(connection, [Missing(room="", after=last, upto=newest)])
            last = newest
        self.acknowledged.begin()
        self.acknowledged.note(last)
        return last

    def tail(self, room: str) -> int:
        """Return the newest seq of a room of people, 0 if it has none."""
        return 0 if room == SYSTEM_ROOM else self._tails.get(room, 0)

    def ends(self) -> list[tuple[str, int]]:
        """Return all rooms of people with their newest seqs."""
        return [(room, end) for room, end in self._tails.items() if room != SYSTEM_ROOM]

    def _keep_epoch(self, connection: sqlite3.Connection, last: int) -> None:
        """Begin an epoch, unless the file is the one that this writer has been writing.

        After a failure it usually still is, but somebody may have put a copy in its place.
        """
        if connection.execute(_EPOCH).fetchone() == (self._epoch,) and last >= self.last:
            return
        epoch = begun_at(last)
        connection.execute(_BEGIN_EPOCH, (epoch.id, epoch.start))
        self._epoch = epoch.id

    def try_writing(self, connection: sqlite3.Connection) -> None:
        """Write what nobody reads, to see whether that is possible."""
        begin_fill(connection)

    def commit(self, connection: sqlite3.Connection, drafts: Sequence[Entry]) -> list[int]:
        """Commit `drafts`, all or none, without repeats; return where each stands in the log."""
        self._mark(connection)
        batch = self.batch_class(drafts)
        batch.pass_over_repeats(self._known(connection, batch))
        if batch.rooms or batch.facts:
            try:
                last = batch.count(self.last, self._tails)
                fed = self._commit(connection, batch)
            except BaseException:
                self._take_back(connection)
                batch.undo()
                raise
            assert last > self.last, "a batch has events"
            if fed is None:
                self.overtake()
            else:
                self.fed.add(self.last, fed)
            self._remove(batch.removes)
            self._tails.update(batch.tails)
            self.last, self.last_committed = last, len(drafts)
        return batch.seqs

    def _known(self, connection: sqlite3.Connection, batch: Batch) -> dict[str, int]:
        """Return where nonces of a batch were posted, without what is left of rooms that went."""
        known = _look_up(connection, batch.keys)
        if not known or not (self._removed or batch.removes):
            return known
        return {
            key: seq
            for key, seq in known.items()
            if (room := room_of(key)) not in batch.removes and seq > self._removed.get(room, 0)
        }

    def _remove(self, rooms: Sequence[str]) -> None:
        for room in rooms:
            if (last := self._tails.pop(room, None)) is not None:
                self._removed[room] = last
                self.removals += 1
                self.overtake()

    def overtake(self) -> None:
        """Note that something changed of what is not indexed yet, or may not be."""
        self.fed.clear()  # first: see fed.py
        self.overtakings += 1

    def check(self) -> None:
        """Raise LogError if nothing may be written.

        For the event loop's thread. It asks the system several things, and the writer's would have
        to wait for the interpreter after each.
        """
        self.sight.check()
        self.space.check()

    def wal_size(self) -> int:
        """Return how long the write-ahead log is, in bytes."""
        try:
            return os.stat(self._wal).st_size  # noqa: PTH116 (for each commit)
        except FileNotFoundError:
            return 0

    def _mark(self, connection: sqlite3.Connection) -> None:
        """Begin to write to a file that was opened anew."""
        if self._is_marked:
            return
        begin_fill(connection)
        if self._failed:
            self.empty_wal(connection)  # what counts is written and synced once more
            self._failed = False
        self._is_marked = True

    def _take_back(self, connection: sqlite3.Connection) -> None:
        """See to it that a commit that failed stays so.

        It may have been written wholly, and only not been synced: a server that was killed now
        would find it at its next start. The next commit is written in its place.
        """
        self._failed = True
        with suppress(sqlite3.Error):
            begin_fill(connection)

    def empty_wal(self, connection: sqlite3.Connection) -> bool:
        """Empty the write-ahead log, unless somebody else reads it; return whether it was done."""
        self.sight.check()  # afterwards it could not be seen whether somebody else shortened it
        with self.sight.shortening():
            return empty_wal(connection)

    def _commit(self, connection: sqlite3.Connection, batch: Batch) -> Sequence[Segment] | None:
        """Commit; return what feeds the index, None if that changes what is not indexed yet."""
        cutting = Cutting(batch.rooms.values())
        changes = None
        if cutting.changes:
            changes = Changes(connection, cutting.changes, batch.rooms.values())
            cutting = Cutting(
                [changes.stored(event) for event in events] for events in batch.rooms.values()
            )
        gone = changes.deleted if changes else ()
        files = batch.files and rows_of(batch.files, gone)
        nonces = [(key, event.seq) for key, event in batch.posted.items()]
        answers = [answer for answer in cutting.answers if answer[1] not in gone]
        row = (
            _json(self._changed_rooms(batch)),
            _json(cutting.rows),
            cutting.bodies,
            _json(nonces),
            changes and _json(changes.blanked),
            changes and _json(changes.reworded),
            changes and _json(changes.folds),
            _json(changes.kept) if changes and changes.kept else None,
            _json(cutting.toggles) if cutting.toggles else None,
            _json(answers) if answers else None,
            _json(cutting.pins) if cutting.pins else None,
            _json(changed_by(connection, batch.facts)) if batch.facts else None,
            _json(files) if files else None,
        )
        if batch.removes:
            connection.execute(_COMMIT_REMOVAL, (*row, _json(batch.removes)))
        else:
            connection.execute(_COMMIT, row)
        if changes:
            self.blankings += 1
            self.loosenings += changes.loosen
        return None if changes and changes.overtake else cutting.fed

    def _changed_rooms(self, batch: Batch) -> list[tuple[str, bool, int, str]]:
        changed = []
        for name, events in batch.rooms.items():
            topics = [event.text for event in events if type(event) is Topic]
            if topics or name not in self._tails or name in batch.removes:
                topic = topics[-1] if topics else ""
                changed.append((name, not is_public(name), events[0].seq, topic))
        return changed


def _look_up(connection: sqlite3.Connection, keys: list[str]) -> dict[str, int]:
    """Return, for those of `keys` that were posted before, where."""
    if not keys:
        return {}
    (found,) = connection.execute(_POSTED, (_json(keys),)).fetchone()
    return _posted.decode(found)


def _json(rows: object) -> str:
    return _encoder.encode(rows).decode()
