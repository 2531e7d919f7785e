"""The tables of hubbub.db and how an older file is brought up to date.

Every write is ONE statement: an INSERT into a view, whose trigger does all that belongs together.
Two reasons. Python's sqlite3 gives up the GIL at every step of a statement and, beside a busy event
loop, waits up to 5 ms to get it back: a batch in one step commits six times sooner than one in
twenty. And a single statement is its own transaction: it happens wholly or not at all, so
there is nothing to roll back. For the same reason every read returns one row.

Never change an upgrade that was released: add one, and change the tables of now.
"""

import re
import shutil
import sqlite3
from pathlib import Path

from hubbub.chat.errors import LogError
from hubbub.chat.names import name_key
from hubbub.log.sqlite.answered import ANSWERED, ANSWERED_CHANGING
from hubbub.log.sqlite.fact_tables import FACTS, FACTS_CHANGING, LEADS, PRIVATE_ROOMS
from hubbub.log.sqlite.files import FILES, FILES_CHANGING
from hubbub.log.sqlite.going import CLEARING, DROPPED, GOING, REMOVING
from hubbub.log.sqlite.threads import (
    ANSWERS_FOUND,
    CHANGING,
    COUNT_ANSWERS,
    DROP_DELETED_ANSWERS,
    FILL_ANSWERS,
    RECOUNT_ANSWERS,
    THREADS,
)

APPLICATION_ID = 0x68756262  # "hubb", which marks the file as ours for `file` and for us
SQLITE_FLOOR = (3, 37)
SEARCH_MODULE = "fts5"


_REMOVED = """
CREATE TABLE removed (  -- rooms that an operator took out, even if there is one of the name again
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL  -- the newest seq of what went
) WITHOUT ROWID;
"""

_HOLES = """
CREATE TABLE holes (  -- what is known to be missing (see holes.py)
    room TEXT NOT NULL,
    after INTEGER NOT NULL,
    upto INTEGER NOT NULL,
    PRIMARY KEY (room, after)
) WITHOUT ROWID;
"""

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
    kind TEXT NOT NULL,        -- 'gone': of a room that was removed; its room_id is 0, of no room
    target INTEGER,
    size INTEGER NOT NULL,     -- bytes of the events, without what stands between them
    body TEXT NOT NULL,        -- the events from first to last, as a JSON array
    checksum TEXT,             -- of the body (see seals.py); none where an older hubbub wrote it
    sealed TEXT GENERATED ALWAYS AS ('"' || coalesce(checksum, '') || '",' || body) VIRTUAL
);
-- SQLite ends every entry by last: in order of it are a room's messages, and what else happened.
CREATE INDEX segments_by_room ON segments (room_id, said);
CREATE TABLE folds (                           -- what later events made of messages
    seq INTEGER PRIMARY KEY,                   -- of a message that any of them targeted
    newest INTEGER,                            -- its last edit, or its deletion
    deleted INTEGER NOT NULL DEFAULT 0,
    text_bytes INTEGER NOT NULL DEFAULT 0,     -- size of that edit
    reaction_bytes INTEGER NOT NULL DEFAULT 0  -- of the names in `reactions`
);
CREATE TABLE reactions (     -- those that stand
    target INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    key TEXT NOT NULL,       -- of the name (see names.py)
    name TEXT NOT NULL,
    seq INTEGER NOT NULL,    -- in order of it are the names of an emoji,
    since INTEGER NOT NULL,  -- and in order of this the emoji: the seq of what gave it first
    PRIMARY KEY (target, emoji, key)
) WITHOUT ROWID;
CREATE TABLE epochs (number INTEGER PRIMARY KEY, id TEXT NOT NULL, start INTEGER NOT NULL);
CREATE TABLE nonces (  -- as long as the log keeps its messages: they never go
    key TEXT PRIMARY KEY,  -- sender, room and nonce (see nonces.py)
    seq INTEGER NOT NULL
) WITHOUT ROWID;
"""

# JSON arrays: `rooms` of [name, direct, first, topic], of rooms that are new or have a new topic;
# `segments` of [last, first, room, kind, target or null, size, start, checksum], where start is the
# place of its body in `bodies`, counted from 1, for SQLite need not parse those; `nonces` of [key,
# seq]. Only a batch with edits or deletions has `blanked`, of [last, body, checksum], `reworded`,
# of [seq, room, words before, words now or null], and `folds`, of [seq, newest, deleted,
# text_bytes] (see changes.py); only one with reactions has `toggles`, of [target, emoji, key, name,
# seq, whether it stands]; `answers`, `pins` and `kept` are those of threads.py; only one with facts
# has `facts` (see fact_tables.py); only one with files has `files` (see files.py). No other batch
# pays for them.
_BATCHES = """
CREATE VIEW heads AS SELECT name, coalesce(nullif(first, 0), (
    SELECT min(s.first) FROM segments AS s WHERE s.last IN (  -- it had lost all that was said
        (SELECT min(last) FROM segments WHERE room_id = id AND said = 1),
        (SELECT min(last) FROM segments WHERE room_id = id AND said = 0)
    )
), 0) AS first, topic, max(
    coalesce((SELECT max(last) FROM segments WHERE room_id = id AND said = 1), 0),
    coalesce((SELECT max(last) FROM segments WHERE room_id = id AND said = 0), 0),
    coalesce((SELECT last FROM dropped WHERE room_id = id), 0)
) AS last FROM rooms WHERE id NOT IN (SELECT id FROM going);
CREATE VIEW batches AS
    SELECT '' AS rooms, '' AS segments, x'' AS bodies, '' AS nonces, '' AS blanked, '' AS reworded,
           '' AS folds, '' AS kept, '' AS toggles, '' AS answers, '' AS pins, '' AS facts,
           '' AS files
    WHERE false;
CREATE TRIGGER batch_committed INSTEAD OF INSERT ON batches BEGIN
    INSERT INTO rooms (name, direct, first, topic)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
               json_extract(value, '$[2]'), json_extract(value, '$[3]')
        FROM json_each(NEW.rooms) WHERE true
        ON CONFLICT (name) DO UPDATE SET topic = excluded.topic;
    INSERT INTO segments (last, first, room_id, said, kind, target, size, body, checksum)
        SELECT last, first, (SELECT id FROM rooms WHERE name = room), kind = 'message', kind,
               target, size,
               CAST(substr(NEW.bodies, start, size + last - first + 2) AS TEXT), checksum
        FROM (
            SELECT json_extract(value, '$[0]') AS last, json_extract(value, '$[1]') AS first,
                   json_extract(value, '$[2]') AS room, json_extract(value, '$[3]') AS kind,
                   json_extract(value, '$[4]') AS target, json_extract(value, '$[5]') AS size,
                   json_extract(value, '$[6]') AS start, json_extract(value, '$[7]') AS checksum
            FROM json_each(NEW.segments)
        );
    INSERT INTO nonces (key, seq)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
        FROM json_each(NEW.nonces) WHERE true
        ON CONFLICT (key) DO UPDATE SET seq = excluded.seq;  -- that of a room which is going
END;
"""

# What later events made of a message is kept, so no read and no change costs more because of how
# many there were before.
_FOLDING = """
CREATE TRIGGER folds_changed INSTEAD OF INSERT ON batches WHEN NEW.folds IS NOT NULL BEGIN
    INSERT INTO folds (seq, newest, deleted, text_bytes)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
               json_extract(value, '$[2]'), json_extract(value, '$[3]')
        FROM json_each(NEW.folds) WHERE true
        ON CONFLICT (seq) DO UPDATE SET
            newest = excluded.newest, deleted = excluded.deleted, text_bytes = excluded.text_bytes;
    DELETE FROM reactions WHERE target IN (
        SELECT json_extract(value, '$[0]') FROM json_each(NEW.folds)
        WHERE json_extract(value, '$[2]')
    );
END;
CREATE TRIGGER reactions_changed INSTEAD OF INSERT ON batches WHEN NEW.toggles IS NOT NULL BEGIN
    INSERT INTO toggles (target, emoji, key, name, seq, stands)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
               json_extract(value, '$[2]'), json_extract(value, '$[3]'),
               json_extract(value, '$[4]'), json_extract(value, '$[5]')
        FROM json_each(NEW.toggles) ORDER BY json_each.key;
    DELETE FROM reactions WHERE target IN (
        SELECT seq FROM json_each(NEW.toggles) CROSS JOIN folds ON seq = json_extract(value, '$[0]')
        WHERE deleted
    );
END;
CREATE VIEW toggles AS SELECT target, emoji, key, name, seq, 1 AS stands FROM reactions WHERE false;
CREATE TRIGGER reaction_given INSTEAD OF INSERT ON toggles WHEN NEW.stands BEGIN
    INSERT INTO reactions (target, emoji, key, name, seq, since)
        SELECT NEW.target, NEW.emoji, NEW.key, NEW.name, NEW.seq, coalesce(
            (SELECT since FROM reactions WHERE target = NEW.target AND emoji = NEW.emoji LIMIT 1),
            NEW.seq
        ) WHERE true
        ON CONFLICT DO UPDATE SET name = excluded.name, seq = excluded.seq;
END;
CREATE TRIGGER reaction_taken_back INSTEAD OF INSERT ON toggles WHEN NOT NEW.stands BEGIN
    DELETE FROM reactions WHERE target = NEW.target AND emoji = NEW.emoji AND key = NEW.key;
END;
CREATE TRIGGER reaction_stands AFTER INSERT ON reactions BEGIN
    INSERT INTO folds (seq, reaction_bytes) VALUES (NEW.target, length(CAST(NEW.name AS BLOB)))
    ON CONFLICT (seq) DO UPDATE SET reaction_bytes = reaction_bytes + excluded.reaction_bytes;
END;
CREATE TRIGGER reaction_renewed AFTER UPDATE ON reactions BEGIN
    UPDATE folds SET reaction_bytes =
        reaction_bytes - length(CAST(OLD.name AS BLOB)) + length(CAST(NEW.name AS BLOB))
    WHERE seq = NEW.target;
END;
CREATE TRIGGER reaction_gone AFTER DELETE ON reactions BEGIN
    UPDATE folds SET reaction_bytes = reaction_bytes - length(CAST(OLD.name AS BLOB))
    WHERE seq = OLD.target;
END;
"""

# Words come from words.py, parted by spaces; the tokenizer does no more than to tell them apart.
# The index keeps no text of its own (content=''): to take a message out, FTS5 must be told exactly
# what was put in. Nor does it keep how long texts are, which would only serve to rank them. Behind
# the words come tags (chat/tags.py), and last the `place`: the room's tag, and that of private
# rooms, so that a search skips other rooms inside the index. Taking out adds a mark; the words go
# when the segments that hold them are merged.
# Whatever FTS5 finds for the beginning of a word, it sorts in memory before it returns any of it.
# So the messages are divided into windows of so many words (see portions.py), and each token begins
# with that of its window, as `12.hello`. A search asks window after window, and none takes long.
_WINDOWS = """
CREATE TABLE windows (
    first INTEGER PRIMARY KEY,  -- the messages from this seq to the next window's are in it
    words INTEGER NOT NULL      -- of its messages when they were put in, and one for each message
);
"""
_SEARCH_TABLE = """
CREATE VIRTUAL TABLE search USING fts5(
    text, content='', columnsize=0, tokenize="ascii tokenchars '+#&.'"
);
"""
_SEARCH = (
    _SEARCH_TABLE
    + """
CREATE TABLE watermark (  -- one row
    seq INTEGER NOT NULL,        -- of the messages up to it, the index holds how they read now
    rules TEXT NOT NULL,         -- by which their words were split (see words.py)
    taken_out INTEGER NOT NULL,  -- how often messages were taken out of the index
    scrubbed INTEGER NOT NULL    -- of how many of these times the index holds no words any more
);
INSERT INTO watermark VALUES (0, '', 0, 0);
"""
)

# `messages`: a JSON object of all tokens of a message, as they stand in the index, by its seq. It
# is flat, and each text is looked at once: SQLite reads it anew for each look and level.
# `windows`: a JSON array of [first, words], of those that are new or have more words; `answers` of
# [seq, tag] (see answered.py).
_INDEXING = """
CREATE VIEW places AS
    SELECT name AS room, '·r' || id || iif(direct, ' ·direct', '') AS place FROM rooms;
CREATE VIEW portions AS
    SELECT seq AS upto, '' AS messages, '' AS windows, '' AS answers FROM watermark WHERE false;
CREATE TRIGGER portion_indexed INSTEAD OF INSERT ON portions BEGIN
    INSERT INTO windows (first, words)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
        FROM json_each(NEW.windows) WHERE true
        ON CONFLICT (first) DO UPDATE SET words = excluded.words;
    INSERT INTO search (rowid, text)
        SELECT CAST(key AS INTEGER), value FROM json_each(NEW.messages);
    INSERT INTO answered (seq, tag)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
        FROM json_each(NEW.answers) WHERE true
        ON CONFLICT (seq) DO UPDATE SET tag = excluded.tag;
    UPDATE watermark SET seq = NEW.upto;
END;
CREATE VIEW rules AS SELECT rules FROM watermark;
CREATE TRIGGER rules_changed INSTEAD OF INSERT ON rules BEGIN
    INSERT INTO search (search) VALUES ('delete-all');
    DELETE FROM windows;
    DELETE FROM answered;
    UPDATE watermark SET seq = 0, rules = NEW.rules, taken_out = 0, scrubbed = 0;
    UPDATE going SET indexed = 0;
END;
CREATE TRIGGER texts_changed INSTEAD OF INSERT ON batches WHEN NEW.blanked IS NOT NULL BEGIN
    UPDATE segments SET body = json_extract(value, '$[1]'),
                        checksum = iif(checksum IS NULL, NULL, json_extract(value, '$[2]'))
        FROM json_each(NEW.blanked) WHERE last = json_extract(value, '$[0]');
    INSERT INTO search (search, rowid, text)
        SELECT 'delete', seq, <before> FROM <reworded rows>;
    INSERT INTO search (rowid, text)
        SELECT seq, <now> FROM <reworded rows> WHERE now IS NOT NULL;
    UPDATE watermark SET taken_out = taken_out + json_array_length(NEW.reworded);
END;
"""
_REWORDED = """(
            SELECT json_extract(value, '$[0]') AS seq,
                   json_extract(value, '$[2]') || ' ' || place AS before,
                   json_extract(value, '$[3]') || ' ' || place AS now,
                   (SELECT max(first) FROM windows
                    WHERE first <= json_extract(value, '$[0]')) AS window
            FROM json_each(NEW.reworded) CROSS JOIN places ON room = json_extract(value, '$[1]')
        )"""


def _with_windows(sql: str) -> str:
    """Return `sql` with each column in <> as the tokens of its words in the window."""
    tokens = r"window || '.' || replace(\1, ' ', ' ' || window || '.')"
    return re.sub(r"<([\w.]+)>", tokens, sql)


FORMAT_FLOOR = 3
"""Nobody was given a hubbub that wrote an older one."""

UPGRADES = (
    # 4: a nonce belongs to its room as well, and is never forgotten.
    """
ALTER TABLE nonces RENAME TO earlier_nonces;
CREATE TABLE nonces (
    key TEXT PRIMARY KEY,
    seq INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO nonces (key, seq)
    SELECT substr(key, 1, instr(key, char(10))) || name || substr(key, instr(key, char(10))), seq
    FROM earlier_nonces CROSS JOIN rooms ON id = (
        SELECT room_id FROM segments WHERE last >= seq ORDER BY last LIMIT 1
    );
DROP TABLE earlier_nonces;
""",
    # 5: what later events made of a message is kept. `name_key` is that of names.py.
    """
CREATE TABLE folds (
    seq INTEGER PRIMARY KEY,
    newest INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0,
    text_bytes INTEGER NOT NULL DEFAULT 0,
    reaction_bytes INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE reactions (
    target INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    seq INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (target, emoji, key)
) WITHOUT ROWID;
INSERT INTO folds (seq, newest, deleted, text_bytes)
    SELECT target, newest, kind = 'deleted', iif(kind = 'edited', size, 0)
    FROM (
        SELECT target, coalesce(max(last) FILTER (WHERE kind = 'deleted'), max(last)) AS newest
        FROM segments WHERE kind IN ('deleted', 'edited') GROUP BY target
    ) CROSS JOIN segments USING (target) WHERE last = newest;
INSERT INTO reactions (target, emoji, key, name, seq, since)
    SELECT target, emoji, key, name, seq, min(seq) OVER (PARTITION BY target, emoji)
    FROM (
        SELECT target, json_extract(body, '$[0].emoji') AS emoji,
               name_key(json_extract(body, '$[0].from')) AS key,
               json_extract(body, '$[0].from') AS name, max(last) AS seq,
               json_extract(body, '$[0].on') AS stands
        FROM segments WHERE kind = 'reaction' GROUP BY target, emoji, key
    ) WHERE stands AND target NOT IN (SELECT seq FROM folds WHERE deleted);
INSERT INTO folds (seq, reaction_bytes)
    SELECT target, sum(length(CAST(name AS BLOB))) FROM reactions WHERE true GROUP BY target
    ON CONFLICT (seq) DO UPDATE SET reaction_bytes = excluded.reaction_bytes;
DROP INDEX changes;
""",
    # 6: a text in which the disk changed a letter is not taken for what was said.
    """
ALTER TABLE segments ADD COLUMN checksum TEXT;
ALTER TABLE segments ADD COLUMN
    sealed TEXT GENERATED ALWAYS AS ('"' || coalesce(checksum, '') || '",' || body) VIRTUAL;
""",
    # 7: the index is divided into windows, so it is filled anew.
    _WINDOWS
    + """
INSERT INTO search (search) VALUES ('delete-all');
UPDATE watermark SET seq = 0, taken_out = 0, scrubbed = 0;
""",
    # 8: it is known which rooms were removed.
    _REMOVED,
    # 9: there are facts.
    FACTS,
    # 10: it is known what was missing when the log was made anew.
    _HOLES,
    # 11: it is known which rooms are private.
    PRIVATE_ROOMS,
    # 12: rooms are removed step by step.
    GOING,
    # 13: there are pins and former texts, and it is known what answers what.
    THREADS + FILL_ANSWERS + COUNT_ANSWERS,
    # 14: it is known which messages hold which files.
    FILES,
    # 15: people are found by their devices and by what their names look like.
    LEADS,
    # 16: deleted answers are not counted.
    ANSWERS_FOUND + DROP_DELETED_ANSWERS + RECOUNT_ANSWERS,
    # 17: it is known what calls whom, so the index is filled anew.
    ANSWERED
    + """
INSERT INTO search (search) VALUES ('delete-all');
DELETE FROM windows;
UPDATE watermark SET seq = 0, taken_out = 0, scrubbed = 0;
UPDATE going SET indexed = 0;
""",
    # 18: rooms may have lost their beginnings.
    DROPPED,
    # 19: the place of a message stands among its tags, so the index is filled anew.
    "DROP TABLE search;"
    + _SEARCH_TABLE
    + """
DELETE FROM windows;
DELETE FROM answered;
UPDATE watermark SET seq = 0, taken_out = 0, scrubbed = 0;
UPDATE going SET indexed = 0;
""",
)
"""Each raises the tables' format by one, the first from FORMAT_FLOOR."""

FORMAT = FORMAT_FLOOR + len(UPGRADES)
FORMAT_OF_PRIVATE = 11
"""The first in which rooms can be private."""
TABLES = _TABLES + _REMOVED + _SEARCH + _WINDOWS + FACTS + _HOLES + PRIVATE_ROOMS + GOING
TABLES += THREADS + FILES + LEADS + ANSWERS_FOUND + ANSWERED + DROPPED
VIEWS = _BATCHES + REMOVING + FACTS_CHANGING + _FOLDING + CHANGING + FILES_CHANGING
VIEWS += ANSWERED_CHANGING
VIEWS += _with_windows(CLEARING + _INDEXING.replace("<reworded rows>", _REWORDED))


FORMAT_BITS = 8
"""Bits of the file's version; the others number what is written to it (see wal.py)."""


def format_of(connection: sqlite3.Connection) -> int:
    """Return the format of a file's tables, 0 if it has none."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    assert isinstance(version, int)
    return version & (1 << FORMAT_BITS) - 1


def bring_up_to_date(connection: sqlite3.Connection, folder: Path) -> None:
    """Create or migrate the tables; raise LogError if this program cannot use the file."""
    _check_sqlite(connection)
    version = format_of(connection)
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
    if version > FORMAT:
        raise LogError(
            f"The log in {folder} was written by a newer hubbub (its format is {version}, this "
            f"program knows up to {FORMAT}). "
            "Install the newer hubbub, or choose another folder."
        )
    if 0 < version < FORMAT:
        _check_space(connection, folder)
    if version < FORMAT:
        connection.create_function("name_key", 1, name_key, deterministic=True)
        # The format changes in the same transaction, so a crash leaves nothing half done.
        connection.executescript(
            f"BEGIN IMMEDIATE; {_steps_from(connection, version)} {VIEWS}"
            f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
        )


def _check_space(connection: sqlite3.Connection, folder: Path) -> None:
    """Raise LogError if an upgrade might fill the disk: it writes all that it changes once more."""
    (size,) = connection.execute(
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    ).fetchone()
    needed, free = 2 * size, shutil.disk_usage(folder).free
    if free < needed:
        raise LogError(
            f"The log in {folder} must be brought into the format of this hubbub, for which "
            f"{needed} bytes should be free on its disk, and {free} are. Free some space; until "
            "then the older hubbub can use the log as it is."
        )


def _steps_from(connection: sqlite3.Connection, version: int) -> str:
    """Return the SQL that makes the tables of now from those of format `version`, 0 for none."""
    if version == 0:
        return TABLES
    # Views and triggers hold nothing: they go before the tables change, and are made anew.
    views = connection.execute(
        "SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view') ORDER BY type"
    ).fetchall()
    dropped = "".join(f"DROP {kind} {name};" for kind, name in views)
    return dropped + "".join(UPGRADES[version - FORMAT_FLOOR :])


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
