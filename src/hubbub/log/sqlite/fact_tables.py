"""The tables, views and triggers of facts that stand (facts.py); a part of schema.py."""

FACTS = """
CREATE TABLE facts (    -- those that stand
    seq INTEGER PRIMARY KEY,
    key TEXT,           -- none: it is the newest, and does not stand (see facts.py)
    body TEXT NOT NULL,
    checksum TEXT NOT NULL,
    sealed TEXT GENERATED ALWAYS AS ('"' || checksum || '",' || body) VIRTUAL
);
CREATE UNIQUE INDEX facts_by_key ON facts (key);
"""

PRIVATE_ROOMS = """
-- 1: it says that a room is private, so a search across rooms does not find what stands there.
ALTER TABLE facts ADD COLUMN private INTEGER NOT NULL DEFAULT 0;
CREATE INDEX private_rooms ON facts (key) WHERE private;
"""

# A profile is written each time that somebody comes or goes, and what leads to it seldom changes.
# So that is kept by its key, and each write touches one place more, where the newest guests stand.
LEADS = """
-- A JSON array of what leads to it besides its key, as numbers (see leads.py).
ALTER TABLE facts ADD COLUMN leads TEXT;
ALTER TABLE facts ADD COLUMN guest INTEGER NOT NULL DEFAULT 0;
-- SQLite ends every entry by seq: the guest of whom something was written longest ago comes first.
CREATE INDEX guests ON facts (guest) WHERE guest = 1;
CREATE TABLE found_by (
    lead INTEGER NOT NULL,
    key TEXT NOT NULL,  -- of a fact
    PRIMARY KEY (lead, key)
) WITHOUT ROWID;
CREATE TABLE lead_rules (rules TEXT NOT NULL);  -- one row: by which they were made (see leads.py)
INSERT INTO lead_rules VALUES ('');
"""

# `facts` of a batch: a JSON array of [key, seq, body, checksum, private, leads, guest] (see
# facts.py).
FACTS_CHANGING = """
CREATE TRIGGER facts_changed INSTEAD OF INSERT ON batches WHEN NEW.facts IS NOT NULL BEGIN
    DELETE FROM facts WHERE key IS NULL;
    DELETE FROM facts WHERE key IN (
        SELECT json_extract(value, '$[0]') FROM json_each(NEW.facts)
        WHERE json_extract(value, '$[1]') IS NULL
    );
    DELETE FROM facts WHERE seq IN (
        SELECT facts.seq FROM (
            SELECT json_extract(value, '$[0]') AS beginning FROM json_each(NEW.facts)
        ) CROSS JOIN facts
        WHERE beginning LIKE '%/' AND facts.key > beginning
              AND facts.key < substr(beginning, 1, length(beginning) - 1) || '0'  -- '/' + 1
    );
    INSERT INTO facts (key, seq, body, checksum, private, leads, guest)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
               json_extract(value, '$[2]'), json_extract(value, '$[3]'),
               json_extract(value, '$[4]'), json_extract(value, '$[5]'),
               json_extract(value, '$[6]')
        FROM json_each(NEW.facts) WHERE json_extract(value, '$[1]') IS NOT NULL
        ON CONFLICT (key) DO UPDATE SET
            seq = excluded.seq, body = excluded.body, checksum = excluded.checksum,
            private = excluded.private, leads = excluded.leads, guest = excluded.guest;
END;
CREATE TRIGGER fact_stands AFTER INSERT ON facts WHEN NEW.leads IS NOT NULL BEGIN
    INSERT OR IGNORE INTO found_by (lead, key) SELECT value, NEW.key FROM json_each(NEW.leads);
END;
CREATE TRIGGER fact_is_led_to_otherwise AFTER UPDATE OF leads ON facts
WHEN OLD.leads IS NOT NEW.leads BEGIN
    DELETE FROM found_by WHERE key = OLD.key AND lead IN (
        SELECT value FROM json_each(iif(json_valid(OLD.leads), OLD.leads, '[]'))
    );
    INSERT OR IGNORE INTO found_by (lead, key)
        SELECT value, NEW.key FROM json_each(coalesce(NEW.leads, '[]'));
END;
CREATE TRIGGER fact_is_gone AFTER DELETE ON facts WHEN OLD.leads IS NOT NULL BEGIN
    DELETE FROM found_by WHERE key = OLD.key AND lead IN (
        SELECT value FROM json_each(iif(json_valid(OLD.leads), OLD.leads, '[]'))
    );
END;
CREATE VIEW leading AS SELECT rules FROM lead_rules;
CREATE TRIGGER leads_changed INSTEAD OF INSERT ON leading BEGIN
    DELETE FROM found_by;
    UPDATE facts SET leads = NULL WHERE key > 'person/' AND key < 'person0';
    UPDATE facts SET leads = leads_to(CAST(body AS BLOB)), guest = is_guest(CAST(body AS BLOB))
        WHERE key > 'person/' AND key < 'person0';
    UPDATE lead_rules SET rules = NEW.rules;
END;
"""
