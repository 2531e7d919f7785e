"""What the SQLite log costs, counted in steps of its machine rather than by a clock."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

import pytest

from hubbub.chat import words
from hubbub.chat.events import AnyLogged
from hubbub.chat.queries import PageQuery, SearchQuery
from hubbub.log.damage import Damage
from hubbub.log.sqlite import changes, portions, reader, removing, search, segments
from hubbub.log.sqlite.index import merge
from hubbub.log.sqlite.portions import fill_portion
from hubbub.log.sqlite.reader import open_to_read, read_backlog, read_page
from hubbub.log.sqlite.search import read_search
from hubbub.log.sqlite.writer import Writer
from tests.log.drafts import edited, reacted, said

READS = {
    "backlog": reader.BACKLOG,
    "newest": reader.NEWEST,
    "oldest": reader.OLDEST,
    "search everywhere": search.EVERYWHERE,
    "search in a room": search.IN_ROOM,
    "what calls somebody": search.CALLING,
    "rows that hold texts": changes.HOLDING,
    "next portion": portions.PORTION,
    "next step of a removal": removing.ROWS,
}
ASKED = {
    "room": "lobby",
    "after": 1,
    "before": 9,
    "limit": 5,
    "events_max": 5,
    "seqs_max": 5,
    "bytes_max": 5,
    "seq_max": 99,
    "words": '"~a"',
    "windows": 5,
    "seqs": "[1, 2]",
    "private": "[]",
    "talks": True,
    "answered": "·s",
    "id": 1,
    "said": 1,
    "rows": 5,
    "bytes": 5,
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[tuple[Writer, sqlite3.Connection]]:
    writer = Writer(tmp_path, "process")
    connection = writer.open()
    yield writer, connection
    connection.close()


@pytest.mark.parametrize("statement", READS.values(), ids=list(READS))
def test_no_read_scans_a_table(database: tuple[Writer, sqlite3.Connection], statement: str) -> None:
    _, connection = database
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", ASKED).fetchall()
    plan = [detail for *_, detail in rows]
    assert any(step.startswith("SEARCH segments") for step in plan)
    bounded = (
        "SCAN chosen",
        "SCAN taken",
        "SCAN walked",
        "SCAN answering",  # no more than a page holds
        "SCAN found",
        "SCAN placed",
        "SCAN shown",
        "SCAN portion",
        "SCAN asked",
        "SCAN json_each",
        "SCAN watermark",  # one row
        "SCAN going",  # one for each room that is just being removed
        "SCAN (subquery",
        "SCAN CONSTANT ROW",
        "SCAN search VIRTUAL TABLE",
    )
    assert [step for step in plan if "SCAN" in step and not step.startswith(bounded)] == []


def steps_of(connection: sqlite3.Connection, work: Callable[[], object]) -> int:
    """Return about how many steps SQLite's machine takes for `work`."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    connection.set_progress_handler(step, 10)
    work()
    connection.set_progress_handler(None, 10)
    return count * 10


def fill(writer: Writer, connection: sqlite3.Connection, commits: int) -> None:
    """Commit messages of two rooms; after each ten, changes of the lobby's first two.

    Those of the den come last.
    """
    for n in range(commits):
        told = range(n * 10, n * 10 + 10)
        drafts = [said(f"word{m}", room=room) for m in told for room in ("lobby", "den")]
        changes = [change for m in told for change in (reacted(1, f"e{m}"), edited(1, f"a{m}"))]
        changes += [
            change
            for m in told
            for change in (reacted(2, "x", on=m % 2 == 0), edited(2, f"a{m}" * (m % 3)))
        ]
        writer.commit(connection, [*drafts, *changes])
    still = [edited(51, f"still {n}", room="den") for n in range(commits * 10)]
    writer.commit(connection, still)


def test_no_cost_grows_with_the_log(
    database: tuple[Writer, sqlite3.Connection], tmp_path: Path
) -> None:
    writer, writing = database
    reading = open_to_read(tmp_path, "process")

    def commit() -> None:
        writer.commit(writing, [said(f"{n}", nonce=f"{writer.last} {n}") for n in range(20)])

    def edit() -> None:
        writer.commit(writing, [edited(51, f"again {writer.last}", room="den")])

    def toggle() -> None:
        for on in (True, False):
            writer.commit(writing, [reacted(2, "x", on=on)])

    def index() -> None:
        assert not fill_portion(writer, Damage("a test"), writing)

    reads: dict[str, Callable[[], object]] = {
        "backlog": lambda: read_backlog(reading, "lobby", writer.last - 40, 2000),
        "newest": lambda: read_page(reading, PageQuery(room="den", limit=5)),
        "before": lambda: read_page(reading, PageQuery(room="den", before=90, limit=5)),
        "after": lambda: read_page(reading, PageQuery(room="den", after=90, limit=5)),
        "changed": lambda: read_page(reading, PageQuery(room="lobby", after=1, limit=5)),
        "search": lambda: read_search(reading, SearchQuery(words="word99", limit=1), 1),
    }

    def costs() -> dict[str, int]:
        while fill_portion(writer, Damage("a test"), writing):
            pass
        while merge(writing, -1000):  # a search looks into each of the index's segments
            pass
        commit()
        return {
            "commit": steps_of(writing, commit),
            "edit": steps_of(writing, edit),
            "toggle": steps_of(writing, toggle),
            "index": steps_of(writing, index),
            **{name: steps_of(reading, read) for name, read in reads.items()},
        }

    fill(writer, writing, 10)
    small = costs()
    fill(writer, writing, 400)
    large = costs()
    reading.close()
    grown = {name: (cost, large[name]) for name, cost in small.items() if large[name] > 1.5 * cost}
    assert grown == {}


class Counting:
    """A connection that notes what it is asked to execute."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.asked: list[str] = []

    def execute(self, statement: str, *parameters: object) -> sqlite3.Cursor:
        self.asked.append(statement.split(maxsplit=1)[0])
        return self._connection.execute(statement, *parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize("nonces", [False, True])
def test_a_batch_is_one_statement_whatever_its_size(
    database: tuple[Writer, sqlite3.Connection], nonces: bool
) -> None:
    writer, connection = database
    counting = Counting(connection)  # it has no other method: any other call would fail
    batch = [said(room=f"r{n % 50}", nonce=str(n) if nonces else None) for n in range(1000)]
    writer.commit(cast("sqlite3.Connection", counting), batch)
    assert counting.asked == (["SELECT", "INSERT"] if nonces else ["INSERT"])
    assert connection.execute("SELECT count(*) FROM segments").fetchone() == (50,)


def test_what_is_committed_at_once_is_encoded_in_one_call(
    database: tuple[Writer, sqlite3.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    encode_lines = segments._encode_lines

    def counted(events: Sequence[AnyLogged]) -> bytes:
        calls.append(len(events))
        return encode_lines(events)

    monkeypatch.setattr(segments, "_encode_lines", counted)
    writer, connection = database
    writer.commit(connection, [said(room=f"r{n % 3}") for n in range(999)])
    assert calls == [999]


def test_a_portion_of_the_index_is_the_same_statements_whatever_its_size(
    database: tuple[Writer, sqlite3.Connection],
) -> None:
    writer, connection = database
    asked: list[list[str]] = []
    for size in (1, 400):
        writer.commit(connection, [said(f"{n}") for n in range(size)])
        counting = Counting(connection)
        fill_portion(writer, Damage("a test"), cast("sqlite3.Connection", counting))
        asked.append(counting.asked)
    assert asked[0] == asked[1]
    assert asked[0].count("INSERT") == 1


def test_the_texts_of_a_portion_are_split_into_words_in_one_call(
    database: tuple[Writer, sqlite3.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    split = words._ascii_words

    def counted(text: str) -> list[bytes]:
        calls.append(len(text))
        return split(text)

    monkeypatch.setattr(words, "_ascii_words", counted)
    writer, connection = database
    writer.commit(connection, [said(f"{n}", room=f"r{n % 100}") for n in range(400)])
    fill_portion(writer, Damage("a test"), connection)
    assert len(calls) == 1
    assert calls[0] <= words.TOGETHER_CHARS


def test_a_portion_of_long_texts_has_no_more_in_it_than_one_of_short_ones(
    database: tuple[Writer, sqlite3.Connection],
) -> None:
    """A commit may have to wait for one portion, whatever is in it."""
    writer, connection = database
    for _ in range(4):
        writer.commit(connection, [said("word " * 12_000)])
    portions = 1
    while fill_portion(writer, Damage("a test"), connection):
        portions += 1
    assert portions == 4
    writer.commit(connection, [said("word " * 12) for _ in range(500)])
    assert not fill_portion(writer, Damage("a test"), connection), "one is enough"
