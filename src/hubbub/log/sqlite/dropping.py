"""Takes the beginning of a room out of a log, step by step: what its rules say is kept no longer.

How it works. A step takes the oldest rows of a room, of both kinds, and with them all that hangs on
their messages: words of the search index, nonces, reactions, answers, pins, former texts, files.
If that is little, it takes those of more rooms. It is one statement, so nobody ever sees half of
it, and from its commit on the room begins later:
`dropped` says up to where it went. A step is read and written by the writer's thread in one piece,
since people go on changing what is left. Whoever asks again after a kill goes on with it.

A row becomes empty in its place, for the reason that removing.py gives. But a log that drops things
must not grow for ever. So rows that are empty go at last, once they are the first of the whole log:
all but EMPTY_ROWS of them, so that what SQLite then moves are empty rows, and no texts.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from time import perf_counter
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Edited, Message
from hubbub.chat.queries import Dropped, Drops, Over
from hubbub.chat.tags import entry_of
from hubbub.log.newest import as_it_reads, newest_of
from hubbub.log.nonces import nonce_key
from hubbub.log.pages import SEQ_MAX
from hubbub.log.sqlite.around import attempt
from hubbub.log.sqlite.changes import as_long
from hubbub.log.sqlite.failures import Unsound
from hubbub.log.sqlite.seals import checksum_of, unsealed
from hubbub.log.sqlite.writer import Writer

STEP_ROWS = 100
STEP_BYTES = 131_072
"""Of one room, in one step; a few milliseconds of the writer's time."""

STEP_SECONDS = 0.000_5
"""After so long, a step begins with no other room; to write what it found takes longer."""

EMPTY_ROWS = 1000
"""So many stay before the first row that is not empty: more than the pages beside it hold."""

PRUNED_ROWS = 500
"""So many empty rows go in one step."""

COUNTED_ROWS = 1000
"""So many are counted in one step."""

_ROOM = "SELECT id FROM rooms WHERE name = ?"
_FIRST = "SELECT first FROM rooms WHERE id = ?"
_INDEXED = "SELECT seq FROM watermark"
_ROWS = """
WITH oldest (last) AS MATERIALIZED (
    SELECT last FROM (
        SELECT last FROM segments WHERE room_id = :id AND said = 1 ORDER BY last LIMIT :rows
    )
    UNION ALL SELECT last FROM (
        SELECT last FROM segments WHERE room_id = :id AND said = 0 ORDER BY last LIMIT :rows
    )
    ORDER BY last LIMIT :rows
)
SELECT s.last, s.first, '[' || sealed || ']', size FROM oldest CROSS JOIN segments AS s USING (last)
ORDER BY s.last
"""
_EDITS = """
SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']'
FROM json_each(?) AS asked CROSS JOIN folds ON seq = asked.value
CROSS JOIN segments ON last = newest WHERE kind = 'edited'
"""
_DROP = """
INSERT INTO droppings (id, segments, words, nonces, blanked, upto)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
       json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]')
FROM json_each(?)
"""
# No more is looked at than may go: at the beginning may be all that a large room had.
_FIRST_KEPT = """
SELECT coalesce(min(last) FILTER (WHERE kind <> 'gone'), max(last) + 1)
FROM (SELECT last, kind FROM segments ORDER BY last LIMIT ?)
"""
_EMPTY = """
SELECT last FROM segments WHERE last < ? ORDER BY last DESC LIMIT 1 OFFSET ?
"""
_PRUNE = """
DELETE FROM segments WHERE last IN (
    SELECT last FROM segments WHERE last <= ? AND kind = 'gone' ORDER BY last LIMIT ?
)
"""
_COUNT = """
SELECT last, last - first + 1 FROM segments
WHERE room_id = (SELECT id FROM rooms WHERE name = ?) AND said = 1 AND last < ?
ORDER BY last DESC LIMIT ?
"""

_segments = msgspec.json.Decoder(list[list[AnyLogged]])
_bodies = msgspec.json.Decoder(list[list[msgspec.Raw]])
_event: msgspec.json.Decoder[Edited] = msgspec.json.Decoder(Edited)
_encode = msgspec.json.Encoder().encode


class _Row(NamedTuple):
    last: int
    first: int
    events: list[AnyLogged]
    """Nothing, if they cannot be read."""


class _Part(msgspec.Struct, array_like=True):
    """What goes of one room, as `droppings` takes it."""

    id: int
    segments: list[int]
    words: list[tuple[int, str]]
    nonces: list[str]
    blanked: list[tuple[int, str, str]]
    upto: int


def drop(writer: Writer, over: Mapping[str, Over], connection: sqlite3.Connection) -> Drops:
    """Take a step, in the writer's thread; return what went.

    Raises Unsound if it cannot be read what the index has of it: that must be emptied first.
    """
    ends_at = perf_counter() + STEP_SECONDS
    parts: dict[str, _Part] = {}
    left: list[str] = []
    rows_left = STEP_ROWS
    (indexed,) = connection.execute(_INDEXED).fetchone()
    for name, one in over.items():
        if rows_left <= 0 or (parts and perf_counter() >= ends_at):
            left.append(name)
        elif part := _part(connection, name, one, rows_left, indexed):
            parts[name] = part
            left.append(name)
            rows_left -= len(part.segments)
    if not parts:
        return Drops({}, tuple(left))
    connection.execute(_DROP, (_encode(list(parts.values())).decode(),))
    writer.blankings += 1
    writer.loosenings += 1
    if any(part.upto > indexed for part in parts.values()):
        writer.overtake()
    _prune(connection)
    dropped = {
        name: Dropped(part.upto, *connection.execute(_FIRST, (part.id,)).fetchone())
        for name, part in parts.items()
    }
    return Drops(dropped, tuple(left))


def _part(
    connection: sqlite3.Connection, room: str, over: Over, limit: int, indexed: int
) -> _Part | None:
    """Return what is over in a room, up to so many rows."""
    found = connection.execute(_ROOM, (room,)).fetchone()
    if found is None:
        return None
    rows = _those_over(_oldest(connection, found[0], limit), over)
    if not rows:
        return None
    upto = rows[-1].last
    edits = attempt(lambda: _edits_of(connection, rows))
    if edits is None and rows[0].first <= indexed:
        raise Unsound("what the search index has of it cannot be read")
    edits = edits or []
    return _Part(
        id=found[0],
        segments=[row.last for row in rows],
        words=list(_words(rows, edits, indexed)),
        nonces=[key for row in rows for event in row.events if (key := nonce_key(event))],
        blanked=list(_blanked(edits, upto)),
        upto=upto,
    )


def _oldest(connection: sqlite3.Connection, id_: int, limit: int) -> Iterator[_Row]:
    taken = 0
    asked = {"id": id_, "rows": limit}
    for last, first, sealed, size in connection.execute(_ROWS, asked):
        if taken and taken + size > STEP_BYTES:
            return
        taken += size
        read = attempt(lambda sealed=sealed: _segments.decode(unsealed(sealed))[0])  # type: ignore[misc]
        yield _Row(last, first, read or [])


def _those_over(oldest: Iterator[_Row], over: Over) -> list[_Row]:
    """Return the rows that are over; one that cannot be read is if a later one is."""
    rows: list[_Row] = []
    count = 0
    for row in oldest:
        is_known = bool(row.events) or row.last <= over.upto
        is_over = row.last <= over.upto or bool(
            row.events and max(event.at for event in row.events) < over.before
        )
        if is_known and not is_over:
            break
        rows.append(row)
        if is_over:
            count = len(rows)
    return rows[:count]


def _edits_of(connection: sqlite3.Connection, rows: Sequence[_Row]) -> list[list[msgspec.Raw]]:
    """Return the rows, each of one event, that have the newest texts of edited messages."""
    seqs = [event.seq for row in rows for event in row.events if isinstance(event, Message)]
    (sealed,) = connection.execute(_EDITS, (_encode(seqs).decode(),)).fetchone()
    return _bodies.decode(unsealed(sealed))


def _words(
    rows: Sequence[_Row], edits: Sequence[Sequence[msgspec.Raw]], indexed: int
) -> Iterator[tuple[int, str]]:
    """Yield what the index has of the messages, by seq."""
    newest = newest_of(_event.decode(raw) for raw in chain(*edits))
    for row in rows:
        if not row.events and row.first <= indexed:
            raise Unsound("what the search index has of it cannot be read")
        for event in row.events:
            now = as_it_reads(event, newest)
            if event.seq > indexed or not isinstance(now, Message) or now.deleted:
                continue
            if now.text or now.files:  # what is deleted has neither
                has_file = bool(now.files)
                yield now.seq, entry_of(now.text, now.sender, now.person, has_file=has_file)


def _blanked(edits: Sequence[Sequence[msgspec.Raw]], upto: int) -> Iterator[tuple[int, str, str]]:
    """Yield last, body and checksum of the edits that stay, but lose the text of what goes."""
    for (raw,) in edits:
        edit = _event.decode(raw)
        if edit.seq > upto:
            body = b"[%b]" % as_long(replace(edit, text=""), len(raw))
            yield edit.seq, body.decode(), checksum_of(body)


def _prune(connection: sqlite3.Connection) -> None:
    """Remove empty rows from the beginning of the log, but for those next to others."""
    (kept,) = connection.execute(_FIRST_KEPT, (EMPTY_ROWS + PRUNED_ROWS,)).fetchone()
    if (bound := connection.execute(_EMPTY, (kept, EMPTY_ROWS)).fetchone()) is not None:
        connection.execute(_PRUNE, (bound[0], PRUNED_ROWS))


class Surplus:
    """Counts the messages of a room, the newest first, to find where it has more than so many."""

    def __init__(self, room: str, messages: int) -> None:
        self._room = room
        self._left = messages
        self._before = SEQ_MAX
        self.upto = 0
        """The seq up to which they are too many; 0 if they are not, as far as is known."""
        self.is_counted = False

    def count(self, connection: sqlite3.Connection) -> None:
        """Take a step."""
        rows = connection.execute(_COUNT, (self._room, self._before, COUNTED_ROWS)).fetchall()
        for last, count in rows:
            if self._left <= 0:
                self.upto = last
                break
            self._left -= count
            self._before = last
        self.is_counted = bool(self.upto) or len(rows) < COUNTED_ROWS
