"""Whom messages answer: the table, and how portions of the search index fill it (portions.py).

An answer names a message, and not who said that. So that what answers somebody is found without
reading all that they ever said, it is noted as it is indexed. It holds for the messages up to the
watermark, as the index does, and is filled anew with it.
"""

import sqlite3
from collections.abc import Sequence

import msgspec

from hubbub.chat.tags import sender_tag

ANSWERED = """
CREATE TABLE answered (        -- messages that answer one of somebody else, who is known
    seq INTEGER PRIMARY KEY,
    tag TEXT NOT NULL          -- of what that one says (see chat/tags.py)
);
CREATE INDEX answered_by_tag ON answered (tag);  -- SQLite ends every entry by seq
"""

ANSWERED_CHANGING = """
CREATE TRIGGER answer_deleted INSTEAD OF INSERT ON batches WHEN NEW.folds IS NOT NULL BEGIN
    DELETE FROM answered WHERE seq IN (
        SELECT json_extract(value, '$[0]') FROM json_each(NEW.folds)
        WHERE json_extract(value, '$[2]')
    );
END;
"""

CLEARING_ANSWERED = """
    DELETE FROM answered WHERE seq IN (
        SELECT answered.seq FROM json_each(NEW.segments) CROSS JOIN segments ON last = value
        CROSS JOIN answered ON answered.seq BETWEEN first AND last
    );"""

# Who said a message stays, whatever becomes of it; of one that is damaged nobody is known.
_SAID_BY = """
SELECT json_group_array(json_array(
    seq, coalesce(json_extract(said, '$.from'), ''), coalesce(json_extract(said, '$.person'), '')
)) FROM (
    SELECT seq, json_extract(body, '$[' || (seq - first) || ']') AS said
    FROM (SELECT DISTINCT value AS seq FROM json_each(?)) CROSS JOIN segments ON last = (
        SELECT last FROM segments WHERE last >= seq ORDER BY last LIMIT 1
    )
    WHERE kind = 'message' AND first <= seq AND json_valid(body)
)
"""

_said_by = msgspec.json.Decoder(list[tuple[int, str, str]])
_encode = msgspec.json.Encoder().encode


class Answer(msgspec.Struct):
    """A message that answers another one, and the tag of who said it."""

    seq: int
    target: int
    tag: str


def whom_they_answer(
    connection: sqlite3.Connection, answers: Sequence[Answer]
) -> list[tuple[int, str]]:
    """Return what the table is to have of these answers."""
    if not answers:
        return []
    targets = _encode([one.target for one in answers]).decode()
    (found,) = connection.execute(_SAID_BY, (targets,)).fetchone()
    tags = {target: sender_tag(name, id_) for target, name, id_ in _said_by.decode(found) if id_}
    return [
        (one.seq, tag)
        for one in answers
        if (tag := tags.get(one.target)) is not None and tag != one.tag
    ]
