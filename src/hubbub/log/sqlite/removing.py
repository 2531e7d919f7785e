"""Takes whole rooms out of a log: at once for all who read it, and out of its files step by step.

How it works. The commit of a fact that removes rooms (log/port.py) gives their rows in `rooms` a
name that no room has, and notes them in `going`: nothing is found under their names any more. Then
steps of a few rows each take what is left: words out of the search index, nonces, reactions, and
the texts. A step is read in one thread and written in the writer's, between commits. The file says
itself what is left to be done, so a server that was killed goes on with it.

What always holds. Nothing is said in a room that is going, so what was read of it stays right. Its
messages go before its edits, which have their newest texts: the index must be told these. Those up
to `indexed` are in the index; that is 0 once the index was emptied.

An empty row stays for each that a room had. If it went, SQLite would move its neighbours to other
pages, and leave copies of their texts, of which no later deletion would know (changes.py). So the
rows go when the whole file is written anew, which only `remove` does, while no server uses it.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec

from hubbub.chat.errors import LogError
from hubbub.chat.events import AnyLogged, Message
from hubbub.chat.tags import entry_of
from hubbub.log.newest import Newest, as_it_reads, newest_of
from hubbub.log.nonces import nonce_key
from hubbub.log.sqlite.around import attempt
from hubbub.log.sqlite.connection import connect
from hubbub.log.sqlite.failures import OF_DAMAGE, failure
from hubbub.log.sqlite.schema import bring_up_to_date
from hubbub.log.sqlite.seals import unsealed
from hubbub.log.sqlite.sound import check_shape, empty_index
from hubbub.log.sqlite.writer import Writer

STEP_ROWS = 100
STEP_BYTES = 131_072
"""Of one step; a few milliseconds of the writer's time."""

_SIZES = """
SELECT name, sum(last - segments.first + 1), sum(size)
FROM segments JOIN rooms ON rooms.id = room_id
WHERE room_id NOT IN (SELECT id FROM going) GROUP BY room_id ORDER BY sum(size) DESC, name
"""
_GOING = "SELECT id, indexed FROM going ORDER BY id LIMIT 1"
ROWS = """
WITH chosen (last, first, sealed) AS MATERIALIZED (
    SELECT last, first, sealed FROM (
        SELECT last, first, sealed, sum(size) OVER (ORDER BY last) - size AS before FROM (
            SELECT last, first, sealed, size FROM segments
            WHERE room_id = :id AND said = :said ORDER BY last LIMIT :rows
        )
    ) WHERE before < :bytes
)
SELECT
    (SELECT json_group_array(last) FROM chosen),
    (SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']' FROM chosen),
    (SELECT '[' || coalesce(group_concat(edits.sealed, ','), '') || ']'
     FROM chosen CROSS JOIN folds ON seq BETWEEN chosen.first AND chosen.last
     CROSS JOIN segments AS edits ON edits.last = newest)
"""
_CLEAR = "INSERT INTO clearings (id, segments, words, nonces) VALUES (?, ?, ?, ?)"
_GONE = "DELETE FROM going WHERE id = ?"
_FORGET_ROWS = "DELETE FROM segments WHERE kind = 'gone'"
_PATH = "PRAGMA database_list"
_SIZE = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
_REMOVE = """
INSERT INTO removals (gone, rooms, segments, bodies, nonces) VALUES (?, '[]', '[]', x'', '[]')
"""

_rows = msgspec.json.Decoder(list[int])
_segments = msgspec.json.Decoder(list[list[AnyLogged]])
_encode = msgspec.json.Encoder().encode


class RoomSize(NamedTuple):
    """How many events a room has, edits and reactions included, and what they take."""

    name: str
    events: int
    size_bytes: int


class Step(NamedTuple):
    """What is taken of a room next; nothing if all of it is gone."""

    id: int
    rows: list[int]
    """The seqs of the last events of rows."""
    words: list[tuple[int, str]]
    """What the index has of their messages, by seq."""
    nonces: list[str]


def next_step(connection: sqlite3.Connection) -> Step | None:
    """Read the next step, None if no room is going.

    Raises Unsound if it cannot be read what the index holds: it must be emptied first.
    """
    going = connection.execute(_GOING).fetchone()
    if going is None:
        return None
    id_, indexed = going
    for said in (1, 0):
        asked = {"id": id_, "said": said, "rows": STEP_ROWS, "bytes": STEP_BYTES}
        lasts, sealed, edits = connection.execute(ROWS, asked).fetchone()
        if rows := _rows.decode(lasts):
            events, newest = _read(sealed, edits, is_needed=said == 1 and rows[0] <= indexed)
            return Step(
                id_,
                rows,
                words=[
                    (
                        event.seq,
                        entry_of(now.text, now.sender, now.person, has_file=bool(now.files)),
                    )
                    for event in events
                    if event.seq <= indexed
                    and isinstance(now := as_it_reads(event, newest), Message)
                    and not now.deleted
                ],
                nonces=[key for event in events if (key := nonce_key(event)) is not None],
            )
    return Step(id_, [], [], [])


def _read(
    sealed: bytes | str, edits: bytes | str, *, is_needed: bool
) -> tuple[list[AnyLogged], Newest]:
    """Return the events of a step, and how their messages read; nothing if they are damaged."""

    def read() -> tuple[list[AnyLogged], Newest]:
        events = chain(*_segments.decode(unsealed(sealed)))
        return list(events), newest_of(chain(*_segments.decode(unsealed(edits))))

    found = read() if is_needed else attempt(read)
    return found or ([], {})


def take(writer: Writer, step: Step, connection: sqlite3.Connection) -> None:
    """Take a step, in the writer's thread."""
    _take(step, connection)
    writer.blankings += 1
    writer.loosenings += 1


def _take(step: Step, connection: sqlite3.Connection) -> None:
    if step.rows:
        row = (step.id, *(_encode(part).decode() for part in step[1:]))
        connection.execute(_CLEAR, row)
    else:
        connection.execute(_GONE, (step.id,))


# Without a server.


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open the log in `folder`, whose lock is held; raise LogError if it cannot be used."""
    if not (folder / "hubbub.db").is_file():
        raise LogError(f"There is no log in {folder}. Name the folder that a server kept one in.")
    try:
        with closing(connect(folder, "power")) as connection:
            bring_up_to_date(connection, folder)
            check_shape(connection)
            yield connection
    except (sqlite3.Error, OSError, *OF_DAMAGE) as error:
        raise failure(error, folder) from error


def sizes(connection: sqlite3.Connection) -> list[RoomSize]:
    """Return all rooms that have events, the largest first."""
    return [RoomSize(*row) for row in connection.execute(_SIZES)]


def remove(connection: sqlite3.Connection, names: Sequence[str]) -> None:
    """Remove these rooms with all that was said in them: all of them, or none.

    The file becomes smaller if the disk has room for another one.
    """
    connection.execute(_REMOVE, (_encode(names).decode(),))
    empty_index(connection)  # the next server fills it again
    while step := next_step(connection):
        _take(step, connection)
    (_, _, path), (size,) = (connection.execute(sql).fetchone() for sql in (_PATH, _SIZE))
    if shutil.disk_usage(Path(path).parent).free > 2 * size:
        connection.execute(_FORGET_ROWS)
        connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # or it would hold what was said
