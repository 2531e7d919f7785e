"""The windows of the search index: a step of a search costs no more because the log is longer."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from hubbub.chat.errors import Interrupted
from hubbub.chat.queries import SearchQuery
from hubbub.log.damage import Damage
from hubbub.log.sqlite import SqliteLog, portions
from hubbub.log.sqlite.index import merge
from hubbub.log.sqlite.portions import fill_portion, read_portion
from hubbub.log.sqlite.reader import open_to_read
from hubbub.log.sqlite.search import read_search
from hubbub.log.sqlite.writer import Writer
from hubbub.server.fairness.searching import Search
from tests.log.drafts import deleted, edited, found, said, seqs

Play = Callable[[Callable[[SqliteLog], Awaitable[None]]], None]

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


class Filled:
    """A log that is filled by hand; `words` are those of a window."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, words: int) -> None:
        monkeypatch.setattr(portions, "WINDOW_WORDS", words)
        self.writer = Writer(folder, "process")
        self.damage = Damage(folder)
        self.writing = self.writer.open()
        self.reading = open_to_read(folder, "process")

    def say(self, *texts: str) -> None:
        self.writer.commit(self.writing, [said(text) for text in texts])
        while fill_portion(self.writer, self.damage, self.writing):
            pass

    def windows(self) -> list[int]:
        """Return the seq with which each window begins."""
        rows = self.writing.execute("SELECT first FROM windows ORDER BY first").fetchall()
        return [first for (first,) in rows]

    def steps(self, words: str, windows: int, **query: int) -> list[tuple[list[int], int | None]]:
        """Return what each step of a search finds, and from where on it has looked."""
        search = Search(SearchQuery(words=words, **query))  # type: ignore[arg-type]
        steps = []
        while not search.is_done:
            page, _ = read_search(self.reading, search.query, windows)
            steps.append((seqs(page.messages), page.reached))
            search.take(page, 0.0)
        return steps

    def cost(self, words: str) -> int:
        """Return about how many steps SQLite's machine takes for the first step of a search."""
        count = 0

        def step() -> int:
            nonlocal count
            count += 1
            return 0

        self.reading.set_progress_handler(step, 10)
        read_search(self.reading, SearchQuery(words=words), 1)
        self.reading.set_progress_handler(None, 10)
        return count * 10


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Filled]]:
    made: list[Filled] = []

    def fill(words: int) -> Filled:
        made.append(Filled(tmp_path, monkeypatch, words))
        return made[0]

    yield fill
    for one in made:
        one.reading.close()
        one.writing.close()


def test_a_window_ends_where_it_has_so_many_words(filled: Callable[[int], Filled]) -> None:
    log = filled(30)
    for _ in range(9):
        log.say("two words")  # a segment each, and a message counts as a word
    assert log.windows() == [1]
    log.say("two words")
    assert log.windows() == [1]
    log.say("one more")
    assert log.windows() == [1, 11]
    log.say("many " * 100)  # has one for itself
    log.say("next")
    assert log.windows() == [1, 11, 12, 13]


def test_a_search_goes_back_window_by_window(filled: Callable[[int], Filled]) -> None:
    log = filled(6)
    for n in range(1, 7):
        log.say("apple pie" if n % 3 else "apple")  # three words, or two
    assert log.windows() == [1, 3, 5]
    assert log.steps("apple", 1) == [([5, 6], 5), ([3, 4], 3), ([1, 2], None)]
    assert log.steps("apple", 2) == [([3, 4, 5, 6], 3), ([1, 2], None)]
    assert log.steps("apple", 9) == [([1, 2, 3, 4, 5, 6], None)]
    assert log.steps("apple", 1, before=4) == [([3], 3), ([1, 2], None)]
    assert log.steps("apple", 1, limit=1) == [([6], None)]
    assert log.steps("nothing", 2) == [([], 3), ([], None)]
    assert log.steps("", 1) == [([], None)]


def test_a_step_ends_where_there_is_enough(filled: Callable[[int], Filled]) -> None:
    log = filled(3)
    for _ in range(9):
        log.say("apple pie")
    assert log.steps("apple", 100, limit=2) == [([8, 9], None)]
    assert log.steps("apple", 1, limit=2) == [([9], 9), ([8], 8), ([7], 7)]


def test_an_edited_message_stays_in_its_window(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "WINDOW_WORDS", 3)

    async def scenario(log: SqliteLog) -> None:
        await log.append([said("apple", room=f"r{n}") for n in range(9)])
        assert await found(log, "apple") == list(range(1, 10))
        await log.append([edited(2, "pear", room="r1"), deleted(5, room="r4")])
        assert await found(log, "pear") == [2]
        assert await found(log, "apple") == [1, 3, 4, 6, 7, 8, 9]
        await log.append([edited(2, "plum", room="r1")])
        assert await found(log, "pear") == []
        assert await found(log, "plum", room="r1") == [2]

    play_sqlite(scenario)


@pytest.mark.parametrize("words", ["the", "t", "a b c d e f g h i j k l m n o p", "nothing"])
def test_a_step_costs_no_more_because_the_log_is_longer(
    filled: Callable[[int], Filled], words: str
) -> None:
    log = filled(2000)
    letters = "abcdefghijklmnopqrst"

    def fill(commits: int) -> int:
        for n in range(commits):
            log.say(*(f"the {letters[n % 20]}{m} {letters[m % 20]}{n}" for m in range(100)))
        while merge(log.writing, -1000):  # a search looks into each of the index's segments
            pass
        return log.cost(words)

    short = fill(10)
    long = fill(100)
    assert len(log.windows()) > 20
    assert long <= 1.5 * short


def test_work_that_takes_too_long_is_broken_off(play_sqlite: Play) -> None:
    async def scenario(log: SqliteLog) -> None:
        with pytest.raises(Interrupted):
            await log._searching.run(lambda db: db.execute(ENDLESS).fetchone(), seconds_max=0.05)
        await log.append([said("apple")])
        assert await found(log, "apple") == [1]  # and the next goes on

    play_sqlite(scenario)


def test_work_in_time_is_not_broken_off(play_sqlite: Play) -> None:
    async def scenario(log: SqliteLog) -> None:
        assert await log._searching.run(lambda _: 7, seconds_max=0.05) == 7
        await asyncio.sleep(0.1)  # past the time that it had
        work = log._searching.run(lambda db: db.execute("SELECT 8").fetchone())
        assert await work == (8,)

    play_sqlite(scenario)


@pytest.mark.parametrize("role", ["_searching", "_reading"])
def test_closing_does_not_wait_for_what_is_read(play_sqlite: Play, role: str) -> None:
    async def scenario(log: SqliteLog) -> None:
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()

        def work(database: sqlite3.Connection) -> None:
            loop.call_soon_threadsafe(begun.set)
            database.execute(ENDLESS).fetchone()

        reading = asyncio.ensure_future(getattr(log, role).run(work))
        await begun.wait()
        async with asyncio.timeout(30):
            await log.close()
            with pytest.raises(Interrupted):
                await reading

    with pytest.raises(RuntimeError, match="shutdown"):  # closed twice: the fixture closes it, too
        play_sqlite(scenario)


def test_the_index_rests_in_its_own_thread_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []
    monkeypatch.setattr(time, "sleep", rests.append)
    monkeypatch.setattr(portions, "REST_AFTER_SECONDS", 0.0)
    log = Filled(tmp_path, monkeypatch, 1000)
    log.say("one", "two")
    assert rests == [], "commits wait for the writer's thread"
    log.writer.commit(log.writing, [said("three")])
    portion = read_portion(log.writer, log.damage, log.reading, rests=True)
    assert portion is not None
    assert len(rests) == 1
