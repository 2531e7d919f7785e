"""Answers, pins, and former texts: their tables, views and triggers (a part of schema.py).

What a message was answered by is counted as it comes and goes, so a page reads one number for each
message.
Former texts are kept only of edits that say so. Rows of them are added at the end and blanked in
their place, for the reason that changes.py gives.
"""

THREADS = """
CREATE TABLE answers (  -- the messages that answer one
    target INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (target, seq)
) WITHOUT ROWID;
CREATE TABLE pins (
    target INTEGER PRIMARY KEY,
    room_id INTEGER NOT NULL
);
CREATE INDEX pins_by_room ON pins (room_id);
CREATE TABLE revisions (
    number INTEGER PRIMARY KEY,
    target INTEGER NOT NULL,  -- the message that read so
    sealed TEXT NOT NULL      -- as in segments: a checksum, and since when it read how
);
CREATE INDEX revisions_by_target ON revisions (target);
ALTER TABLE folds ADD COLUMN replies INTEGER NOT NULL DEFAULT 0;
"""

FILL_ANSWERS = """
INSERT INTO answers (target, seq)
    SELECT json_extract(said.value, '$.reply_to'), json_extract(said.value, '$.seq')
    FROM segments CROSS JOIN json_each(iif(json_valid(body), body, '[]')) AS said
    WHERE segments.said AND body LIKE '%"reply_to":%'
          AND json_extract(said.value, '$.reply_to') IS NOT NULL
    ON CONFLICT DO NOTHING;
"""
COUNT_ANSWERS = """
INSERT INTO folds (seq, replies) SELECT target, count(*) FROM answers WHERE true GROUP BY target
    ON CONFLICT (seq) DO UPDATE SET replies = excluded.replies;
"""

# 16: what was deleted answers nothing any more.
ANSWERS_FOUND = "CREATE INDEX answers_by_seq ON answers (seq);"
DROP_DELETED_ANSWERS = "DELETE FROM answers WHERE seq IN (SELECT seq FROM folds WHERE deleted);"
RECOUNT_ANSWERS = """
UPDATE folds SET replies = (SELECT count(*) FROM answers WHERE target = folds.seq) WHERE replies;
"""

# JSON arrays in `batches`: `answers` of [target, seq], `pins` of [target, room, whether it is
# pinned now], `kept` of [target, sealed].
CHANGING = """
CREATE TRIGGER answers_given INSTEAD OF INSERT ON batches WHEN NEW.answers IS NOT NULL BEGIN
    INSERT INTO answers (target, seq)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
        FROM json_each(NEW.answers);
    INSERT INTO folds (seq, replies)
        SELECT json_extract(value, '$[0]'), count(*) FROM json_each(NEW.answers)
        WHERE true GROUP BY 1
        ON CONFLICT (seq) DO UPDATE SET replies = replies + excluded.replies;
END;
CREATE TRIGGER answer_gone AFTER DELETE ON answers BEGIN
    UPDATE folds SET replies = replies - 1 WHERE seq = OLD.target;
END;
CREATE VIEW pinnings AS SELECT target, '' AS room, 1 AS stands FROM pins WHERE false;
CREATE TRIGGER pin_set INSTEAD OF INSERT ON pinnings WHEN NEW.stands BEGIN
    INSERT INTO pins (target, room_id)
        SELECT NEW.target, (SELECT id FROM rooms WHERE name = NEW.room)
        WHERE NOT EXISTS (SELECT 1 FROM folds WHERE seq = NEW.target AND deleted)
        ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER pin_taken_away INSTEAD OF INSERT ON pinnings WHEN NOT NEW.stands BEGIN
    DELETE FROM pins WHERE target = NEW.target;
END;
CREATE TRIGGER pins_changed INSTEAD OF INSERT ON batches WHEN NEW.pins IS NOT NULL BEGIN
    INSERT INTO pinnings (target, room, stands)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
               json_extract(value, '$[2]')
        FROM json_each(NEW.pins) ORDER BY json_each.key;
    DELETE FROM pins WHERE target IN (
        SELECT seq FROM json_each(NEW.pins) CROSS JOIN folds ON seq = json_extract(value, '$[0]')
        WHERE deleted
        UNION ALL  -- which trigger is first is not promised
        SELECT json_extract(value, '$[0]') FROM json_each(NEW.folds)
        WHERE json_extract(value, '$[2]')
    );
END;
CREATE TRIGGER texts_kept INSTEAD OF INSERT ON batches WHEN NEW.kept IS NOT NULL BEGIN
    INSERT INTO revisions (target, sealed)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
        FROM json_each(NEW.kept) ORDER BY json_each.key;
END;
CREATE TRIGGER message_deleted INSTEAD OF INSERT ON batches WHEN NEW.folds IS NOT NULL BEGIN
    DELETE FROM pins WHERE target IN (
        SELECT json_extract(value, '$[0]') FROM json_each(NEW.folds)
        WHERE json_extract(value, '$[2]')
    );
    DELETE FROM answers WHERE seq IN (
        SELECT json_extract(value, '$[0]') FROM json_each(NEW.folds)
        WHERE json_extract(value, '$[2]')
    );
    UPDATE revisions SET sealed = printf('%*s', length(CAST(sealed AS BLOB)), '')
        WHERE target IN (
            SELECT json_extract(value, '$[0]') FROM json_each(NEW.folds)
            WHERE json_extract(value, '$[2]')
        );
END;
"""

CLEARING_THREADS = """
    UPDATE revisions SET sealed = printf('%*s', length(CAST(sealed AS BLOB)), '') WHERE number IN (
        SELECT number FROM json_each(NEW.segments) CROSS JOIN segments ON last = value
        CROSS JOIN revisions ON revisions.target BETWEEN first AND last
    );
    DELETE FROM answers WHERE target IN (
        SELECT answers.target FROM json_each(NEW.segments) CROSS JOIN segments ON last = value
        CROSS JOIN answers ON answers.target BETWEEN first AND last
    );
    DELETE FROM pins WHERE target IN (
        SELECT pins.target FROM json_each(NEW.segments) CROSS JOIN segments ON last = value
        CROSS JOIN pins ON pins.target BETWEEN first AND last
    );"""
