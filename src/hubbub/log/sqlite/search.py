"""The search index: filled behind the commits, and read.

A commit never waits for more than one portion. The index may lag for as long as INDEX_AFTER_SECONDS
and what a few portions take, which keeps the promise of a second.
"""

import asyncio
import logging
import sqlite3
from functools import partial

from hubbub.chat.errors import LogError
from hubbub.chat.events import Page
from hubbub.chat.queries import SearchQuery
from hubbub.log.sqlite.connection import OwnedConnection
from hubbub.log.sqlite.reader import SEQ_MAX, Asked, folding, read_folded
from hubbub.log.sqlite.writer import Writer

INDEX_AFTER_SECONDS = 0.2  # many commits share a portion, which costs less than one each
RETRY_SECONDS = 1.0
PORTION_EVENTS = 500
PORTION_EVENT_BYTES = 500  # a portion of few long messages takes no longer
WORDS_MAX = 64  # each is a walk through the index, and other searches wait meanwhile

_logger = logging.getLogger(__name__)

# Seqs count events: no segment has as many as any portion may have.
PORTION_END = """
SELECT max(last) FROM (
    SELECT last, size, sum(size) OVER (ORDER BY last ROWS UNBOUNDED PRECEDING) AS total
    FROM segments WHERE last > :after AND last <= :after + :events_max
) WHERE total <= :bytes_max OR total = size
"""
_WATERMARK = "SELECT seq FROM watermark"
_FILL = "INSERT INTO portions (after, upto) VALUES (?, ?)"

# A message that was deleted a moment ago may still be in the index.
_CHOSEN = """
chosen (low, high, body) AS MATERIALIZED (
    SELECT search.rowid, search.rowid,
           '[' || json_extract(s.body, '$[' || (search.rowid - s.first) || ']') || ']'
    FROM search CROSS JOIN segments AS s ON s.last = (
        SELECT last FROM segments WHERE last >= search.rowid ORDER BY last LIMIT 1
    )
    WHERE search MATCH {match} AND search.rowid < :before
          AND NOT EXISTS (SELECT 1 FROM segments WHERE target = search.rowid AND kind = 'deleted')
    ORDER BY search.rowid DESC LIMIT :limit + 1
)
"""
EVERYWHERE = folding(_CHOSEN.format(match=":words || ' NOT place : direct'"))
# A room without events has no id; no room has id 0.
IN_ROOM = folding(
    _CHOSEN.format(
        match=":words || ' AND place : r' || coalesce((SELECT id FROM rooms WHERE name = :room), 0)"
    )
)


class Index:
    """Fills the index in the writer's thread, in portions that take turns with the commits."""

    def __init__(self, writer: Writer, connection: OwnedConnection) -> None:
        self._writer = writer
        self._connection = connection
        self._behind = asyncio.Event()
        self._behind.set()  # an earlier run may have ended before its index was filled
        self._filling = asyncio.create_task(self._keep_filled())

    def follow(self) -> None:
        """Take in what was just committed, soon."""
        self._behind.set()

    async def _keep_filled(self) -> None:
        while True:
            await self._behind.wait()
            await asyncio.sleep(INDEX_AFTER_SECONDS)
            self._behind.clear()
            try:
                while await self._connection.run(partial(fill_portion, self._writer)):
                    pass
            except LogError as error:
                _logger.warning("New messages cannot be searched for the moment. %s", error)
                self._behind.set()
                await asyncio.sleep(RETRY_SECONDS)

    async def close(self) -> None:
        """Stop; what is not indexed yet waits for the next start."""
        self._filling.cancel()
        await asyncio.wait([self._filling])


def fill_portion(writer: Writer, connection: sqlite3.Connection) -> bool:
    """Index the next portion of what `writer` has committed; tell whether there is more."""
    (after,) = connection.execute(_WATERMARK).fetchone()
    if after >= writer.last:
        return False
    # Commits and portions take turns: a portion of twice the last commit catches up with any
    # stream of commits, and delays the next by no more than its own size calls for.
    events_max = max(PORTION_EVENTS, 2 * writer.last_committed)
    asked = {
        "after": after,
        "events_max": events_max,
        "bytes_max": events_max * PORTION_EVENT_BYTES,
    }
    (upto,) = connection.execute(PORTION_END, asked).fetchone()
    connection.execute(_FILL, (after, upto))
    return bool(upto < writer.last)


def read_search(connection: sqlite3.Connection, query: SearchQuery) -> Page:
    """See `Log.search`."""
    asked: Asked = {
        "words": _match(query.words),
        "room": query.room,
        "after": 0,
        "before": SEQ_MAX if query.before is None else query.before,
        "limit": query.limit,
    }
    statement = EVERYWHERE if query.room is None else IN_ROOM
    return read_folded(connection, statement, asked, ascending=False)


def _match(words: str) -> str:
    """Return the FTS5 query for messages that hold each word's beginning.

    Within quotes FTS5 knows no syntax. It ends a query at a NUL, so that counts as a space.
    """
    distinct = list(dict.fromkeys(words.replace("\0", " ").split()))[:WORDS_MAX]
    quoted = ['"{}"*'.format(word.replace('"', '""')) for word in distinct]
    return f"(text : ({' '.join(quoted)}))" if quoted else '""'
