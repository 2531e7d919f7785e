"""The tables, views and triggers of what goes: rooms (removing.py), and their beginnings
(dropping.py); a part of schema.py.
"""

from hubbub.log.sqlite.answered import CLEARING_ANSWERED
from hubbub.log.sqlite.threads import CLEARING_THREADS

GOING = """
CREATE TABLE going (  -- rooms that were removed, and of which something is left (see removing.py)
    id INTEGER PRIMARY KEY,   -- of the room; until it is gone, its row has a name of no room
    indexed INTEGER NOT NULL  -- the messages up to this seq are in the search index
);
"""

DROPPED = """
CREATE TABLE dropped (  -- rooms whose beginning is kept no longer (see dropping.py)
    room_id INTEGER PRIMARY KEY,
    last INTEGER NOT NULL  -- the newest seq of what went
);
"""

# `gone`: a JSON array of names. A room that goes keeps its row until nothing is left of it, so that
# no other room gets its id; a line feed stands in no room's name. What `facts` go: see `goes_with`
# in chat/removal.py.
REMOVING = """
CREATE VIEW removals AS SELECT '' AS gone, * FROM batches;
CREATE TRIGGER rooms_removed INSTEAD OF INSERT ON removals BEGIN
    INSERT INTO removed (name, last)
        SELECT name, last FROM heads WHERE name IN (SELECT value FROM json_each(NEW.gone))
        ON CONFLICT (name) DO UPDATE SET last = excluded.last;
    INSERT INTO going (id, indexed)
        SELECT id, seq FROM rooms, watermark WHERE name IN (SELECT value FROM json_each(NEW.gone));
    UPDATE rooms SET name = char(10) || id, topic = ''
        WHERE name IN (SELECT value FROM json_each(NEW.gone));
    DELETE FROM holes WHERE room IN (SELECT value FROM json_each(NEW.gone));
    DELETE FROM facts WHERE seq IN (
        SELECT seq FROM (SELECT value AS room FROM json_each(NEW.gone)) CROSS JOIN facts
        WHERE key = 'room/' || room
           OR (key > 'read/' AND key < 'read0'
               AND substr(key, instr(substr(key, 6), '/') + 6) = room)
           OR ((key > 'ban/' AND key < 'ban0' OR key > 'mute/' AND key < 'mute0'
                OR key > 'hook/' AND key < 'hook0')
               AND iif(json_valid(body), json_extract(body, '$.value.room'), NULL) = room)
    );
    INSERT INTO batches (rooms, segments, bodies, nonces, blanked, reworded, folds, kept, toggles,
                         answers, pins, facts, files)
        VALUES (NEW.rooms, NEW.segments, NEW.bodies, NEW.nonces, NEW.blanked, NEW.reworded,
                NEW.folds, NEW.kept, NEW.toggles, NEW.answers, NEW.pins, NEW.facts,
                NEW.files);
END;
CREATE TRIGGER room_is_gone AFTER DELETE ON going BEGIN
    DELETE FROM rooms WHERE id = OLD.id;
    DELETE FROM dropped WHERE room_id = OLD.id;
END;
"""

# A step of either: `segments` is a JSON array of the lasts of rows of the room, `words` one of
# [seq, words] of those of their messages that are indexed, `nonces` one of the keys that they had.
# A row becomes empty in its place: if it went, SQLite would move its neighbours (see changes.py).
# Of a beginning, `blanked` is an array of [last, body, checksum] of edits that stay, and lose their
# texts.
CLEARING = """
CREATE VIEW clearings AS SELECT id, '' AS segments, '' AS words, '' AS nonces FROM going;
CREATE TRIGGER segments_cleared INSTEAD OF INSERT ON clearings BEGIN
<cleared>
END;
CREATE VIEW droppings AS
    SELECT id, '' AS segments, '' AS words, '' AS nonces, '' AS blanked, 0 AS upto FROM rooms
    WHERE false;
CREATE TRIGGER beginning_dropped INSTEAD OF INSERT ON droppings BEGIN
<dropped>
    UPDATE segments SET body = json_extract(value, '$[1]'),
                        checksum = iif(checksum IS NULL, NULL, json_extract(value, '$[2]'))
        FROM json_each(NEW.blanked) WHERE last = json_extract(value, '$[0]');
    INSERT INTO dropped (room_id, last) VALUES (NEW.id, NEW.upto)
        ON CONFLICT DO UPDATE SET last = excluded.last;
    UPDATE rooms SET first = coalesce((
        SELECT min(segments.first) FROM segments WHERE last IN (
            (SELECT min(last) FROM segments WHERE room_id = NEW.id AND said = 1),
            (SELECT min(last) FROM segments WHERE room_id = NEW.id AND said = 0)
        )
    ), 0) WHERE id = NEW.id;
    DELETE FROM holes WHERE upto <= NEW.upto
        AND room = (SELECT name FROM rooms WHERE id = NEW.id);
END;
"""
_CLEARED = """
    INSERT INTO search (search, rowid, text)
        SELECT 'delete', seq, <before> FROM (
            SELECT json_extract(value, '$[0]') AS seq,
                   json_extract(value, '$[1]') || ' ' || (
                       SELECT '·r' || id || iif(direct, ' ·direct', '') FROM rooms WHERE id = NEW.id
                   ) AS before,
                   (SELECT max(first) FROM windows
                    WHERE first <= json_extract(value, '$[0]')) AS window
            FROM json_each(NEW.words)
        ) WHERE seq <= <indexed>;
    UPDATE watermark SET taken_out = taken_out + json_array_length(NEW.words);
    DELETE FROM nonces WHERE key IN (SELECT value FROM json_each(NEW.nonces))
        AND seq <= (SELECT max(value) FROM json_each(NEW.segments));  -- else it is the next room's
    DELETE FROM reactions WHERE target IN (
        SELECT reactions.target FROM json_each(NEW.segments) CROSS JOIN segments ON last = value
        CROSS JOIN reactions ON reactions.target BETWEEN first AND last
    );
<threads>
    UPDATE files SET message = 0 WHERE message IN (
        SELECT message FROM json_each(NEW.segments) CROSS JOIN segments ON last = value
        CROSS JOIN files ON message BETWEEN first AND last
    );
    DELETE FROM folds WHERE seq IN (
        SELECT folds.seq FROM json_each(NEW.segments) CROSS JOIN segments ON last = value
        CROSS JOIN folds ON folds.seq BETWEEN first AND last
    );
    UPDATE segments SET room_id = 0, said = 0, kind = 'gone', target = NULL, size = 0, body = '',
                        checksum = NULL
        WHERE last IN (SELECT value FROM json_each(NEW.segments)) AND room_id = NEW.id;
"""
_CLEARED = _CLEARED.strip("\n").replace(
    "<threads>", f"{CLEARING_THREADS}{CLEARING_ANSWERED}".strip("\n")
)
CLEARING = CLEARING.replace(
    "<cleared>", _CLEARED.replace("<indexed>", "(SELECT indexed FROM going WHERE id = NEW.id)")
).replace("<dropped>", _CLEARED.replace("<indexed>", "(SELECT seq FROM watermark)"))
