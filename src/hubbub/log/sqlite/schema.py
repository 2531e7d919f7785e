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
CREATE INDEX changes ON segments (kind, target) WHERE target IS NOT NULL;
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
# Only a batch with edits or deletions has `blanked`, of [last, body], and `reworded`, of [seq,
# room, words before, words now or null] (see changes.py): no other batch pays for them.
_BATCHES = """
CREATE VIEW batches AS
    SELECT '' AS rooms, '' AS segments, x'' AS bodies, '' AS nonces, 0 AS expired,
           '' AS blanked, '' AS reworded
    WHERE false;
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

# Words come from words.py, parted by spaces; the tokenizer does no more than to tell them apart.
# The index keeps no text of its own (content=''): to take a message out, FTS5 must be told exactly
# what was put in. Nor does it keep how long texts are, which would only serve to rank them. `place`
# holds the room's token, and `direct` in private rooms, so that a search skips other rooms inside
# the index. Taking out adds a mark; the words go when the segments that hold them are merged.
_SEARCH = """
CREATE VIRTUAL TABLE search USING fts5(
    text, place, content='', columnsize=0, tokenize="ascii tokenchars '+#&.'"
);
CREATE TABLE watermark (  -- one row
    seq INTEGER NOT NULL,        -- of the messages up to it, the index holds how they read now
    rules TEXT NOT NULL,         -- by which their words were split (see words.py)
    taken_out INTEGER NOT NULL,  -- how often messages were taken out of the index
    scrubbed INTEGER NOT NULL    -- of how many of these times the index holds no words any more
);
INSERT INTO watermark VALUES (0, '', 0, 0);
CREATE VIEW places AS
    SELECT name AS room, 'r' || id || iif(direct, ' direct', '') AS place FROM rooms;
CREATE VIEW portions AS SELECT seq AS upto, '' AS messages FROM watermark WHERE false;
CREATE TRIGGER portion_indexed INSTEAD OF INSERT ON portions BEGIN
    INSERT INTO search (rowid, text, place)
        SELECT first + said.key, said.value, place
        FROM (
            SELECT json_extract(value, '$[0]') AS first, json_extract(value, '$[2]') AS words,
                   (SELECT place FROM places WHERE room = json_extract(value, '$[1]')) AS place
            FROM json_each(NEW.messages) LIMIT -1
        ) CROSS JOIN json_each(words) AS said
        WHERE said.value IS NOT NULL;
    UPDATE watermark SET seq = NEW.upto;
END;
CREATE VIEW rules AS SELECT rules FROM watermark;
CREATE TRIGGER rules_changed INSTEAD OF INSERT ON rules BEGIN
    INSERT INTO search (search) VALUES ('delete-all');
    UPDATE watermark SET seq = 0, rules = NEW.rules, taken_out = 0, scrubbed = 0;
END;
CREATE TRIGGER texts_changed INSTEAD OF INSERT ON batches WHEN NEW.blanked IS NOT NULL BEGIN
    UPDATE segments SET body = json_extract(value, '$[1]')
        FROM json_each(NEW.blanked) WHERE last = json_extract(value, '$[0]');
    INSERT INTO search (search, rowid, text, place)
        SELECT 'delete', json_extract(value, '$[0]'), json_extract(value, '$[2]'), place
        FROM json_each(NEW.reworded) CROSS JOIN places ON room = json_extract(value, '$[1]');
    INSERT INTO search (rowid, text, place)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[3]'), place
        FROM json_each(NEW.reworded) CROSS JOIN places ON room = json_extract(value, '$[1]')
        WHERE json_extract(value, '$[3]') IS NOT NULL;
    UPDATE watermark SET taken_out = taken_out + json_array_length(NEW.reworded);
END;
"""

FORMAT_FLOOR = 3  # nobody was given a hubbub that wrote an older one
MIGRATIONS = (_TABLES + _BATCHES + _SEARCH,)
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
