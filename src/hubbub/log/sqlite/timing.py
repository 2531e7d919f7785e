"""Finds the place of a time in the log: by halves, since what is logged later has a later time.

Where the server's clock was put back, the place is one of those that the time has.
"""

import sqlite3

# What is left of rooms that were removed tells no time; a few such rows are passed over.
_PROBE = """
SELECT first, json_extract(body, '$[' || max(:seq - first, 0) || '].at') FROM (
    SELECT first, kind, body FROM segments WHERE last >= :seq ORDER BY last LIMIT 100
) WHERE kind <> 'gone' LIMIT 1
"""
_REST = "SELECT count(*) FROM (SELECT 1 FROM segments WHERE last >= :seq LIMIT 1)"
_END = "SELECT coalesce(max(last), 0) + 1 FROM segments"


def read_seqs_at(connection: sqlite3.Connection, at: int) -> tuple[int, int]:
    """Return between which seqs the first event that came `at` a time or later stands."""
    (high,) = connection.execute(_END).fetchone()  # from here on, all came then or later
    low = 0  # up to here, all came earlier
    while high - low > 1:
        middle = (low + high) // 2
        row = connection.execute(_PROBE, {"seq": middle}).fetchone()
        if row is None and connection.execute(_REST, {"seq": middle}).fetchone() != (0,):
            break
        first, came = row or (high, at)
        if came is None:
            break
        seq = max(first, middle)
        if seq < high and came < at:
            low = seq
        else:
            high = middle
    return low + 1, high
