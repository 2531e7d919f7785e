"""Reads everything that a file holds, row by row, whatever is damaged around it.

It needs no index: rows are found by their keys. A key may be damaged, too, so it is believed only
if it is the seq of the last event in its row. Where it is not, or leads to what cannot be read, the
next ones are tried, near ones one by one, farther ones in ever longer steps, and the last one of
all; and then each seq that was passed over. Rows of removed rooms are no damage, however many there
are: no key leads to them. What is missing shows as for any reader: an event has a `prev` that is
newer than what was read of its room. The system room keeps only the facts that stand (facts.py):
what is missing there, the index of their keys shows.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from hubbub.chat.errors import LogError
from hubbub.chat.events import AnyLogged, Deleted, Edited, Fact, Logged, Message, Missing
from hubbub.chat.queries import SearchQuery
from hubbub.chat.words import words_of
from hubbub.log.newest import Newest, as_it_reads, newest_of
from hubbub.log.sqlite.around import attempt
from hubbub.log.sqlite.facts import read_fact, read_seqs
from hubbub.log.sqlite.failures import OF_DAMAGE, failure, lasting
from hubbub.log.sqlite.holes import read_holes
from hubbub.log.sqlite.schema import APPLICATION_ID, FORMAT, format_of
from hubbub.log.sqlite.seals import unsealed
from hubbub.log.sqlite.search import read_walk
from hubbub.log.sqlite.sound import check_shape

L = TypeVar("L", bound=Logged)

COMPLAINTS_MAX = 20
WORDS = 3
"""By so many of its words a message is searched."""

_STEPS = (*range(256), *(2**bit for bit in range(8, 62)))

_ANY_SEGMENT = "SELECT count(*) FROM segments"
_HAS_SEALS = "SELECT count(sealed) + 1 FROM segments WHERE false"
_KEY_AFTER = "SELECT {}(last) FROM segments WHERE last > ?"
_FACT_AFTER = "SELECT {}(seq) FROM facts WHERE seq > ?"
_SEALED = "SELECT '[' || sealed || ']' FROM segments WHERE last = ?"
_STANDING = " AND kind <> 'gone' AND room_id NOT IN (SELECT id FROM going)"
_KNOWS_GOING = "SELECT count(*) + 1 FROM going"  # since format 11
_UNSEALED = "SELECT '[\"\",' || body || ']' FROM segments WHERE last = ?"  # before format 6
_WATERMARK = "SELECT seq FROM watermark"
_HEADS = "SELECT name, last FROM heads"
_DROPPED = """
SELECT name, last FROM dropped CROSS JOIN rooms ON id = room_id
WHERE id NOT IN (SELECT id FROM going)
"""
_LED_TO = """
SELECT count(*) FROM facts CROSS JOIN json_each(leads) AS led
WHERE leads IS NOT NULL AND (SELECT rules FROM lead_rules) <> ''
      AND NOT EXISTS (SELECT 1 FROM found_by WHERE lead = led.value AND found_by.key = facts.key)
"""
_STRUCTURE = f"PRAGMA integrity_check({COMPLAINTS_MAX})"
_INDEX = "INSERT INTO search (search) VALUES ('integrity-check')"

_segments = msgspec.json.Decoder(list[list[AnyLogged]])


class Survey(NamedTuple):
    """What a file holds, and what of it is damaged."""

    version: int
    """The number of its format."""
    size_bytes: int
    ends: dict[str, int]
    """By room, the newest seq of which anything is known."""
    events: int
    messages: int
    facts: int
    """How many stand and can be read."""
    lost: list[str]
    """The keys under which facts stood that cannot be read."""
    missing: list[Missing]
    known: list[Missing]
    """What is missing too, and was when the log was made anew."""
    structure: list[str]
    """What SQLite says of how the file's pages hang together."""
    index_fault: str
    """What is wrong with the search index, if anything."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is damaged, as far as is not known already."""
        return not (self.missing or self.lost or self.structure or self.index_fault)


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open the file in `folder` to be read, even if what it says of its tables is damaged.

    Raises LogError if there is none, or if it is none of ours.
    """
    path = folder / "hubbub.db"
    if not path.is_file():
        raise LogError(f"There is no log in {folder}. Name the folder that a server kept one in.")
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA writable_schema = ON")  # what is odd in it is passed over
            connection.text_factory = bytes
            version = format_of(connection)
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            if application == APPLICATION_ID and version > FORMAT:
                raise LogError(
                    f"The log in {folder} was written by a newer hubbub (its format is {version}, "
                    f"this program knows up to {FORMAT}). Check it with the newer hubbub."
                )
            if application != APPLICATION_ID and not _row(connection, _ANY_SEGMENT):
                raise LogError(f"The hubbub.db in {folder} is none that hubbub wrote.")
            yield connection
    except (sqlite3.Error, OSError, *OF_DAMAGE) as error:
        if cause := lasting(error):
            sentence = f"Nothing can be read of the log in {folder}: it {cause}."
            raise LogError(sentence) from error
        raise failure(error, folder) from error


def surveyed(connection: sqlite3.Connection) -> Survey:
    """Read all of it. It takes as long as reading the file does, and memory for its edits."""
    version = format_of(connection)
    (pages, size) = connection.execute(
        "SELECT * FROM pragma_page_count, pragma_page_size"
    ).fetchone()
    row = _row(connection, _WATERMARK) if version == FORMAT else None
    indexed = row[0] if row and isinstance(row[0], int) else 0
    ends: dict[str, int] = {}
    holes = attempt(lambda: read_holes(connection)) or []
    missing: list[Missing] = []
    known: list[Missing] = []
    events = messages = unfound = 0
    for event in told(connection):
        if isinstance(event, Missing):
            (known if _is_within(event, holes) else missing).append(event)
            ends[event.room] = max(event.upto, ends.get(event.room, 0))
        else:
            events += 1
            if isinstance(event, Message):
                messages += 1
                unfound += event.seq <= indexed and not _is_found(connection, event)
            ends[event.room] = event.seq
    standing = {fact.key for fact in standing_facts(connection)}
    keys = attempt(lambda: read_seqs(connection, "")) if version == FORMAT else None
    return Survey(
        version=version,
        size_bytes=pages * size,
        ends=ends,
        events=events,
        messages=messages,
        facts=len(standing),
        lost=sorted((keys or {}).keys() - standing),
        missing=missing,
        known=known,
        structure=_of_the_structure(connection, version),
        index_fault=_of_the_index(connection)
        or (f"it does not find {unfound} messages by their words" if unfound else ""),
    )


def _is_within(part: Missing, holes: Iterable[Missing]) -> bool:
    return any(
        one.room == part.room and one.after <= part.after and part.upto <= one.upto for one in holes
    )


def _of_the_structure(connection: sqlite3.Connection, version: int) -> list[str]:
    rows = attempt(lambda: connection.execute(_STRUCTURE).fetchall())
    lines = [(b"it cannot be read to its end",)] if rows is None else rows
    wrong = [line.decode(errors="replace") for (line,) in lines if line != b"ok"]
    if version == FORMAT:
        connection.text_factory = str
        try:
            check_shape(connection)
            _open_as_a_server_does(connection)
        except (sqlite3.Error, *OF_DAMAGE) as error:
            wrong.append(str(error))
        connection.text_factory = bytes
        if (row := _row(connection, _LED_TO)) is None or row[0]:
            wrong.append("people are not found by all that leads to them")
    return wrong


def _open_as_a_server_does(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.Error if what SQLite passes over here keeps it from opening the file there."""
    (path,) = connection.execute("SELECT file FROM pragma_database_list").fetchone()
    with closing(sqlite3.connect(path)) as plain:
        plain.execute(_ANY_SEGMENT)


def _is_found(connection: sqlite3.Connection, message: Message) -> bool:
    """Return whether a message is found by its first words; one that is deleted need not be."""
    words = " ".join(islice(words_of(message.text), WORDS))
    query = SearchQuery(words=words, room=message.room, before=message.seq + 1, limit=1)
    walk = attempt(lambda: read_walk(connection, query, 1)) if words else None
    return not words or (walk is not None and message.seq in walk.seqs)


def _of_the_index(connection: sqlite3.Connection) -> str:
    try:
        connection.execute(_INDEX)
    except sqlite3.Error as error:
        return str(error)
    return ""


def told(connection: sqlite3.Connection) -> Iterator[AnyLogged | Missing]:
    """Yield all events as they read now, in order, and in its place what is missing."""
    newest = newest_of(
        event
        for events in segments(connection)
        for event in events
        if isinstance(event, Edited | Deleted)
    )
    ends = read_dropped(connection)
    for events in segments(connection):
        for event in events:
            now = _readable(event, newest)
            end = ends.get(event.room, 0)
            if event.prev > end:
                yield Missing(room=event.room, after=end, upto=event.prev)
            if now is None:
                ends[event.room] = event.prev
                continue
            ends[event.room] = event.seq
            yield now
    for name, last in attempt(lambda: connection.execute(_HEADS).fetchall()) or ():
        room = name.decode(errors="replace") if isinstance(name, bytes) else ""
        if isinstance(last, int) and last > ends.get(room, 0):
            yield Missing(room=room, after=ends.get(room, 0), upto=last)


def read_dropped(connection: sqlite3.Connection) -> dict[str, int]:
    """Return, by room, the newest seq of those whose beginnings are kept no longer."""
    rows = attempt(lambda: connection.execute(_DROPPED).fetchall()) or []  # none in old formats
    return {
        name.decode(errors="replace"): last
        for name, last in rows
        if isinstance(name, bytes) and isinstance(last, int)
    }


def _readable(event: AnyLogged, newest: Newest) -> AnyLogged | None:
    """Return the event as it reads now; None if it is a message whose newest text is missing."""
    now = as_it_reads(event, newest)
    is_told = not isinstance(now, Message) or now.text or now.files or now.deleted
    return now if is_told else None


def segments(connection: sqlite3.Connection) -> Iterator[list[AnyLogged]]:
    """Yield the events of each segment that can be read, in order, as they stand there."""
    has_seals = _row(connection, _HAS_SEALS)
    standing = _STANDING if _row(connection, _KNOWS_GOING) else ""
    read = partial(_segment, connection, (_SEALED if has_seals else _UNSEALED) + standing)
    return _rows(connection, _KEY_AFTER + standing, read)


def standing_facts(connection: sqlite3.Connection) -> Iterator[Fact]:
    """Yield the facts that stand and can be read, in the order of their seqs."""

    def read(seq: int) -> list[Fact] | None:
        fact = attempt(lambda: read_fact(connection, seq))
        return None if fact is None else [fact]

    for found in _rows(connection, _FACT_AFTER, read):
        yield from found


def _rows(
    connection: sqlite3.Connection, key_after: str, read: Callable[[int], list[L] | None]
) -> Iterator[list[L]]:
    """Yield what `read` finds in the rows of a table, which stand by the seq of their last."""
    next_key, last_key = key_after.format("min"), key_after.format("max")
    tried = (*((next_key, step) for step in _STEPS), (last_key, 0))
    after = 0
    while True:
        keys = (_row(connection, statement, after + step) for statement, step in tried)
        found = (
            read(row[0]) if row and isinstance(row[0], int) and row[0] > after else None
            for row in keys
        )
        tries, events = next(((at, one) for at, one in enumerate(found) if one), (0, None))
        if events is None:
            return
        if tries:  # else there is a hole at most, which facts and removed rooms leave
            yield from filter(None, map(read, range(after + 1, events[0].seq)))
        yield events
        after = events[-1].seq


def _segment(connection: sqlite3.Connection, statement: str, key: int) -> list[AnyLogged] | None:
    """Return the events of the row with this key, None if there is none, or none that is sound."""
    row = _row(connection, statement, key)
    events = attempt(partial(_decoded, row[0])) if row else None
    return events if events and events[-1].seq == key else None


def _decoded(sealed: bytes | None) -> list[AnyLogged]:
    return _segments.decode(unsealed(sealed))[0]


def _row(connection: sqlite3.Connection, statement: str, *values: int) -> tuple[Any, ...] | None:
    """Return the first row, None if there is none or if it cannot be read."""
    row: tuple[Any, ...] | None = attempt(lambda: connection.execute(statement, values).fetchone())
    return row
