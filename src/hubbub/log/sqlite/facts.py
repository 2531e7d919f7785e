"""Facts in the file: which rows a batch of them changes, and reading those that stand.

A fact that stands is a row. What it replaced goes in its commit, so the file has a row for each key
and grows with their number alone. The newest fact of all keeps a row without a key if it does not
stand: the system room ends at the newest row, and no seq is given twice.

Where the rules of a room cannot be read, a smaller index says whether it is private. If that cannot
be read either, the room counts as private: damage never opens one.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from hubbub.chat.events import Fact
from hubbub.chat.facts import Standing, fact_of
from hubbub.chat.leads import is_of_guest, leads_to
from hubbub.chat.removal import goes_with, removed_by
from hubbub.chat.rules import CLOSED, makes_private
from hubbub.log.sqlite.failures import Unsound
from hubbub.log.sqlite.seals import checksum_of, unsealed

# Read from the index alone, which knows what stands even where a row is damaged.
SEQS = """
SELECT json_group_object(facts.key, seq)
FROM json_each(?) AS asked CROSS JOIN facts ON facts.key = asked.value
"""
# Of an index of their own, which stands on other pages.
_PRIVATE = "FROM facts INDEXED BY private_rooms WHERE private"
_PRIVATE_SEQS = f"SELECT json_group_object(key, seq) {_PRIVATE}"
_IS_PRIVATE = f"SELECT count(*) {_PRIVATE} AND key = ?"
_END = "SELECT coalesce(max(seq), 0) FROM facts"
# No text is as great as one of these bytes, which stand in no UTF-8.
_IN_RANGE = "key >= :prefix AND key < CAST(CAST(:prefix AS BLOB) || x'ff' AS TEXT)"
KEYS = "SELECT json_group_object(key, seq) FROM facts WHERE <in range>".replace(
    "<in range>", _IN_RANGE
)
_ARRAY = "SELECT '[' || coalesce(group_concat(sealed, ','), '') || ']'"
FACTS = "SELECT (<keys>), (<array> FROM facts WHERE <in range>)"
FACTS = FACTS.replace("<keys>", KEYS).replace("<array>", _ARRAY).replace("<in range>", _IN_RANGE)
_SEALED = "SELECT '[' || sealed || ']' FROM facts WHERE seq = ?"

_encode = msgspec.json.Encoder().encode
_seqs = msgspec.json.Decoder(dict[str, int])
_facts = msgspec.json.Decoder(list[Fact])

Row = tuple[str | None, int | None, str, str, bool, str | None, bool]
"""Key, seq, body, checksum, whether it makes a room private, what leads to it, and whether it is of
a guest: see the table `facts`.

Without a seq, nothing stands under the key any more, or under those that begin with it if it ends
in `/`.
"""


def changed_by(connection: sqlite3.Connection, facts: Sequence[Fact]) -> list[Row]:
    """Return what `facts`, those of a batch with seqs, make of the rows of their keys."""
    keys = list({fact.key for fact in facts})
    (found,) = connection.execute(SEQS, (_encode(keys).decode(),)).fetchone()
    standing = Standing(_seqs.decode(found))
    taken: dict[str, Fact] = {}
    for fact in filter(standing.take, facts):
        if room := removed_by(fact):
            for key in [key for key, one in taken.items() if goes_with(one, room)]:
                standing.seqs.pop(key, None)
        taken[fact.key] = fact
    # What goes goes before anything comes, so what stands at the end is all that matters.
    rows = [
        row_of(fact) if standing.seqs.get(key) == fact.seq else _gone(key)
        for key, fact in taken.items()
    ]
    end = facts[-1].seq
    if standing.seqs.get(facts[-1].key) != end:
        rows.append(end_row(end))
    return rows


def _gone(key: str) -> Row:
    return key, None, "", "", False, None, False


def end_row(end: int) -> Row:
    """Return the row of the newest fact if it does not stand."""
    return None, end, "", "", False, None, False


def row_of(fact: Fact) -> Row:
    """Return the row of a fact that stands."""
    body = _encode(fact)
    sealed = (body.decode(), checksum_of(body))
    leads = numbers_of(leads_to(fact))
    return fact.key, fact.seq, *sealed, makes_private(fact), leads, is_of_guest(fact)


def number_of(lead: str) -> int:
    """Return what stands for a lead in the file: in an eighth of the bytes, and nobody reads it."""
    return int.from_bytes(blake2b(lead.encode(), digest_size=8).digest()) >> 1


def numbers_of(leads: Sequence[str]) -> str | None:
    """Return what stands for leads, as a JSON array; None for none."""
    return _encode([*map(number_of, leads)]).decode() if leads else None


def end_of_facts(connection: sqlite3.Connection) -> int:
    """Return the newest seq that a fact had, 0 if there was none."""
    (end,) = connection.execute(_END).fetchone()
    assert isinstance(end, int)
    return end


def read_seqs(connection: sqlite3.Connection, prefix: str) -> dict[str, int]:
    """Return under which keys with this beginning facts stand, and their seqs."""
    (found,) = connection.execute(KEYS, {"prefix": prefix}).fetchone()
    return _seqs.decode(found)


def read_private(connection: sqlite3.Connection) -> dict[str, int]:
    """Return under which keys facts stand that make rooms private, and their seqs."""
    (found,) = connection.execute(_PRIVATE_SEQS).fetchone()
    return _seqs.decode(found)


def is_private(connection: sqlite3.Connection, key: str) -> bool:
    """Return whether the fact under a key makes a room private, even if it cannot be read."""
    (count,) = connection.execute(_IS_PRIVATE, (key,)).fetchone()
    return bool(count)


def closed(key: str, seq: int) -> Fact:
    """Return what stands for the rules of a room that cannot be read: it lets nobody in."""
    return replace(fact_of(key, CLOSED, by="", at=0), seq=seq)


def read_facts(connection: sqlite3.Connection, prefix: str) -> list[Fact]:
    """Return the facts that stand under keys with this beginning, in order of the keys."""
    seqs, sealed = connection.execute(FACTS, {"prefix": prefix}).fetchone()
    return sorted(unsealed_facts(sealed, _seqs.decode(seqs)), key=attrgetter("key"))


def unsealed_facts(sealed: str, seqs: Mapping[str, int]) -> list[Fact]:
    """Return facts that were read; raise Unsound unless they stand under these keys and seqs."""
    facts = _facts.decode(unsealed(sealed))
    if {fact.key: fact.seq for fact in facts} != seqs:
        raise Unsound("a fact stands under a key that is not its own")
    return facts


def read_fact(connection: sqlite3.Connection, seq: int) -> Fact:
    """Return the fact of one row; raise Unsound if there is none."""
    row = connection.execute(_SEALED, (seq,)).fetchone()
    found = _facts.decode(unsealed(row and row[0]))
    if [fact.seq for fact in found] != [seq]:
        raise Unsound("a fact has a seq that is not its own")
    return found[0]
