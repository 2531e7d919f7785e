"""Reads of heads, epochs, backlogs and pages; each is one statement that returns one row.

So each sees one snapshot, and takes the GIL back once (see schema.py). Segments arrive as one JSON
array, which is decoded in one call, and are cut here to what was asked for. They are sorted here:
SQLite promises no order within group_concat, and to sort what is in order costs next to nothing.
"""

import sqlite3
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import NotRequired, TypedDict

import msgspec

from hubbub.chat.events import AnyLogged, Message, Page
from hubbub.chat.queries import Epoch, Head, PageQuery
from hubbub.log.newest import as_it_reads, fitting, newest_of
from hubbub.log.pages import folded_page
from hubbub.log.sqlite.connection import Durability, connect

SEQ_MAX = 2**63 - 1

_HEADS = """
SELECT json_group_array(json_object('room', name, 'first', first, 'last', last, 'topic', topic))
FROM heads
"""
_EPOCHS = """
SELECT json_group_array(json_object('id', id, 'start', start))
FROM (SELECT id, start FROM epochs ORDER BY number)
"""

# From segment to segment until there is enough: what is read depends on what was asked for alone.
# A row shows the newest texts of the messages from `low` to `high`: a segment those that it holds,
# an edit the one that it changed. They count too; those of the last row are not in its total yet.
BACKLOG = """
WITH RECURSIVE taken (last, low, high, total) AS MATERIALIZED (
    SELECT :after, 1, 0, 0
    UNION ALL
    SELECT s.last,
           iif(s.said, s.first, iif(s.kind = 'edited', s.target, 1)),
           iif(s.said, s.last, iif(s.kind = 'edited', s.target, 0)),
           total + s.size + <shown>
    FROM taken CROSS JOIN segments AS s ON s.last = min(
        coalesce((
            SELECT min(last) FROM segments
            WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND said = 1
                  AND last > taken.last
        ), :seq_max),
        coalesce((
            SELECT min(last) FROM segments
            WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND said = 0
                  AND last > taken.last
        ), :seq_max)
    )
    WHERE total + s.size + <shown> <= :bytes_max OR total = 0
)
SELECT
    (SELECT '[' || coalesce(group_concat(body, ','), '') || ']'
     FROM taken CROSS JOIN segments USING (last) WHERE last > :after),
    (SELECT '[' || coalesce(group_concat(body, ','), '') || ']' FROM segments WHERE last IN (
        SELECT change.last FROM taken CROSS JOIN segments AS change
            ON change.kind IN ('deleted', 'edited') AND change.target BETWEEN low AND high
        WHERE change.kind = 'deleted' OR change.last = (
            SELECT max(last) FROM segments WHERE target = change.target AND kind = 'edited'
        )
    ))
""".replace(
    "<shown>",
    """coalesce(iif(
        low = high,
        (SELECT size FROM segments
         WHERE target = low AND kind = 'edited' ORDER BY last DESC LIMIT 1),
        (SELECT sum(size) FROM segments WHERE target BETWEEN low AND high AND kind = 'edited')
    ), 0)""",
)

# Of each segment, the page needs the messages from `low` to `high`; before them, `missing` were.
_CHOSEN = """
RECURSIVE chosen (last, low, high, body, missing) AS MATERIALIZED (
    SELECT {start}, 1, 0, NULL, :limit + 1
    UNION ALL
    SELECT s.last, {low}, {high}, s.body, {missing}
    FROM chosen CROSS JOIN segments AS s ON s.last = (
        SELECT last FROM segments
        WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND said = 1
              AND last {beyond} chosen.last
        ORDER BY last {direction} LIMIT 1
    )
    WHERE {missing} > 0 AND s.last > :after AND s.first < :before
)
"""
_MISSING = "(missing - (high - low + 1))"
_LOW = "max(s.first, :after + 1)"
_HIGH = "min(s.last, :before - 1)"

_FOLDED = """
WITH {chosen}
SELECT
    (SELECT '[' || coalesce(group_concat(body, ','), '') || ']' FROM chosen),
    (SELECT '[' || coalesce(group_concat(change.body, ','), '') || ']'
     FROM chosen CROSS JOIN segments AS change
         ON change.kind IN ('deleted', 'edited', 'reaction') AND change.target BETWEEN low AND high
     WHERE change.kind <> 'edited' OR change.last = (
         SELECT max(last) FROM segments WHERE target = change.target AND kind = 'edited'
     )),
    (SELECT coalesce(max(last), 0) FROM segments)
"""


def folding(chosen: str) -> str:
    """Return the statement for a page of the table `chosen`, which has low, high and body."""
    return _FOLDED.format(chosen=chosen)


OLDEST = folding(
    _CHOSEN.format(
        start=":after",
        beyond=">",
        direction="ASC",
        low=_LOW,
        high=f"min({_HIGH}, {_LOW} + {_MISSING} - 1)",
        missing=_MISSING,
    )
)
NEWEST = folding(
    _CHOSEN.format(
        # The first segment may hold :before, and what it needs of it is what stands before.
        start="""coalesce((
            SELECT last + (first < :before) FROM segments
            WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND said = 1
                  AND last >= :before
            ORDER BY last LIMIT 1
        ), :before)""",
        beyond="<",
        direction="DESC",
        low=f"max({_LOW}, {_HIGH} - {_MISSING} + 1)",
        high=_HIGH,
        missing=_MISSING,
    )
)

_heads = msgspec.json.Decoder(list[Head])
_epochs = msgspec.json.Decoder(list[Epoch])
_events = msgspec.json.Decoder(list[list[AnyLogged]])
_messages = msgspec.json.Decoder(list[list[Message]])
_seq_of = attrgetter("seq")


def open_to_read(folder: Path, durability: Durability) -> sqlite3.Connection:
    """Return a connection to a log that a Writer brought up to date."""
    connection = connect(folder, durability)
    connection.execute("PRAGMA query_only = ON")
    connection.text_factory = bytes  # all text read here is JSON, which is decoded from bytes
    return connection


def read_heads(connection: sqlite3.Connection) -> list[Head]:
    """Return the head of every room that has events."""
    return _heads.decode(connection.execute(_HEADS).fetchone()[0])


def read_epochs(connection: sqlite3.Connection) -> list[Epoch]:
    """Return the log's epochs in order."""
    return _epochs.decode(connection.execute(_EPOCHS).fetchone()[0])


def read_backlog(
    connection: sqlite3.Connection, room: str, after: int, bytes_max: int
) -> list[AnyLogged]:
    """Return the room's next events after `after` as they read now, about `bytes_max` of them."""
    asked = {"room": room, "after": after, "bytes_max": bytes_max, "seq_max": SEQ_MAX}
    segments, changes = connection.execute(BACKLOG, asked).fetchone()
    found = sorted((e for e in chain(*_events.decode(segments)) if e.seq > after), key=_seq_of)
    newest = newest_of(sorted(chain(*_events.decode(changes)), key=_seq_of))
    if not newest:
        return found
    return fitting((as_it_reads(event, newest) for event in found), bytes_max)


class Asked(TypedDict):
    """The parameters of a page's statement; `words` of a search's."""

    room: str | None
    after: int
    before: int
    limit: int
    words: NotRequired[str]


def read_page(connection: sqlite3.Connection, query: PageQuery) -> Page:
    """Return a page of messages with their newest texts and their reactions."""
    asked: Asked = {
        "room": query.room,
        "after": 0 if query.after is None else query.after,
        "before": SEQ_MAX if query.before is None else query.before,
        "limit": query.limit,
    }
    ascending = query.after is not None
    return read_folded(connection, OLDEST if ascending else NEWEST, asked, ascending=ascending)


def read_folded(
    connection: sqlite3.Connection, statement: str, asked: Asked, *, ascending: bool
) -> Page:
    """Return the page that `statement`, made by `folding`, finds."""
    segments, changes, last = connection.execute(statement, asked).fetchone()
    after, before = asked["after"], asked["before"]
    messages = [m for m in chain(*_messages.decode(segments)) if after < m.seq < before]
    return folded_page(
        asked["room"],
        sorted(messages, key=_seq_of),
        sorted(chain(*_events.decode(changes)), key=_seq_of),
        ascending=ascending,
        limit=asked["limit"],
        last=last,
    )
