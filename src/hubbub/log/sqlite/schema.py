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


_TABLES = """
CREATE TABLE rooms (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    direct INTEGER NOT NULL,
    first INTEGER NOT NULL,
    topic TEXT NOT NULL
);
CREATE TABLE segments (
    last INTEGER PRIMARY KEY,  -- the segment of any seq is the first whose last is not below it
    first INTEGER NOT NULL,
    room_id INTEGER NOT NULL,
    said INTEGER NOT NULL,     -- 1: messages, one or more; 0: one event of another kind
    kind TEXT NOT NULL,
    target INTEGER,
    size INTEGER NOT NULL,     -- bytes of the events, without what stands between them
    body TEXT NOT NULL         -- the events from first to last, as a JSON array
);
-- SQLite ends every entry by last: in order of it are a room's messages, and what else happened.
CREATE INDEX segments_by_room ON segments (room_id, said);
CREATE VIEW heads AS SELECT name, first, topic, max(
    coalesce((SELECT max(last) FROM segments WHERE room_id = id AND said = 1), 0),
    coalesce((SELECT max(last) FROM segments WHERE room_id = id AND said = 0), 0)
) AS last FROM rooms;
CREATE INDEX changes_by_target ON segments (target, kind) WHERE target IS NOT NULL;
CREATE TABLE epochs (number INTEGER PRIMARY KEY, id TEXT NOT NULL, start INTEGER NOT NULL);
CREATE TABLE nonces (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,  -- sender and nonce (see nonces.py)
    at INTEGER NOT NULL
);
"""

# JSON arrays: `rooms` of [name, direct, first, topic], of rooms that are new or have a new topic;
# `segments` of [last, first, room, kind, target or null, size, start], where start is the place of
# its body in `bodies`, counted from 1, for SQLite need not parse those; `nonces` of [seq, key, at].
# Nonces posted before `expired` go, oldest first, at most two for each that comes.
_BATCHES = """
CREATE VIEW batches AS
    SELECT '' AS rooms, '' AS segments, x'' AS bodies, '' AS nonces, 0 AS expired WHERE false;
CREATE TRIGGER batch_committed INSTEAD OF INSERT ON batches BEGIN
    INSERT INTO rooms (name, direct, first, topic)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
               json_extract(value, '$[2]'), json_extract(value, '$[3]')
        FROM json_each(NEW.rooms) WHERE true
        ON CONFLICT (name) DO UPDATE SET topic = excluded.topic;
    INSERT INTO segments (last, first, room_id, said, kind, target, size, body)
        SELECT last, first, (SELECT id FROM rooms WHERE name = room), kind = 'message', kind,
               target, size,
               CAST(substr(NEW.bodies, start, size + last - first + 2) AS TEXT)
        FROM (
            SELECT json_extract(value, '$[0]') AS last, json_extract(value, '$[1]') AS first,
                   json_extract(value, '$[2]') AS room, json_extract(value, '$[3]') AS kind,
                   json_extract(value, '$[4]') AS target, json_extract(value, '$[5]') AS size,
                   json_extract(value, '$[6]') AS start
            FROM json_each(NEW.segments)
        );
    INSERT OR REPLACE INTO nonces (seq, key, at)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
               json_extract(value, '$[2]')
        FROM json_each(NEW.nonces);
    DELETE FROM nonces WHERE at < NEW.expired AND seq IN (
        SELECT seq FROM nonces ORDER BY seq LIMIT 2 * json_array_length(NEW.nonces) * coalesce(
            (SELECT at < NEW.expired FROM nonces ORDER BY seq LIMIT 1), 0
        )
    );
END;
"""

# The messages that events of the portion edit or delete: their texts are looked up one by one.
# A plus keeps SQLite from other indexes than the one by seq, in which the portion stands together.
_CHANGED = """
SELECT +target AS target FROM segments
WHERE last > NEW.after AND last <= NEW.upto AND +kind IN ('edited', 'deleted')
"""

# Those messages as they read after event <seq>; without text once deleted (as chat/fold.py has it).
_READING = """
SELECT changed.target AS seq, 'r' || m.room_id || iif(rooms.direct, ' direct', '') AS place,
       iif(EXISTS (
           SELECT 1 FROM segments
           WHERE target = changed.target AND kind = 'deleted' AND last <= <seq>
       ), NULL, coalesce((
           SELECT json_extract(body, '$[0].text') FROM segments
           WHERE target = changed.target AND kind = 'edited' AND last <= <seq>
           ORDER BY last DESC LIMIT 1
       ), json_extract(m.body, '$[' || (changed.target - m.first) || '].text'))) AS text
FROM (SELECT DISTINCT target FROM (<changed>)) AS changed
CROSS JOIN segments AS m ON m.last = (
    SELECT last FROM segments WHERE last >= changed.target ORDER BY last LIMIT 1
)
CROSS JOIN rooms ON rooms.id = m.room_id
WHERE m.said = 1
"""

# The index keeps no text of its own (content=''): to take a message out, FTS5 must be told exactly
# what was put in, which is how the message read at the watermark. Nor does it keep how long texts
# are, which would only serve to rank them. `place` holds the room's token, and `direct` in private
# rooms, so that a search skips other rooms inside the index.
# unicode61 takes a run of Chinese or Japanese for one word, which is found by its beginning only.
# The trigram tokenizer would find its middle, but nothing shorter than three characters, and most
# Chinese words have two; its index is also several times larger.
_SEARCH = """
CREATE VIRTUAL TABLE search USING fts5(
    text, place, content='', columnsize=0, tokenize="unicode61 remove_diacritics 2"
);
CREATE TABLE watermark (seq INTEGER NOT NULL);  -- one row: the newest event that is in the index
INSERT INTO watermark VALUES (0);
CREATE VIEW portions AS SELECT seq AS after, seq AS upto FROM watermark WHERE false;
CREATE TRIGGER portion_indexed INSTEAD OF INSERT ON portions BEGIN
    INSERT INTO search (search, rowid, text, place)
        SELECT 'delete', seq, text, place FROM (<before>)
        WHERE seq <= NEW.after AND text IS NOT NULL;
    INSERT INTO search (rowid, text, place)
        SELECT m.first + said.key, json_extract(said.value, '$.text'),
               'r' || m.room_id || iif(rooms.direct, ' direct', '')
        FROM segments AS m CROSS JOIN rooms ON rooms.id = m.room_id
        CROSS JOIN json_each(m.body) AS said
        WHERE m.last > NEW.after AND m.last <= NEW.upto AND m.said = 1
              AND m.first + said.key NOT IN (<changed>);
    INSERT INTO search (rowid, text, place)
        SELECT seq, text, place FROM (<now>)
        WHERE text IS NOT NULL;
    UPDATE watermark SET seq = NEW.upto;
END;
"""

FORMAT_FLOOR = 3  # nobody was given a hubbub that wrote an older one
MIGRATIONS = (
    _TABLES
    + _BATCHES
    + _SEARCH.replace("<before>", _READING.replace("<seq>", "NEW.after"))
    .replace("<now>", _READING.replace("<seq>", "NEW.upto"))
    .replace("<changed>", _CHANGED),
)
"""The first makes a new file, of format FORMAT_FLOOR; each of the others raises it by one."""


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
    if tables and version < FORMAT_FLOOR:
        raise LogError(
            f"The log in {folder} was written by a hubbub from before the first release (its "
            f"format is {version}, this program knows none before {FORMAT_FLOOR}). "
            "Move the folder away, or choose another one."
        )
    newest = FORMAT_FLOOR + len(MIGRATIONS) - 1
    if version > newest:
        raise LogError(
            f"The log in {folder} was written by a newer hubbub (its format is {version}, this "
            f"program knows up to {newest}). "
            "Install the newer hubbub, or choose another folder."
        )
    for number, migration in enumerate(MIGRATIONS, start=FORMAT_FLOOR):
        if number <= version:
            continue
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
