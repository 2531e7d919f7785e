"""Reads of the search index: one statement that returns one row, as those of reader.py."""

import sqlite3

from hubbub.chat.events import Page
from hubbub.chat.queries import SearchQuery
from hubbub.log.sqlite.reader import SEQ_MAX, Asked, folding, read_folded
from hubbub.log.words import phrases_of

# A message is in the index as it reads: its words went out in the commit that changed them.
_CHOSEN = """
chosen (low, high, body) AS MATERIALIZED (
    SELECT search.rowid, search.rowid,
           '[' || json_extract(s.body, '$[' || (search.rowid - s.first) || ']') || ']'
    FROM search CROSS JOIN segments AS s ON s.last = (
        SELECT last FROM segments WHERE last >= search.rowid ORDER BY last LIMIT 1
    )
    WHERE search MATCH {match} AND search.rowid < :before
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


def read_search(connection: sqlite3.Connection, query: SearchQuery) -> Page:
    """Return the page of messages that match `query`, found in the index."""
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
    """Return the FTS5 query for messages that hold each phrase; within quotes it has no syntax."""
    quoted = ['"{}"*'.format(" ".join(phrase)) for phrase in phrases_of(words)]
    return f"(text : ({' '.join(quoted)}))" if quoted else '""'
