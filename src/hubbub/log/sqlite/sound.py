"""What must be sound in a file before anything is written to it: looked at at each opening.

Damage elsewhere is gone around (around.py). But a trigger in which a letter is another would write
what nobody meant, and a room whose end is not known would get seqs twice.
"""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing

import msgspec

from hubbub.chat.events import Fact
from hubbub.chat.leads import is_of_guest, leads_to, rules
from hubbub.chat.words import RULES
from hubbub.log.sqlite.facts import numbers_of
from hubbub.log.sqlite.failures import Unsound
from hubbub.log.sqlite.schema import TABLES, VIEWS

_SHAPE = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
_OF_SEARCH = "search_"  # the tables that FTS5 makes; how it writes them is its own affair
_NEWEST = """
SELECT coalesce((
           SELECT max(last) FROM segments
           WHERE kind <> 'gone' AND room_id NOT IN (SELECT id FROM going)
       ), 0), coalesce((SELECT max(last) FROM removed), 0),
       coalesce((SELECT max(last) FROM dropped WHERE room_id NOT IN (SELECT id FROM going)), 0),
       coalesce((SELECT max(seq) FROM facts), 0),
       coalesce((SELECT max(seq) FROM facts INDEXED BY facts_by_key), 0),
       coalesce((SELECT max(upto) FROM holes), 0)
"""
_WATERMARK = "SELECT seq, rules FROM watermark WHERE typeof(seq) = 'integer'"
_FORGET = "DELETE FROM watermark"
_BEGIN = "INSERT INTO watermark (seq, rules, taken_out, scrubbed) VALUES (0, '', 0, 0)"
_CHANGE_RULES = "INSERT INTO rules VALUES (?)"
_LEAD_RULES = "SELECT rules FROM lead_rules"
_CHANGE_LEADS = "INSERT INTO leading VALUES (?)"

_fact = msgspec.json.Decoder(Fact)


def check_shape(connection: sqlite3.Connection) -> None:
    """Raise Unsound if the file is not made of what a file of this format is made of."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(TABLES + VIEWS)
        wanted, found = _shape(fresh), _shape(connection)
    if odd := sorted({name for name, _ in wanted.items() ^ found.items()}):
        raise Unsound(f"it has not the tables that it should have ({', '.join(odd)})")


def _shape(connection: sqlite3.Connection) -> dict[str, str]:
    return {
        f"{kind} {name}": re.sub(r"[\s\"]+", "", re.sub("--.*", "", sql))
        for kind, name, sql in connection.execute(_SHAPE)
        if not name.startswith(_OF_SEARCH)
    }


def check_end(connection: sqlite3.Connection, tails: Mapping[str, int]) -> int:
    """Return the newest seq that was given; raise Unsound if what has it cannot be found."""
    newest: int
    removed: int
    dropped: int
    of_facts: int
    of_their_keys: int
    of_holes: int
    found = connection.execute(_NEWEST).fetchone()
    newest, removed, dropped, of_facts, of_their_keys, of_holes = found
    end = max(tails.values(), default=0)
    if max(newest, dropped) != end or min(tails.values(), default=1) < 1:
        raise Unsound(f"its rooms end at {end} and its messages at {newest}")
    if of_facts != of_their_keys:
        raise Unsound(f"its facts end at {of_facts} and their keys at {of_their_keys}")
    return max(end, removed, of_facts, of_holes)


def newest_given(connection: sqlite3.Connection) -> int:
    """Return the newest seq that was given, as far as the file knows."""
    return int(max(connection.execute(_NEWEST).fetchone()))


def keep_index(connection: sqlite3.Connection, end: int) -> None:
    """Empty the search index if it is void, to be filled again.

    It is if its words were split by other rules, for they could not be taken out, and if it is not
    known up to where it is filled.
    """
    rows = connection.execute(_WATERMARK).fetchall()
    if len(rows) == 1 and 0 <= rows[0][0] <= end and rows[0][1] == RULES:
        return
    if len(rows) != 1:
        connection.execute(_FORGET)
        connection.execute(_BEGIN)
    empty_index(connection)


def empty_index(connection: sqlite3.Connection) -> None:
    """Empty the search index, to be filled again."""
    connection.execute(_CHANGE_RULES, (RULES,))


def keep_leads(connection: sqlite3.Connection) -> None:
    """Note anew what leads to facts, if it was noted by other rules (chat/leads.py), or not yet."""
    if connection.execute(_LEAD_RULES).fetchall() == [(rules(),)]:
        return
    connection.create_function("leads_to", 1, _leads_of, deterministic=True)
    connection.create_function("is_guest", 1, _is_guest, deterministic=True)
    connection.execute(_CHANGE_LEADS, (rules(),))


def _leads_of(body: bytes) -> str | None:
    """Return what leads to the fact in a row, as `facts.leads` has it."""
    fact = _decoded(body)
    return None if fact is None else numbers_of(leads_to(fact))


def _is_guest(body: bytes) -> bool:
    fact = _decoded(body)
    return fact is not None and is_of_guest(fact)


def _decoded(body: bytes) -> Fact | None:
    """Return the fact in a row, None if it is damaged: then nothing leads to it."""
    try:
        return _fact.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
