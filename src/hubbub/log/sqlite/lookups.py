"""Looks up single facts at once, in the thread that asks: the event loop's.

To hand a question to another thread and back takes longer than to answer it. Each look-up is one
statement that returns one row (see schema.py), and finds what it asks for in an index. It waits for
nobody: readers of a write-ahead log see what is committed, whatever is being written.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Final

import msgspec

from hubbub.chat.errors import Damaged
from hubbub.chat.events import Fact
from hubbub.chat.leads import is_of_guest, leads_to
from hubbub.log.damage import Damage
from hubbub.log.sqlite.connection import Connection
from hubbub.log.sqlite.facts import number_of, unsealed_facts

BUSY_MILLISECONDS: Final = 50
"""Nobody else may lock the file; if a program does so all the same, everybody would wait."""

GONE_THROUGH_MAX: Final = 1000
"""So many people are gone through, in a millisecond or two, where what leads to them is damaged."""

# The index of keys knows what stands even where a row is damaged.
_FOUND = """
SELECT json_group_object(coalesce(facts.key, ''), facts.seq),
       '[' || coalesce(group_concat(sealed, ','), '') || ']' FROM
"""
LOOK_UP = "<found> json_each(?) AS asked CROSS JOIN facts ON facts.key = asked.value"
LOOK_UP = LOOK_UP.replace("<found>", _FOUND)
LED_TO = """
<found> (
    SELECT facts.seq AS seq FROM found_by LEFT JOIN facts USING (key)
    WHERE lead = ? ORDER BY facts.seq DESC LIMIT ?
) AS led LEFT JOIN facts ON facts.seq = led.seq
""".replace("<found>", _FOUND)
GUESTS = """
<found> (SELECT seq FROM facts INDEXED BY guests WHERE guest = 1 ORDER BY seq LIMIT ?) AS oldest
JOIN facts ON facts.seq = oldest.seq
""".replace("<found>", _FOUND)
# Without what says to whom it leads: all people are gone through.
_PEOPLE = "facts WHERE facts.key > 'person/' AND facts.key < 'person0'"
_ARE_MANY = "SELECT count(*) > ? FROM (SELECT 1 FROM <people> LIMIT ? + 1)"
_ARE_MANY = _ARE_MANY.replace("<people>", _PEOPLE)
AROUND = """
<found> <people> AND EXISTS (SELECT 1 FROM json_each(facts.leads) WHERE value = ?)
""".replace("<found>", _FOUND).replace("<people>", _PEOPLE)
_encode = msgspec.json.Encoder().encode
_seqs = msgspec.json.Decoder(dict[str, int])
_seq_of = attrgetter("seq")


class Lookups:
    """What is looked up at once. Everything else waits meanwhile, for about 20 µs."""

    def __init__(
        self, folder: Path, opened: Callable[[], sqlite3.Connection], damage: Damage
    ) -> None:
        def patiently() -> sqlite3.Connection:
            connection = opened()
            connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
            return connection

        self._connection = Connection(folder, patiently)
        self._damage = damage

    def open(self) -> None:
        """Open the file, in this thread."""
        self._connection.work(lambda _: None)

    def look_up(self, keys: Sequence[str]) -> list[Fact]:
        """Return the facts that stand under these keys; see `Log.look_up`."""
        asked = (_encode(keys).decode(),)
        return self._read(LOOK_UP, asked, f"what stands under '{', '.join(keys[:1])}'")

    def led_to(self, lead: str, limit: int) -> list[Fact]:
        """Return the facts to which this leads; see `Log.led_to`."""
        number, what = number_of(lead), f"what '{lead}' leads to"
        try:
            found = self._read(LED_TO, (number, limit), what)
        except Damaged:
            if self._connection.work(_are_many):
                raise
            found = self._read(AROUND, (number,), what)
        found = [fact for fact in found if lead in leads_to(fact)]
        return sorted(found, key=_seq_of, reverse=True)[:limit]

    def guests(self, limit: int) -> list[Fact]:
        """Return the oldest facts of guests; see `Log.guests`."""
        found = self._read(GUESTS, (limit,), "who the guests are")
        return sorted(filter(is_of_guest, found), key=_seq_of)

    def _read(self, statement: str, asked: tuple[object, ...], what: str) -> list[Fact]:
        try:
            return self._connection.work(lambda db: _facts(db, statement, asked))
        except Damaged:
            self._damage.found(f"{what} cannot be read")
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.disconnect()


def _are_many(db: sqlite3.Connection) -> bool:
    """Return whether so many people are known that everybody would have to wait too long."""
    (are_many,) = db.execute(_ARE_MANY, (GONE_THROUGH_MAX, GONE_THROUGH_MAX)).fetchone()
    return bool(are_many)


def _facts(db: sqlite3.Connection, statement: str, asked: tuple[object, ...]) -> list[Fact]:
    seqs, sealed = db.execute(statement, asked).fetchone()
    standing: Mapping[str, int] = _seqs.decode(seqs)
    return unsealed_facts(sealed, standing) if standing else []
