"""Reads of heads, epochs, backlogs and pages; each is one statement that returns one row.

So each sees one snapshot, and takes the GIL back once (see schema.py). Segments arrive as one JSON
array, which is decoded in one call, and are cut here to what was asked for. They are sorted here:
SQLite promises no order within group_concat, and to sort what is in order costs next to nothing.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import NotRequired, TypedDict

import msgspec
from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Message, Page, Reaction, Revision, Revisions
from hubbub.chat.events.logged import NO_REACTIONS
from hubbub.chat.fold import fold
from hubbub.chat.queries import (
    Epoch,
    HappenedQuery,
    Head,
    PageQuery,
    ReactionsQuery,
    RevisionsQuery,
)
from hubbub.log.newest import Newest, as_it_reads, fitting, newest_of
from hubbub.log.pages import (
    COUNTED_MAX,
    PAGE_BYTES_MAX,
    REVISIONS_MAX,
    SEQ_MAX,
    page_of,
    revisions_of,
)
from hubbub.log.sqlite.connection import Durability, connect
from hubbub.log.sqlite.seals import unsealed

READ_BYTES_MAX = 2 * PAGE_BYTES_MAX
"""What is read for a page: the JSON of a text is longer than it, but hardly ever twice as long."""

PASSED_MAX = 1000
"""Events among which those of some kinds are looked for."""

_HEADS = """
SELECT json_group_array(json_object(
    'room', name, 'first', first, 'last', last, 'topic', topic, 'dropped', coalesce(dropped, 0),
    'removed', coalesce(removed, 0)
))
FROM (
    SELECT name, heads.first, heads.last, heads.topic, dropped.last AS dropped,
           removed.last AS removed
    FROM heads LEFT JOIN removed USING (name) LEFT JOIN rooms USING (name)
    LEFT JOIN dropped ON room_id = rooms.id
    UNION ALL
    SELECT name, 0, 0, '', 0, last FROM removed WHERE name NOT IN (SELECT name FROM rooms)
)
"""
_POSTED_AS = "SELECT seq FROM nonces WHERE key = ?"

_EPOCHS = """
SELECT json_group_array(json_object('id', id, 'start', start))
FROM (SELECT id, start FROM epochs ORDER BY number)
"""

# From segment to segment until there is enough: what is read depends on what was asked for alone.
# A row shows the newest texts of the messages from `low` to `high`: a segment those that it holds,
# an edit the one that it changed. They count too; those of the last row are not in its total yet.
# A segment may hold many short messages that were edited to long ones: `unread` is the first event
# whose newest text would be too much.
BACKLOG = """
WITH RECURSIVE taken (last, said, low, high, total) AS MATERIALIZED (
    SELECT :after, 0, 1, 0, 0
    UNION ALL
    SELECT s.last, s.said,
           iif(s.said, s.first, iif(s.kind = 'edited', s.target, 1)),
           iif(s.said, s.last, iif(s.kind = 'edited', s.target, 0)),
           total + s.size + <shown>
    FROM taken CROSS JOIN segments AS s ON s.last = min(
        coalesce((
            SELECT min(last) FROM segments
            WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND said = 1
                  AND last > taken.last
        ), :seq_max),
        coalesce((
            SELECT min(last) FROM segments
            WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND said = 0
                  AND last > taken.last
        ), :seq_max)
    )
    WHERE total + s.size + <shown> <= :bytes_max OR total = 0
),
shown (event, newest, total) AS MATERIALIZED (
    SELECT iif(said, seq, last), newest, coalesce(sum(text_bytes) OVER (
        ORDER BY iif(said, seq, last) ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0)
    FROM taken CROSS JOIN folds ON seq BETWEEN iif(said, max(low, :after + 1), low) AND high
)
SELECT
    (SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']'
     FROM taken CROSS JOIN segments USING (last) WHERE last > :after),
    (SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']' FROM segments WHERE last IN (
        SELECT newest FROM shown WHERE total <= :bytes_max
    )),
    (SELECT min(event) FROM shown WHERE total > :bytes_max) AS unread
""".replace(
    "<shown>",
    "coalesce((SELECT sum(text_bytes) FROM folds WHERE seq BETWEEN low AND high), 0)",
)

# Of each segment, the page needs the messages from `low` to `high`; before them, `missing` were,
# of `total` bytes. Where these are too many, it only shows that there is more.
_CHOSEN = """
RECURSIVE chosen (last, low, high, sealed, missing, total, size) AS MATERIALIZED (
    SELECT {start}, 1, 0, NULL, :limit + 1, 0, 0
    UNION ALL
    SELECT s.last, {low}, {high}, iif(total + chosen.size <= :bytes_max, s.sealed, NULL), {missing},
           total + chosen.size, s.size
    FROM chosen CROSS JOIN segments AS s ON s.last = (
        SELECT last FROM segments
        WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND said = 1
              AND last {beyond} chosen.last
        ORDER BY last {direction} LIMIT 1
    )
    WHERE {missing} > 0 AND s.last > :after AND s.first < :before AND total <= :bytes_max
)
"""
_MISSING = "(missing - (high - low + 1))"
_LOW = "max(s.first, :after + 1)"
_HIGH = "min(s.last, :before - 1)"

_FOLDED = """
WITH {chosen},
shown (seq, newest, replies, total) AS MATERIALIZED (
    SELECT seq, newest, replies, coalesce(sum(text_bytes + reaction_bytes) OVER (
        ORDER BY seq {direction} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0)
    FROM chosen CROSS JOIN folds ON seq BETWEEN low AND high WHERE sealed IS NOT NULL
)
SELECT
    (SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']' FROM chosen),
    (SELECT '[' || coalesce(group_concat(s.sealed, ','), '') || ']'
     FROM shown CROSS JOIN segments AS s ON s.last = newest WHERE total <= :bytes_max),
    (SELECT json_group_array(json_array(target, since, r.seq, emoji, name))
     FROM shown CROSS JOIN reactions AS r ON target = shown.seq WHERE total <= :bytes_max),
    (SELECT json_group_array(json_array(seq, replies)) FROM shown WHERE replies),
    (SELECT json_group_array(target)
     FROM chosen CROSS JOIN pins ON target BETWEEN low AND high WHERE sealed IS NOT NULL),
    (SELECT {first}(seq) FROM shown WHERE total > :bytes_max) AS unread,
    EXISTS (SELECT 1 FROM chosen WHERE total > :bytes_max) AS is_cut,
    (SELECT coalesce(max(last), 0) FROM segments),
    {also}
"""


def folding(chosen: str, also: str = "NULL", *, ascending: bool = False) -> str:
    """Return the statement for a page of the table `chosen`, read in one of two directions.

    The table has the columns low, high, sealed, and total: the bytes of the rows before. `also` is
    one more column of the result.
    """
    direction, first = ("ASC", "min") if ascending else ("DESC", "max")
    return _FOLDED.format(chosen=chosen, direction=direction, first=first, also=also)


OLDEST = folding(
    _CHOSEN.format(
        start=":after",
        beyond=">",
        direction="ASC",
        low=_LOW,
        high=f"min({_HIGH}, {_LOW} + {_MISSING} - 1)",
        missing=_MISSING,
    ),
    ascending=True,
)
NEWEST = folding(
    _CHOSEN.format(
        # The first segment may hold :before, and what it needs of it is what stands before.
        start="""coalesce((
            SELECT last + (first < :before) FROM segments
            WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND said = 1
                  AND last >= :before
            ORDER BY last LIMIT 1
        ), :before)""",
        beyond="<",
        direction="DESC",
        low=f"max({_LOW}, {_HIGH} - {_MISSING} + 1)",
        high=_HIGH,
        missing=_MISSING,
    )
)

# As search.py has what was found.
_SINGLE = """
placed (seq, last, total) AS MATERIALIZED (
    SELECT asked.seq, s.last, coalesce(sum(s.size / (s.last - s.first + 1)) OVER (
        ORDER BY asked.seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0)
    FROM ({asked}) AS asked CROSS JOIN segments AS s ON s.last = (
        SELECT last FROM segments WHERE last >= asked.seq ORDER BY last LIMIT 1
    )
    WHERE s.room_id = (SELECT id FROM rooms WHERE name = :room)
),
chosen (low, high, sealed, total) AS MATERIALIZED (
    SELECT seq, seq, iif(
               total <= :bytes_max,
               '"",[' || json_extract(body, '$[' || (seq - first) || ']') || ']', NULL
           ), total
    FROM placed CROSS JOIN segments USING (last)
)
"""
ANSWERS = folding(
    _SINGLE.format(
        asked="""
        SELECT seq FROM answers WHERE target = :target AND seq > :after
        ORDER BY seq LIMIT :limit + 1
        """
    ),
    ascending=True,
)
PINS = folding(
    _SINGLE.format(
        asked="""
        SELECT target AS seq FROM pins
        WHERE room_id = (SELECT id FROM rooms WHERE name = :room)
        ORDER BY target LIMIT :limit + 1
        """
    ),
    ascending=True,
)
_REVISIONS = """
SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']' FROM (
    SELECT sealed FROM revisions
    WHERE target = :seq AND NOT EXISTS (SELECT 1 FROM folds WHERE seq = :seq AND deleted)
          AND (SELECT name FROM rooms WHERE id = (
              SELECT room_id FROM segments WHERE last >= :seq ORDER BY last LIMIT 1
          )) = :room
    ORDER BY number DESC LIMIT :limit
)
"""
# Each row read has at least one of them.
_COUNTED = """
SELECT coalesce(sum(last - max(first, :after + 1) + 1), 0) FROM (
    SELECT first, last FROM segments
    WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND said = 1 AND last > :after
    ORDER BY last LIMIT :counted_max
)
"""

_REACTIONS = """
SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']' FROM (
    SELECT sealed FROM json_each(:targets) CROSS JOIN reactions ON reactions.target = value
    CROSS JOIN segments ON segments.last = reactions.seq
    WHERE room_id = (SELECT id FROM rooms WHERE name = :room)
      AND coalesce(json_extract(body, '$[0].person'), '') = :person
    ORDER BY segments.last
)
"""

_HAPPENED = """
SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']' FROM (
    SELECT sealed FROM (
        SELECT kind, sealed, last FROM segments
        WHERE room_id = (SELECT id FROM rooms WHERE name = :room) AND said = 0
              AND last > :after AND last < :before
        ORDER BY last {direction} LIMIT :passed_max
    ) WHERE kind NOT IN ('edited', 'deleted', 'gone') ORDER BY last {direction} LIMIT :limit
)
"""
_HAPPENED_LATE = _HAPPENED.format(direction="DESC")
_HAPPENED_EARLY = _HAPPENED.format(direction="ASC")

_heads = msgspec.json.Decoder(list[Head])
_epochs = msgspec.json.Decoder(list[Epoch])
_events = msgspec.json.Decoder(list[list[AnyLogged]])
_reactions = msgspec.json.Decoder(list[tuple[int, int, int, str, str]])
_given = msgspec.json.Decoder(list[list[Reaction]])
_counts = msgspec.json.Decoder(list[tuple[int, int]])
_seqs = msgspec.json.Decoder(set[int])
_revisions = msgspec.json.Decoder(list[list[Revision]])
_messages = msgspec.json.Decoder(list[list[Message]])
_seq_of = attrgetter("seq")


def open_to_read(folder: Path, durability: Durability) -> sqlite3.Connection:
    """Return a connection to a log that a Writer brought up to date."""
    connection = connect(folder, durability)
    connection.execute("PRAGMA query_only = ON")
    connection.text_factory = bytes  # all text read here is JSON, which is decoded from bytes
    return connection


def read_heads(connection: sqlite3.Connection) -> list[Head]:
    """Return the head of every room that has events, or had some and was removed."""
    return _heads.decode(connection.execute(_HEADS).fetchone()[0])


def read_epochs(connection: sqlite3.Connection) -> list[Epoch]:
    """Return the log's epochs in order."""
    return _epochs.decode(connection.execute(_EPOCHS).fetchone()[0])


def read_backlog(
    connection: sqlite3.Connection, room: str, after: int, bytes_max: int
) -> list[AnyLogged]:
    """Return the room's next events after `after` as they read now, about `bytes_max` of them."""
    asked = {"room": room, "after": after, "bytes_max": bytes_max, "seq_max": SEQ_MAX}
    segments, changes, unread = connection.execute(BACKLOG, asked).fetchone()
    end = SEQ_MAX if unread is None else unread
    found = sorted(
        (event for event in chain(*_events.decode(unsealed(segments))) if after < event.seq < end),
        key=_seq_of,
    )
    newest = newest_of(chain(*_events.decode(unsealed(changes))))
    if not newest:
        return found
    return fitting((as_it_reads(event, newest) for event in found), bytes_max)


def read_happened(connection: sqlite3.Connection, query: HappenedQuery) -> list[AnyLogged]:
    """Return what was logged in a room besides messages, edits and deletions, in order."""
    asked = {
        "room": query.room,
        "after": query.after,
        "before": query.before,
        "limit": query.limit,
        "passed_max": PASSED_MAX,
    }
    statement = _HAPPENED_LATE if query.newest else _HAPPENED_EARLY
    (sealed,) = connection.execute(statement, asked).fetchone()
    return sorted(chain(*_events.decode(unsealed(sealed))), key=_seq_of)


def read_reactions(connection: sqlite3.Connection, query: ReactionsQuery) -> list[Reaction]:
    """Return the reactions that somebody gave to some messages, and that stand, in order."""
    targets = msgspec.json.encode(query.targets).decode()
    asked = {"room": query.room, "person": query.person, "targets": targets}
    (sealed,) = connection.execute(_REACTIONS, asked).fetchone()
    return list(chain(*_given.decode(unsealed(sealed))))


def read_revisions(connection: sqlite3.Connection, query: RevisionsQuery) -> Revisions:
    """Return the former texts of a message that are kept."""
    asked = {"room": query.room, "seq": query.seq, "limit": REVISIONS_MAX + 1}
    (sealed,) = connection.execute(_REVISIONS, asked).fetchone()
    former = [one for (one,) in _revisions.decode(unsealed(sealed))]
    return revisions_of(query, former[::-1])


class Asked(TypedDict):
    """The parameters of a page's statement; those from `words` to `answered` are of a search's.

    `target` is that of answers.
    """

    room: str | None
    after: int
    before: int
    limit: int
    words: NotRequired[str]
    windows: NotRequired[int]
    private: NotRequired[str]
    talks: NotRequired[bool]
    answered: NotRequired[str]
    target: NotRequired[int]


def seq_posted_as(connection: sqlite3.Connection, key: str) -> int | None:
    """Return where a nonce was posted, by its key (see nonces.py)."""
    found: tuple[int] | None = connection.execute(_POSTED_AS, (key,)).fetchone()
    return found[0] if found else None


def read_page(connection: sqlite3.Connection, query: PageQuery) -> Page:
    """Return a page of messages with their newest texts and their reactions."""
    asked: Asked = {
        "room": query.room,
        "after": 0 if query.after is None else query.after,
        "before": SEQ_MAX if query.before is None else query.before,
        "limit": query.limit,
    }
    if query.answers_to is not None:
        asked["target"] = query.answers_to
    ascending = query.after is not None or query.pinned or query.answers_to is not None
    page, _ = read_folded(connection, _statement(query), asked, ascending=ascending)
    if not query.counts or query.after is None:
        return page
    (counted,) = connection.execute(_COUNTED, {**asked, "counted_max": COUNTED_MAX}).fetchone()
    return replace(page, count=min(counted, COUNTED_MAX))


def _statement(query: PageQuery) -> str:
    if query.answers_to is not None:
        return ANSWERS
    if query.pinned:
        return PINS
    return NEWEST if query.after is None else OLDEST


def read_folded(
    connection: sqlite3.Connection, statement: str, asked: Asked, *, ascending: bool
) -> tuple[Page, bytes]:
    """Return the page that `statement`, made by `folding`, finds, and what it returns `also`."""
    row = connection.execute(statement, {**asked, "bytes_max": READ_BYTES_MAX}).fetchone()
    segments, changes, reactions, replies, pins, unread, is_cut, last, also = row
    low, high = asked["after"], asked["before"]
    if unread is not None:
        low, high = (low, unread) if ascending else (unread, high)
    newest = newest_of(chain(*_events.decode(unsealed(changes))))
    given = _by_message(sorted(_reactions.decode(reactions)))
    counts, pinned = dict(_counts.decode(replies)), _seqs.decode(pins)
    messages = [
        _folded(message, newest, given, counts.get(message.seq, 0), message.seq in pinned)
        for message in chain(*_messages.decode(unsealed(segments)))
        if low < message.seq < high
    ]
    page = page_of(
        asked["room"],
        sorted(messages, key=_seq_of),
        ascending=ascending,
        limit=asked["limit"],
        is_cut=bool(is_cut) or unread is not None,
        last=last,
    )
    return page, also


def _by_message(
    reactions: Iterable[tuple[int, int, int, str, str]],
) -> dict[int, dict[str, list[str]]]:
    """Return the names by message and emoji, all in the order in which they came."""
    found: dict[int, dict[str, list[str]]] = {}
    for target, _, _, emoji, name in reactions:
        found.setdefault(target, {}).setdefault(emoji, []).append(name)
    return found


def _folded(
    message: Message,
    newest: Newest,
    reactions: Mapping[int, dict[str, list[str]]],
    replies: int,
    pinned: bool,
) -> Message:
    change = newest.get(message.seq)
    if change is not None:
        message = fold(message, change)
    given = reactions.get(message.seq)
    if given is None and not (replies or pinned):
        return message
    return replace(message, reactions=given or NO_REACTIONS, replies=replies, pinned=pinned)
