"""What is known to be missing of a log that was made anew from a damaged one.

Readers are told of it as of any damage, and nobody else is warned of it again. What was cut off
from the log's end is a hole of the room '', for it is not known whose it was: its seqs are not
given again (acknowledged.py).
"""

import sqlite3
from collections.abc import Iterable

import msgspec

from hubbub.chat.events import Missing

_READ = """
SELECT json_group_array(json_object('type', 'missing', 'room', room, 'after', after, 'upto', upto))
FROM holes
"""
_WRITE = "INSERT INTO holes (room, after, upto) VALUES (?, ?, ?)"

_decoder = msgspec.json.Decoder(list[Missing])


def read_holes(connection: sqlite3.Connection) -> list[Missing]:
    """Return what is known to be missing."""
    (found,) = connection.execute(_READ).fetchone()
    return _decoder.decode(found)


def write_holes(connection: sqlite3.Connection, missing: Iterable[Missing]) -> None:
    """Note what is missing of a log that is being made."""
    connection.executemany(_WRITE, [(part.room, part.after, part.upto) for part in missing])
