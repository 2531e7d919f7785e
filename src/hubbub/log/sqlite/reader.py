"""Reads of heads, backlogs and pages; each is one statement that returns one row.

So each sees one snapshot, and takes the GIL back once (see schema.py). Lists arrive as one JSON
array, which is decoded in one call. They are sorted here: SQLite promises no order within
group_concat, and to sort what is in order already costs next to nothing.
"""

import sqlite3
from collections.abc import Mapping
from operator import attrgetter
from pathlib import Path

import msgspec

from hubbub.chat.events import AnyLogged, Message, Page
from hubbub.chat.queries import Head, PageQuery
from hubbub.log.pages import folded_page
from hubbub.log.sqlite.connection import Durability, connect

BACKLOG_EVENTS_MAX = 1000
EVENT_BYTES_MIN = 64  # no event's JSON is shorter, so no more than this many need measuring
SEQ_MAX = 2**63 - 1

_HEADS = """
SELECT json_group_array(json_object(
    'room', name, 'first', first, 'last', last, 'topic', coalesce(topic, '')
)) FROM rooms
"""

# The inner query measures the backlog in the index; the outer one reads what fits.
BACKLOG = """
SELECT '[' || coalesce(group_concat(body, ','), '') || ']' FROM (
    SELECT body FROM events
    WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND seq > :after AND seq <= (
        SELECT max(seq) FROM (
            SELECT seq, size, sum(size) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) AS total
            FROM (
                SELECT seq, size FROM events
                WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND seq > :after
                ORDER BY seq LIMIT :events_max
            )
        ) WHERE total <= :bytes_max OR total = size
    ) ORDER BY seq
)
"""

_CHOSEN = """
SELECT seq, body FROM events
WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND kind = 'message'
      AND seq > :after AND seq < :before
ORDER BY seq {direction} LIMIT :limit + 1
"""

_FOLDED = """
WITH chosen AS MATERIALIZED ({chosen})
SELECT
    (SELECT '[' || coalesce(group_concat(body, ','), '') || ']' FROM chosen),
    (SELECT '[' || coalesce(group_concat(body, ','), '') || ']' FROM events AS change
     WHERE target IN (SELECT seq FROM chosen) AND (kind <> 'edited' OR seq = (
         SELECT max(seq) FROM events WHERE target = change.target AND kind = 'edited'
     ))),
    (SELECT coalesce(max(seq), 0) FROM events)
"""


def folding(chosen: str) -> str:
    """Return the statement for a page of the messages `chosen`: a SELECT of seq and body."""
    return _FOLDED.format(chosen=chosen)


NEWEST = folding(_CHOSEN.format(direction="DESC"))
OLDEST = folding(_CHOSEN.format(direction="ASC"))

_heads = msgspec.json.Decoder(list[Head])
_events = msgspec.json.Decoder(list[AnyLogged])
_messages = msgspec.json.Decoder(list[Message])
_seq_of = attrgetter("seq")


def open_to_read(folder: Path, durability: Durability) -> sqlite3.Connection:
    """Return a connection to a log that a Writer brought up to date."""
    connection = connect(folder, durability)
    connection.execute("PRAGMA query_only = ON")
    connection.text_factory = bytes  # all text read here is JSON, which is decoded from bytes
    return connection


def read_heads(connection: sqlite3.Connection) -> list[Head]:
    """See `Log.heads`."""
    return _heads.decode(connection.execute(_HEADS).fetchone()[0])


def read_backlog(
    connection: sqlite3.Connection, room: str, after: int, bytes_max: int
) -> list[AnyLogged]:
    """See `Log.backlog`."""
    asked = {
        "room": room,
        "after": after,
        "bytes_max": bytes_max,
        "events_max": min(BACKLOG_EVENTS_MAX, bytes_max // EVENT_BYTES_MIN + 1),
    }
    (found,) = connection.execute(BACKLOG, asked).fetchone()
    return sorted(_events.decode(found), key=_seq_of)


def read_page(connection: sqlite3.Connection, query: PageQuery) -> Page:
    """See `Log.page`."""
    asked: dict[str, str | int] = {
        "room": query.room,
        "after": 0 if query.after is None else query.after,
        "before": SEQ_MAX if query.before is None else query.before,
        "limit": query.limit,
    }
    ascending = query.after is not None
    return read_folded(
        connection,
        OLDEST if ascending else NEWEST,
        asked,
        room=query.room,
        ascending=ascending,
        limit=query.limit,
    )


def read_folded(
    connection: sqlite3.Connection,
    statement: str,
    asked: Mapping[str, str | int | None],
    *,
    room: str | None,
    ascending: bool,
    limit: int,
) -> Page:
    """Return the page that `statement`, made by `folding`, finds."""
    messages, changes, last = connection.execute(statement, asked).fetchone()
    return folded_page(
        room,
        sorted(_messages.decode(messages), key=_seq_of),
        sorted(_events.decode(changes), key=_seq_of),
        ascending=ascending,
        limit=limit,
        last=last,
    )
