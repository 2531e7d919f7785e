"""How a batch is cut into segments, and that a page reads no more of them than it needs."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import msgspec
import pytest

from hubbub.chat.events import AnyLogged, Page
from hubbub.chat.queries import PageQuery
from hubbub.log.sqlite.reader import open_to_read, read_backlog, read_page
from hubbub.log.sqlite.segments import SEGMENT_BYTES_MAX
from hubbub.log.sqlite.writer import Writer
from tests.log.drafts import reacted, said, titled

# One of each shape of log that would be dear if pages read more than they show.
SHAPES: dict[str, Callable[[int], list[AnyLogged]]] = {
    "a message at a time": lambda n: [said(f"{n}")],
    "hundreds at a time": lambda n: [said(f"{n} {m}") for m in range(200)],
    "long messages": lambda n: [said(f"{n}" * 20_000)],
    "few among reactions": lambda n: [said(f"{n}"), *(reacted(1, f"e{m}") for m in range(200))],
    "among other rooms": lambda n: [said(), *(said(room=f"r{n} {m}") for m in range(50))],
    "reactions among messages": lambda n: [
        draft for m in range(50) for draft in (said(f"{n} {m}"), reacted(1, f"e{m}"))
    ],
}
QUERIES = [
    PageQuery(room="lobby", limit=20),
    PageQuery(room="lobby", limit=20, after=0),
    PageQuery(room="lobby", limit=20, before=24),
    PageQuery(room="lobby", limit=20, after=3),
]


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path, "process")


@pytest.fixture
def writing(writer: Writer) -> Iterator[sqlite3.Connection]:
    connection = writer.open()
    yield connection
    connection.close()


@pytest.fixture
def reading(writing: sqlite3.Connection, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_to_read(tmp_path, "process")
    yield connection
    connection.close()


def rows(connection: sqlite3.Connection) -> list[tuple[int, int, str, str]]:
    """Return first, last, kind and body of every segment."""
    return connection.execute("SELECT first, last, kind, body FROM segments").fetchall()


def test_what_a_room_gets_at_once_is_one_segment(
    writer: Writer, writing: sqlite3.Connection
) -> None:
    drafts = [said(room=("lobby", "den")[n % 2]) for n in range(20)]
    writer.commit(writing, drafts)
    assert [(first, last) for first, last, *_ in rows(writing)] == [(1, 10), (11, 20)]
    bodies = [body for *_, body in rows(writing)]
    assert bodies == [msgspec.json.encode(drafts[at::2]).decode() for at in (0, 1)]


def test_long_segments_are_cut(writer: Writer, writing: sqlite3.Connection) -> None:
    lengths = [1, 10, 3000, 3000, 3000, 20_000, 1, 8000, 1, *[100] * 1000]
    writer.commit(writing, [said("ü" * (length // 2)) for length in lengths])
    sizes = []
    expected = 1
    for first, last, kind, body in rows(writing):
        assert (first, kind) == (expected, "message")
        decoded = msgspec.json.decode(body)
        assert [event["seq"] for event in decoded] == list(range(first, last + 1))
        expected = last + 1
        events = msgspec.json.decode(body, type=list[msgspec.Raw])
        assert sum(map(len, events)) <= SEGMENT_BYTES_MAX or len(events) == 1
        sizes.append(sum(map(len, events)))
    assert expected == len(lengths) + 1
    assert [size for (size,) in writing.execute("SELECT size FROM segments")] == sizes
    filled = sizes[-10:-1]
    assert all(size > SEGMENT_BYTES_MAX * 0.9 for size in filled)


def test_events_that_are_no_messages_have_a_segment_each(
    writer: Writer, writing: sqlite3.Connection
) -> None:
    writer.commit(
        writing, [said(), said(), reacted(1, "a"), reacted(2, "b"), said(), titled("t"), said()]
    )
    assert [(first, last, kind) for first, last, kind, _ in rows(writing)] == [
        (1, 2, "message"),
        (3, 3, "reaction"),
        (4, 4, "reaction"),
        (5, 5, "message"),
        (6, 6, "topic"),
        (7, 7, "message"),
    ]
    targets = [target for (target,) in writing.execute("SELECT target FROM segments")]
    assert targets == [None, 1, 2, None, None, None]


class Weighing:
    """A connection that notes how many bytes its one row has."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.weight = 0

    def execute(self, statement: str, parameters: dict[str, str | int]) -> "Weighing":
        self._row = self._connection.execute(statement, parameters).fetchone()
        self.weight = sum(len(column) for column in self._row if isinstance(column, bytes))
        return self

    def fetchone(self) -> tuple[object, ...]:
        return cast("tuple[object, ...]", self._row)


@pytest.mark.parametrize("query", QUERIES, ids=["newest", "oldest", "before", "after"])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_a_page_reads_little_more_than_it_shows(
    writer: Writer,
    writing: sqlite3.Connection,
    reading: sqlite3.Connection,
    shape: Callable[[int], list[AnyLogged]],
    query: PageQuery,
) -> None:
    for n in range(60):
        writer.commit(writing, shape(n))
    weighing = Weighing(reading)
    page: Page = read_page(cast("sqlite3.Connection", weighing), query)
    assert page.messages
    longest = max(len(message.text) for message in page.messages)
    shown = sum(len(msgspec.json.encode(message)) for message in page.messages)
    names = sum(len(names) for m in page.messages for names in m.reactions.values())
    assert weighing.weight <= shown + 50 * names + longest + 3 * SEGMENT_BYTES_MAX


def test_a_backlog_reads_little_more_than_it_returns(
    writer: Writer, writing: sqlite3.Connection, reading: sqlite3.Connection
) -> None:
    for n in range(10):
        writer.commit(writing, [said(f"{n} {m}") for m in range(500)])
    after = 10  # within a segment
    count = 0
    while True:
        weighing = Weighing(reading)
        events = read_backlog(cast("sqlite3.Connection", weighing), "lobby", after, 16_384)
        assert weighing.weight <= 16_384 + 1000  # what stands between the events
        if not events:
            break
        assert [event.seq for event in events] == list(range(after + 1, events[-1].seq + 1))
        after = events[-1].seq
        count += 1
    assert after == writer.last == 5000
    assert count < 100
