"""The tables of hubbub.db and how an older file is brought up to date.

Every write is ONE statement: an INSERT into a view, whose trigger does all that belongs together.
Two reasons. Python's sqlite3 gives up the GIL at every step of a statement and, beside a busy event
loop, waits up to 5 ms to get it back: a batch in one step commits six times sooner than one in
twenty. And a single statement is its own transaction: it happens wholly or not at all, so
there is nothing to roll back. For the same reason every read returns one row.

Never change a migration that was released: add one.
"""

import sqlite3
from pathlib import Path

from hubbub.chat.errors import LogError

APPLICATION_ID = 0x68756262  # "hubb", which marks the file as ours for `file` and for us
SQLITE_FLOOR = (3, 37)
SEARCH_MODULE = "fts5"


# How message `m` read after event <seq>; NULL once deleted (as chat/fold.py has it).
_TEXT_AT = """
CASE WHEN EXISTS (
    SELECT 1 FROM events WHERE target = m.seq AND kind = 'deleted' AND seq <= <seq>
) THEN NULL ELSE json_extract(coalesce((
    SELECT body FROM events WHERE target = m.seq AND kind = 'edited' AND seq <= <seq>
    ORDER BY seq DESC LIMIT 1
), m.body), '$.text') END
"""

_TABLES = """
CREATE TABLE rooms (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    direct INTEGER NOT NULL,
    topic TEXT,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
);
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    room_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    target INTEGER,
    size INTEGER NOT NULL,  -- bytes of body; in the index below, a backlog is measured unread
    body TEXT NOT NULL      -- the event as JSON
);
CREATE INDEX events_by_room ON events (room_id, seq, size);
CREATE INDEX messages_by_room ON events (room_id, seq) WHERE kind = 'message';
CREATE INDEX changes_by_target ON events (target, kind) WHERE target IS NOT NULL;
CREATE TABLE nonces (
    seq INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    nonce TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE UNIQUE INDEX nonces_by_sender ON nonces (sender, nonce);
"""

# `events` is a JSON array of events; `rooms` of [name, direct, first, last, topic or null];
# `nonces` of [seq, sender, nonce, at]. Nonces posted before `expired` go, oldest first, at most
# two for each that comes.
_BATCHES = """
CREATE VIEW batches AS SELECT '' AS events, '' AS rooms, '' AS nonces, 0 AS expired WHERE false;
CREATE TRIGGER batch_committed INSTEAD OF INSERT ON batches BEGIN
    INSERT INTO rooms (name, direct, first, last, topic)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
               json_extract(value, '$[2]'), json_extract(value, '$[3]'),
               json_extract(value, '$[4]')
        FROM json_each(NEW.rooms) WHERE true
        ON CONFLICT (name) DO UPDATE SET
            last = excluded.last, topic = coalesce(excluded.topic, topic);
    INSERT INTO events (seq, room_id, kind, target, size, body)
        SELECT json_extract(value, '$.seq'),
               (SELECT id FROM rooms WHERE name = json_extract(value, '$.room')),
               json_extract(value, '$.type'), json_extract(value, '$.target'),
               length(CAST(value AS BLOB)), value
        FROM json_each(NEW.events);
    INSERT OR REPLACE INTO nonces (seq, sender, nonce, at)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
               json_extract(value, '$[2]'), json_extract(value, '$[3]')
        FROM json_each(NEW.nonces);
    DELETE FROM nonces WHERE at < NEW.expired AND seq IN (
        SELECT seq FROM nonces ORDER BY seq LIMIT 2 * json_array_length(NEW.nonces) * coalesce(
            (SELECT at < NEW.expired FROM nonces ORDER BY seq LIMIT 1), 0
        )
    );
END;
"""

# The index keeps no text of its own (content=''): to take a message out, FTS5 must be told exactly
# what was put in, which is how the message read at the watermark. `place` holds the room's token,
# and `direct` in private rooms, so that a search skips other rooms inside the index.
# unicode61 takes a run of Chinese or Japanese for one word, which is found by its beginning only.
# The trigram tokenizer would find its middle, but nothing shorter than three characters, and most
# Chinese words have two; its index is also several times larger.
_SEARCH = """
CREATE VIRTUAL TABLE search USING fts5(
    text, place, content='', tokenize="unicode61 remove_diacritics 2"
);
CREATE TABLE watermark (seq INTEGER NOT NULL);  -- one row: the newest event that is in the index
INSERT INTO watermark VALUES (0);
CREATE VIEW portions AS SELECT seq AS after, seq AS upto FROM watermark WHERE false;
CREATE TRIGGER portion_indexed INSTEAD OF INSERT ON portions BEGIN
    INSERT INTO search (search, rowid, text, place)
        SELECT 'delete', seq, text, place FROM (
            SELECT m.seq, <text before> AS text,
                   'r' || m.room_id || CASE WHEN rooms.direct THEN ' direct' ELSE '' END AS place
            FROM events AS m CROSS JOIN rooms ON rooms.id = m.room_id
            WHERE m.seq IN (
                SELECT target FROM events
                WHERE seq > NEW.after AND seq <= NEW.upto AND +kind IN ('edited', 'deleted')
            ) AND m.seq <= NEW.after AND +m.kind = 'message'
        ) WHERE text IS NOT NULL;
    INSERT INTO search (rowid, text, place)
        SELECT seq, text, place FROM (
            SELECT m.seq, <text now> AS text,
                   'r' || m.room_id || CASE WHEN rooms.direct THEN ' direct' ELSE '' END AS place
            FROM events AS m CROSS JOIN rooms ON rooms.id = m.room_id
            WHERE m.seq IN (
                SELECT coalesce(target, seq) FROM events
                WHERE seq > NEW.after AND seq <= NEW.upto
                      AND +kind IN ('message', 'edited', 'deleted')
            ) AND +m.kind = 'message'
        ) WHERE text IS NOT NULL;
    UPDATE watermark SET seq = NEW.upto;
END;
"""

MIGRATIONS = (
    _TABLES
    + _BATCHES
    + _SEARCH.replace("<text before>", _TEXT_AT.replace("<seq>", "NEW.after")).replace(
        "<text now>", _TEXT_AT.replace("<seq>", "NEW.upto")
    ),
)
"""The nth brings a file from `PRAGMA user_version` n to n + 1."""


def bring_up_to_date(connection: sqlite3.Connection, folder: Path) -> None:
    """Create or migrate the tables; raise LogError if this program cannot use the file."""
    _check_sqlite(connection)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and application != APPLICATION_ID:
        raise LogError(
            f"The hubbub.db in {folder} is the database of another program. "
            "Move it away, or choose another folder."
        )
    if version > len(MIGRATIONS):
        raise LogError(
            f"The log in {folder} was written by a newer hubbub (its format is {version}, this "
            f"program knows up to {len(MIGRATIONS)}). "
            "Install the newer hubbub, or choose another folder."
        )
    for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
        # user_version changes in the same transaction, so a crash leaves no half migration.
        connection.executescript(
            f"BEGIN IMMEDIATE; {migration} PRAGMA application_id = {APPLICATION_ID};"
            f"PRAGMA user_version = {number}; COMMIT;"
        )


def _check_sqlite(connection: sqlite3.Connection) -> None:
    if sqlite3.sqlite_version_info < SQLITE_FLOOR:
        raise LogError(
            f"This Python comes with SQLite {sqlite3.sqlite_version}, and hubbub needs "
            f"{'.'.join(map(str, SQLITE_FLOOR))}. Install a newer Python, for instance with uv."
        )
    modules = "SELECT count(*) FROM pragma_module_list WHERE name = ?"
    if connection.execute(modules, (SEARCH_MODULE,)).fetchone() == (0,):
        raise LogError(
            f"This Python's SQLite lacks full-text search ({SEARCH_MODULE}), which hubbub needs. "
            "Install another Python, for instance with uv."
        )
