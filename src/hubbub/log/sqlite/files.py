"""Which files messages hold: a row for each, written in the commit of its message.

The bytes are elsewhere, under their hash. When a message goes, in whatever way, its rows are loose
from that commit on: no message is theirs, and whoever keeps the bytes removes those that no other
message holds, and says so. So nothing is kept that nobody can read, whenever the server is killed.
"""

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from hubbub.chat.events import AnyLogged, Message

FILES = """
CREATE TABLE files (  -- those of messages
    id TEXT PRIMARY KEY,
    message INTEGER NOT NULL,  -- its seq; 0: it is gone, and the bytes are to follow
    hash TEXT NOT NULL,        -- of the bytes
    size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX files_by_message ON files (message);
CREATE INDEX files_by_hash ON files (hash);
"""

# `files` of a batch is a JSON array of [id, message, hash, size]; only one with files has it.
FILES_CHANGING = """
CREATE TRIGGER files_posted INSTEAD OF INSERT ON batches WHEN NEW.files IS NOT NULL BEGIN
    INSERT OR IGNORE INTO files (id, message, hash, size)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
               json_extract(value, '$[2]'), json_extract(value, '$[3]')
        FROM json_each(NEW.files);
END;
CREATE TRIGGER files_loosened INSTEAD OF INSERT ON batches WHEN NEW.folds IS NOT NULL BEGIN
    UPDATE files SET message = 0 WHERE message IN (
        SELECT json_extract(value, '$[0]') FROM json_each(NEW.folds)
        WHERE json_extract(value, '$[2]')
    );
END;
"""

_HOLDER = """
SELECT json_array(name, message)
FROM files CROSS JOIN segments ON segments.last = (
    SELECT last FROM segments WHERE last >= message ORDER BY last LIMIT 1
) CROSS JOIN rooms ON rooms.id = room_id
WHERE files.id = ? AND message > 0 AND rooms.id NOT IN (SELECT id FROM going)
"""
_STORED = """
SELECT json_group_object(name, size) FROM (
    SELECT name, sum(files.size) AS size
    FROM files CROSS JOIN segments ON segments.last = (
        SELECT last FROM segments WHERE last >= message ORDER BY last LIMIT 1
    ) CROSS JOIN rooms ON rooms.id = room_id
    WHERE message > 0 AND rooms.id NOT IN (SELECT id FROM going) GROUP BY rooms.id
)
"""
_LOOSE = """
SELECT json_group_array(hash) FROM (SELECT hash FROM files WHERE message = 0 LIMIT ?)
"""
_HELD = """
SELECT json_group_array(value) FROM json_each(?)
WHERE EXISTS (SELECT 1 FROM files WHERE hash = value AND message > 0)
"""
_FORGET = """
DELETE FROM files WHERE message = 0 AND hash IN (SELECT value FROM json_each(?))
"""
PUT = "INSERT OR IGNORE INTO files (id, message, hash, size) VALUES (?, ?, ?, ?)"
DROP_DELETED = "DELETE FROM files WHERE message IN (SELECT seq FROM folds WHERE deleted)"
_ALL = """
SELECT json_group_array(json_array(id, message, hash, size)) FROM files WHERE message > 0
"""

_NEWEST = "SELECT hash, size FROM files WHERE message > 0 ORDER BY message DESC"

LOOSE_AT_ONCE = 100

_hashes = msgspec.json.Decoder(list[str])
_sizes = msgspec.json.Decoder(dict[str, int])
_encode = msgspec.json.Encoder().encode

Row = tuple[str, int, str, int]
"""Id, seq of the message or 0, hash and size: see the table `files`."""

_holder = msgspec.json.Decoder(tuple[str, int])
_all = msgspec.json.Decoder(list[Row])


def rows_of(events: Iterable[AnyLogged], deleted: Iterable[int] = ()) -> list[Row]:
    """Return the rows of the files of messages; those that are `deleted` at once hold none."""
    return [
        (file.id, 0 if event.seq in deleted else event.seq, file.sha256, file.size)
        for event in events
        if isinstance(event, Message) and event.files
        for file in event.files
    ]


def read_holder(connection: sqlite3.Connection, id_: str) -> tuple[str, int] | None:
    """Return the room and the seq of the message that holds a file, None if there is none."""
    found = connection.execute(_HOLDER, (id_,)).fetchone()
    return _holder.decode(found[0]) if found else None


def read_was_said(connection: sqlite3.Connection, id_: str) -> bool:
    """Return whether a message holds this file, or held it and its bytes are to be removed."""
    return connection.execute("SELECT 1 FROM files WHERE id = ?", (id_,)).fetchone() is not None


def read_stored(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many bytes of files the messages of each room hold."""
    return _sizes.decode(connection.execute(_STORED).fetchone()[0])


def read_loose(connection: sqlite3.Connection) -> list[str]:
    """Return the hashes of some files whose messages are gone."""
    return _hashes.decode(connection.execute(_LOOSE, (LOOSE_AT_ONCE,)).fetchone()[0])


def read_held(connection: sqlite3.Connection, hashes: Sequence[str]) -> set[str]:
    """Return which of these hashes are of files that messages hold."""
    (found,) = connection.execute(_HELD, (_encode(hashes).decode(),)).fetchone()
    return set(_hashes.decode(found))


def forget_loose(connection: sqlite3.Connection, hashes: Sequence[str]) -> None:
    """Forget the files with these hashes whose messages are gone."""
    connection.execute(_FORGET, (_encode(hashes).decode(),))


def read_newest(connection: sqlite3.Connection, bytes_max: int) -> dict[str, int]:
    """Return the hashes of the newest files of messages that together have no more than so many
    bytes, the newest first, with their sizes; one that has more itself is passed over.
    """
    newest: dict[str, int] = {}
    left = bytes_max
    for found, size in connection.execute(_NEWEST):
        hash_ = found.decode()
        if hash_ in newest or size > bytes_max:
            continue
        if size > left:
            break
        left -= size
        newest[hash_] = size
    return newest


def read_all(connection: sqlite3.Connection) -> list[Row]:
    """Return the rows of all files that messages hold."""
    return _all.decode(connection.execute(_ALL).fetchone()[0])
