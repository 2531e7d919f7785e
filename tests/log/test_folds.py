"""What later events made of a message is kept: pages and backlogs stay whole, bounded and cheap."""

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from hubbub.chat import fold
from hubbub.chat.events import AnyLogged, Message, Page
from hubbub.chat.queries import PageQuery, ReactionsQuery
from hubbub.log.pages import PAGE_BYTES_MAX
from hubbub.log.port import Log
from hubbub.log.sqlite import SqliteLog
from hubbub.log.sqlite.reader import READ_BYTES_MAX, open_to_read, read_backlog, read_page
from hubbub.log.sqlite.writer import Writer
from tests.log.drafts import NOON, all_of, deleted, edited, reacted, said, seqs
from tests.log.test_formats import FORMATS

Play = Callable[[Callable[[Log], Awaitable[None]]], None]
PlaySqlite = Callable[[Callable[[SqliteLog], Awaitable[None]]], None]

LONG = "x" * 100_000


def test_reactions_stand_in_the_order_in_which_they_came(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(), reacted(1, "b"), reacted(1, "a"), reacted(1, "b", sender="Zoë")])
        await log.append([reacted(1, "b", on=False), reacted(1, "c"), reacted(1, "c", on=False)])
        await log.append([reacted(1, "c"), reacted(1, "b"), reacted(1, "b", sender="ZOË")])
        (message,) = (await log.page(PageQuery(room="lobby"))).messages
        assert list(message.reactions.items()) == [
            ("b", ["bob", "ZOË"]),
            ("a", ["bob"]),
            ("c", ["bob"]),
        ]
        await log.append([deleted(1), reacted(1, "too late")])
        (message,) = (await log.page(PageQuery(room="lobby"))).messages
        assert message.reactions == {}

    play(scenario)


def crowd(target: int) -> list[AnyLogged]:
    """Return reactions by long names, 36 kB of them."""
    return [reacted(target, "👍", sender=f"{'🎉' * 29}{n:03}") for n in range(300)]


async def read_through(log: Log, query: Callable[[list[Message]], PageQuery]) -> list[list[int]]:
    """Return the seqs of each page, read on for as long as a page says that there is more."""
    pages: list[list[Message]] = []
    more = True
    while more:
        assert len(pages) < 100
        page = await log.page(query(pages[-1] if pages else []))
        assert page.messages
        pages.append(page.messages)
        more = page.more
    return [seqs(messages) for messages in pages]


@pytest.mark.parametrize("change", ["long texts", "long edits", "reactions"])
def test_a_page_is_bounded_by_all_that_it_holds_and_read_on_to_the_end(
    play: Play, change: str
) -> None:
    async def scenario(log: Log) -> None:
        text = LONG if change == "long texts" else "short"
        await log.append([said(text) for _ in range(60)])
        for target in range(1, 61):
            if change == "long edits":
                await log.append([edited(target, LONG)])
            elif change == "reactions":
                await log.append(crowd(target))
        for pages in (
            await read_through(log, lambda page: PageQuery(room="lobby", after=last_of(page))),
            (await read_through(log, lambda page: PageQuery(room="lobby", before=first_of(page))))[
                ::-1
            ],
        ):
            assert [seq for page in pages for seq in page] == list(range(1, 61))
            assert max(map(len, pages)) <= 30, "a page of all would be twice as long at least"

    play(scenario)


def last_of(page: list[Message]) -> int:
    return page[-1].seq if page else 0


def first_of(page: list[Message]) -> int | None:
    return page[0].seq if page else None


def test_a_page_compares_no_names_and_folds_no_reactions(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """200 names outside ASCII would take a second."""

    async def scenario(log: Log) -> None:
        await log.append([said(), *(reacted(1, "👍", sender=f"アン{n}") for n in range(200))])
        compared: list[str] = []
        monkeypatch.setattr(fold, "same_name", lambda *names: compared.extend(names))
        (message,) = (await log.page(PageQuery(room="lobby"))).messages
        assert len(await log.backlog("lobby", 0, 1_000_000)) == 201
        assert message.reactions == {"👍": [f"アン{n}" for n in range(200)]}
        assert compared == []

    play(scenario)


def test_the_reactions_of_a_person_are_told_whatever_they_were_called(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(), said(), said(), said(room="den")])
        await log.append(
            [
                reacted(1, "👍", sender="bob", person="B"),
                reacted(1, "🎉", sender="rob", person="B"),
                reacted(1, "👍", sender="rob"),
                reacted(1, "👍", sender="ann", person="A"),
                reacted(2, "👍", sender="rob", person="B"),
                reacted(2, "👍", sender="rob", person="B", on=False),
                reacted(3, "👍", sender="rob", person="B"),
                deleted(3),
            ]
        )
        for person, given in (("B", [("bob", "👍"), ("rob", "🎉")]), ("", [("rob", "👍")])):
            found = await log.reactions(ReactionsQuery("lobby", person, (1, 2, 3)))
            assert [(one.sender, one.emoji) for one in found] == given
        assert await log.reactions(ReactionsQuery("lobby", "B", (2,))) == []
        assert await log.reactions(ReactionsQuery("den", "B", (1,))) == []

    play(scenario)


class Weighing:
    """A connection that adds up how many bytes its rows have."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.weight = 0

    def execute(self, statement: str, parameters: dict[str, str | int]) -> "Weighing":
        self._row = self._connection.execute(statement, parameters).fetchone()
        self.weight += sum(len(column) for column in self._row if isinstance(column, bytes))
        return self

    def fetchone(self) -> tuple[object, ...]:
        return self._row  # type: ignore[no-any-return]


def test_short_messages_that_became_long_ones_are_not_read_all_at_once(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "process")
    writing = writer.open()
    writer.commit(writing, [said("short") for _ in range(60)])  # one segment
    for target in range(1, 61):
        writer.commit(writing, [edited(target, LONG)])
    reading = open_to_read(tmp_path, "process")
    for query in (PageQuery(room="lobby"), PageQuery(room="lobby", after=0)):
        weighing = Weighing(reading)
        page: Page = read_page(weighing, query)  # type: ignore[arg-type]
        assert len(page.messages) * len(LONG) < PAGE_BYTES_MAX
        assert weighing.weight < READ_BYTES_MAX + 2 * len(LONG)
    weighing = Weighing(reading)
    events = read_backlog(weighing, "lobby", 0, 250_000)  # type: ignore[arg-type]
    assert seqs(events) == [1, 2]
    assert weighing.weight < 4 * len(LONG)
    found: list[int] = []
    while events := read_backlog(reading, "lobby", found[-1] if found else 0, 250_000):
        found += seqs(events)
    assert found == list(range(1, 121))
    reading.close()
    writing.close()


async def told(folder: Path) -> tuple[list[AnyLogged], list[Message]]:
    """Return what a log tells by its backlog and by its newest page."""
    log = await SqliteLog.open(folder, durability="process")
    try:
        return await all_of(log, "lobby"), (await log.page(PageQuery(room="lobby"))).messages
    finally:
        await log.close()


def test_what_a_file_of_format_4_or_older_holds_is_folded_when_it_is_opened(
    tmp_path: Path, play_sqlite: PlaySqlite
) -> None:
    async def fill(log: SqliteLog) -> None:
        await log.append([said(f"{n}") for n in range(5)])
        await log.append([edited(1, "a"), edited(1, "b", at=NOON + 1), edited(2, "gone")])
        await log.append([deleted(2), reacted(2, "x"), reacted(3, "b"), reacted(3, "a")])
        await log.append([reacted(3, "b", sender="Zoë"), reacted(3, "b", on=False)])
        await log.append([reacted(3, "a", sender="ZOË"), reacted(3, "a", sender="Zoë", on=False)])

    play_sqlite(fill)
    before = asyncio.run(told(tmp_path / "log"))
    older_folder = tmp_path / "older"
    older_folder.mkdir()
    path = shutil.copy(FORMATS / "3" / "hubbub.db", older_folder)
    with closing(sqlite3.connect(path, isolation_level=None)) as older:
        older.execute("ATTACH ? AS kept", (str(tmp_path / "log" / "hubbub.db"),))
        for table, columns in (
            ("rooms", "*"),
            ("segments", "last, first, room_id, said, kind, target, size, body"),
        ):
            older.execute(f"DELETE FROM main.{table}")
            older.execute(f"INSERT INTO main.{table} SELECT {columns} FROM kept.{table}")
    events, messages = asyncio.run(told(older_folder))
    assert (events, messages) == before
    assert list(messages[2].reactions.items()) == [("a", ["bob"]), ("b", ["Zoë"])]
