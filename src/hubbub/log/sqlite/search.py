"""Reads of the search index: one statement that returns one row, as those of reader.py.

A search goes back from window to window (portions.py). A read is a step of it: it asks so many
windows at the most, and says from which seq on it has looked.
"""

import sqlite3
from itertools import chain
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from hubbub.chat.events import Page
from hubbub.chat.names import is_direct
from hubbub.chat.queries import Calls, SearchQuery
from hubbub.chat.tags import ANYBODY, EVERYBODY
from hubbub.chat.words import Phrase, phrases_of
from hubbub.log.calls import phrases_of_name
from hubbub.log.found import marked
from hubbub.log.pages import SEQ_MAX
from hubbub.log.sqlite.reader import Asked, folding, read_folded

# From window to window until there is enough, or so many were asked. A row is a window, with what
# was found in it; what was found in the last row is not taken from its `missing` yet.
# A message is in the index as it reads: its words went out in the commit that changed them.
_WALKED = """
RECURSIVE walked (first, found, missing, windows) AS MATERIALIZED (
    SELECT :before, '[]', :limit + 1, :windows
    UNION ALL
    SELECT w.first,
           (SELECT json_group_array(rowid) FROM (
               SELECT rowid FROM search
               WHERE search MATCH replace({match}, '~', w.first || '.')
                     AND rowid < :before AND rowid > :after{but}
               ORDER BY rowid DESC LIMIT :limit + 1
           )),
           missing - json_array_length(found), windows - 1
    FROM walked CROSS JOIN windows AS w ON w.first = (
        SELECT max(first) FROM windows WHERE first < walked.first
    )
    WHERE windows > 0 AND missing > json_array_length(found) AND walked.first > :after
)
"""
_CHOSEN = """
{walked},
placed (seq, last, total) AS MATERIALIZED (
    SELECT found.seq, s.last, coalesce(sum(s.size / (s.last - s.first + 1)) OVER (
        ORDER BY found.seq DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0)
    FROM ({found}) AS found CROSS JOIN segments AS s ON s.last = (
        SELECT last FROM segments WHERE last >= found.seq ORDER BY last LIMIT 1
    )
),
chosen (low, high, sealed, total) AS MATERIALIZED (
    SELECT seq, seq, iif(
               total <= :bytes_max,
               '"",[' || json_extract(body, '$[' || (seq - first) || ']') || ']', NULL
           ), total
    FROM placed CROSS JOIN segments USING (last)
)
"""
_WALK = """(
    SELECT json_array(
        iif(min(first) > max(:after + 1, (SELECT min(first) FROM windows)), min(first), NULL),
        json(json_group_array(json(found))),
        json({answers})
    ) FROM walked
)"""
_FOUND = "SELECT json_each.value AS seq FROM walked CROSS JOIN json_each(found)"
# A room may become private, or public again, after its messages were indexed.
# The rules of a room stand under the key `room/` and its name.
_BUT_IN_PRIVATE = """
AND NOT EXISTS (
    SELECT 1 FROM rooms
    WHERE id = (SELECT room_id FROM segments WHERE last >= {seq} ORDER BY last LIMIT 1)
          AND (direct OR EXISTS (
              SELECT 1 FROM facts INDEXED BY private_rooms WHERE key = 'room/' || name AND private
          ))
          AND name NOT IN (SELECT value FROM json_each(:private))
)"""
# What is left of rooms that were removed (removing.py) is in the index under their ids. Somebody
# who talks with nobody in private passes over all such talk within the index.
_EVERYWHERE = _WALKED.format(
    match=""":words || iif(:talks, '', ' NOT "~·direct"') || coalesce(
        (SELECT group_concat(' NOT "~·r' || id || '"', '') FROM going), ''
    )""",
    but=_BUT_IN_PRIVATE.format(seq="search.rowid"),
)
# What answers somebody (answered.py), of the windows that were walked through.
_ANSWERING = """
answering (seq) AS MATERIALIZED (
    SELECT answered.seq FROM answered
    WHERE tag = :answered AND answered.seq < :before AND answered.seq > :after
          AND answered.seq >= (SELECT min(first) FROM walked)
          AND (SELECT room_id FROM segments WHERE last >= answered.seq ORDER BY last LIMIT 1)
              NOT IN (SELECT id FROM going)<but in private>
    ORDER BY answered.seq DESC LIMIT :limit + 1
)
""".replace("<but in private>", _BUT_IN_PRIVATE.format(seq="answered.seq"))
# A room without events has no id; no room has id 0.
_IN_ROOM = _WALKED.format(
    match=""":words || ' AND "~·r'
                   || coalesce((SELECT id FROM rooms WHERE name = :room), 0) || '"'""",
    but="",
)
_OF_WORDS = _WALK.format(answers="'[]'")
_OF_CALLS = _WALK.format(answers="(SELECT json_group_array(seq) FROM answering)")
_CALLING = f"{_EVERYWHERE}, {_ANSWERING}"
_FOUND_OR_ANSWERING = " UNION ".join((_FOUND, "SELECT seq FROM answering"))
EVERYWHERE = folding(_CHOSEN.format(walked=_EVERYWHERE, found=_FOUND), _OF_WORDS)
IN_ROOM = folding(_CHOSEN.format(walked=_IN_ROOM, found=_FOUND), _OF_WORDS)
CALLING = folding(_CHOSEN.format(walked=_CALLING, found=_FOUND_OR_ANSWERING), _OF_CALLS)
WALK_EVERYWHERE = " ".join(("WITH", _EVERYWHERE, "SELECT", _OF_WORDS))
WALK_IN_ROOM = " ".join(("WITH", _IN_ROOM, "SELECT", _OF_WORDS))
WALK_CALLING = " ".join(("WITH", _CALLING, "SELECT", _OF_CALLS))

_walk = msgspec.json.Decoder(tuple[int | None, list[list[int]], list[int]])


class Walk(NamedTuple):
    """What a step found, the newest first, and from where on it looked; None: from the beginning.

    There is one more than was asked for, if there is one.
    """

    seqs: list[int]
    reached: int | None
    answers: frozenset[int] = frozenset()
    """Those that answer whom the search is about."""


def read_search(
    connection: sqlite3.Connection, query: SearchQuery, windows: int
) -> tuple[Page, Walk]:
    """Return the newest messages that match `query`, found in so many windows of the index."""
    statement = _statement(query, CALLING, EVERYWHERE, IN_ROOM)
    page, also = read_folded(connection, statement, _asked(query, windows), ascending=False)
    walk = _walked(also, query)
    page = replace(page, messages=marked(page.messages, query.words))
    return (page if page.more else replace(page, reached=walk.reached)), walk


def read_walk(connection: sqlite3.Connection, query: SearchQuery, windows: int) -> Walk:
    """Return what the index alone says."""
    statement = _statement(query, WALK_CALLING, WALK_EVERYWHERE, WALK_IN_ROOM)
    return _walked(connection.execute(statement, _asked(query, windows)).fetchone()[0], query)


def _statement(query: SearchQuery, calling: str, everywhere: str, in_room: str) -> str:
    if query.calls is not None:
        return calling
    return everywhere if query.room is None else in_room


def _walked(encoded: bytes, query: SearchQuery) -> Walk:
    reached, found, answers = _walk.decode(encoded)
    seqs = sorted({*chain(*found), *answers}, reverse=True)[: query.limit + 1]
    return Walk(seqs, reached, frozenset(answers))


def _asked(query: SearchQuery, windows: int) -> Asked:
    words = _match(query)
    before = SEQ_MAX if query.before is None else query.before
    return {
        "words": words,
        "room": query.room,
        "after": query.after,
        "before": before if words else 0,  # nothing is found without words, nor before 0
        "limit": query.limit,
        "windows": windows,
        "private": msgspec.json.encode(query.private).decode(),
        "talks": any(map(is_direct, query.private)),
        "answered": "" if query.calls is None else query.calls.tag,
    }


def _match(query: SearchQuery) -> str:
    """Return the FTS5 query for messages that hold each phrase; within quotes it has no syntax.

    Each `~` stands for what begins the tokens of a window: no word holds one.
    """
    if query.calls is not None:
        return _match_calls(query.calls)
    all_of = [_phrase(phrase) for phrase in phrases_of(query.words)]
    all_of += [f'"~{content}"' for content in query.contents]
    if query.senders:
        all_of.append("({})".format(" OR ".join(f'"~{sender}"' for sender in query.senders)))
    if not all_of and query.is_about_all:
        all_of.append(f'"~{ANYBODY}"*')
    return f"({' AND '.join(all_of)})" if all_of else ""


def _match_calls(calls: Calls) -> str:
    """Return the query for all that may mention somebody, and that others say.

    Of a name without words, such as one of signs alone, nothing but the texts themselves can tell.
    """
    any_of = [_phrase(phrase) for phrase in phrases_of_name(calls.name)] or [f'"~{ANYBODY}"*']
    any_of.append(f'"~{EVERYBODY}"')
    return f"""(({" OR ".join(any_of)}) NOT "~{calls.tag}")"""


def _phrase(phrase: Phrase) -> str:
    words = " ".join(f"~{word}" for word in phrase.words)
    return f'"{words}"{"*" if phrase.goes_on else ""}'
