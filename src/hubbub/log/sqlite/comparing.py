"""Compares the search index with the log, window by window, for damage that nothing else notices.

A letter of the index that became another is no fault to SQLite: a word is not found any more, and
nobody knows of it. FTS5 can check itself, but in one statement for all of the index, which is a
write, so commits would wait for it; and as it has no texts, it knows nothing to compare with.

How it works. What the index must have of the messages of a window (portions.py) is made of their
texts once more. Each token is looked up, as a search does, and what is found must be the same; and
so many tokens, and no more, must be in the window. So what is not damaged is found, and nothing
else. Both are read within one transaction, which sees one moment of the log.

What is not looked at: the lists that help to skip pages of a token that thousands of messages of
one window have.
"""

import sqlite3
from collections.abc import Sequence
from itertools import chain

import msgspec

from hubbub.chat.events import AnyLogged
from hubbub.log.newest import newest_of
from hubbub.log.sqlite.around import attempt
from hubbub.log.sqlite.failures import Unsound
from hubbub.log.sqlite.portions import PLACES, Indexable, as_they_read, tokens_in
from hubbub.log.sqlite.seals import unsealed

_TOKENS = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.tokens USING fts5vocab(main, search, instance)"
# While a room that was removed is being cleared (removing.py), nobody knows what is in the index.
_WINDOW = """
SELECT first, coalesce((SELECT min(first) FROM windows WHERE first > window.first) - 1, seq),
       EXISTS (SELECT 1 FROM going)
FROM (SELECT min(first) AS first FROM windows WHERE first > ?) AS window, watermark
WHERE first NOT NULL
"""
_SAID = """
SELECT
    (SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']' FROM segments
     WHERE last >= :first AND +said = 1 AND last <= coalesce(
         (SELECT min(last) FROM segments WHERE last >= :upto), :upto
     )),
    (SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']' FROM segments WHERE last IN (
        SELECT newest FROM folds WHERE seq BETWEEN :first AND :upto
    ))
"""
_COUNTS = """
WITH wanted (doc, offset, term) AS MATERIALIZED (
    SELECT CAST(message.key AS INTEGER), token.key, token.value
    FROM json_each(:wanted) AS message CROSS JOIN json_each(message.value) AS token
),
found (doc, offset, term) AS MATERIALIZED (
    SELECT tokens.doc, tokens.offset, tokens.term
    FROM (SELECT DISTINCT term FROM wanted) AS each CROSS JOIN tokens ON tokens.term = each.term
)
SELECT (SELECT count(*) FROM wanted),
       (SELECT count(*) FROM found),
       (SELECT count(*) FROM (SELECT * FROM found INTERSECT SELECT * FROM wanted)),
       (SELECT count(*) FROM tokens WHERE term >= :first || '.' AND term < :first || '/')
"""

_segments = msgspec.json.Decoder(list[list[Indexable]])
_changes = msgspec.json.Decoder(list[list[AnyLogged]])
_places = msgspec.json.Decoder(dict[str, str])
_encode = msgspec.json.Encoder().encode


def compare_window(connection: sqlite3.Connection, after: int) -> int | None:
    """Compare the first window behind `after`; return the seq with which it begins.

    None if there is none. Raises Unsound if the index does not have what the log has. What cannot
    be read of the log is passed over: whoever reads that finds it (watch.py).
    """
    connection.execute("PRAGMA query_only = OFF")  # the table is in memory alone
    connection.execute(_TOKENS)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("BEGIN")
    try:
        return _compare(connection, after)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _compare(connection: sqlite3.Connection, after: int) -> int | None:
    window = connection.execute(_WINDOW, (after,)).fetchone()
    if window is None:
        return None
    first, upto, is_clearing = window
    wanted = None if is_clearing else attempt(lambda: _wanted(connection, first, upto))
    if wanted is not None:
        asked = {"wanted": _encode(wanted).decode(), "first": first}
        if len(set(connection.execute(_COUNTS, asked).fetchone())) != 1:
            raise Unsound(f"its search index is not right from {first} to {upto}")
    return int(first)


def _wanted(connection: sqlite3.Connection, first: int, upto: int) -> dict[int, Sequence[str]]:
    """Return the tokens that the index must have of the messages between two seqs."""
    asked = {"first": first, "upto": upto}
    said, changes = connection.execute(_SAID, asked).fetchone()
    newest = newest_of(chain(*_changes.decode(unsealed(changes))))
    segments = [
        as_they_read([one for one in segment if first <= one.seq <= upto], newest)
        for segment in _segments.decode(unsealed(said))
    ]
    rooms = _encode({one.room for segment in segments for one in segment}).decode()
    places = _places.decode(connection.execute(PLACES, (rooms,)).fetchone()[0])
    tokens = tokens_in(filter(None, segments), lambda *_: first, places, rests=True)
    return {seq: entry.split(" ") for seq, entry in tokens.items()}
