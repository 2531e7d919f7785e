"""How the search index follows the log."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hubbub.chat.queries import SearchQuery
from hubbub.chat.words import RULES
from hubbub.log.sqlite import SqliteLog, connection, index
from hubbub.log.sqlite.portions import fill_portion, put_portion, read_portion
from tests.log.drafts import ALL_WINDOWS, deleted, edited, indexed, said, until, watermark

Play = Callable[[Callable[[SqliteLog], Awaitable[None]]], None]


async def until_found(log: SqliteLog, words: str) -> None:
    async def is_found() -> bool:
        return bool((await log.search(SearchQuery(words=words), ALL_WINDOWS)).messages)

    await until(is_found)


def test_a_message_is_found_while_commits_keep_coming(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "INDEX_AFTER_SECONDS", 0.05)

    async def scenario(log: SqliteLog) -> None:
        async def keep_appending() -> None:
            while True:  # larger batches than a portion, one after the other, for ever
                await log.append([said(f"noise {n}") for n in range(700)])

        stream = asyncio.create_task(keep_appending())
        for word in ("first", "second", "third"):
            await log.append([said(word)])
            await until_found(log, word)
        assert not stream.done()
        stream.cancel()
        await asyncio.wait([stream])

    play_sqlite(scenario)


def test_no_portion_is_larger_than_the_commits_call_for(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "INDEX_AFTER_SECONDS", 3600)

    async def scenario(log: SqliteLog) -> None:
        fill = partial(fill_portion, log._writer, log.damage)
        portions = []
        for batch in (700, 700, 50, 1):
            await log.append([said(f"{n}") for n in range(batch)])
        while await watermark(log) < log._writer.last:
            before = await watermark(log)
            await log._writing.run(fill)
            portions.append(await watermark(log) - before)
        assert sum(portions) == 1451
        assert all(400 < portion <= 500 for portion in portions[:-1])  # segments are not cut
        await log.append([said("x") for _ in range(700)])
        await log.append([said("x") for _ in range(700)])
        await log._writing.run(fill)
        assert await watermark(log) == log._writer.last  # 1400: twice the last commit
        await log.append([said("long " * 2000) for _ in range(100)])
        before = await watermark(log)
        await log._writing.run(fill)
        assert 8 <= await watermark(log) - before <= 10  # 100 kB

    play_sqlite(scenario)


def test_what_was_not_indexed_is_indexed_after_a_restart(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "INDEX_AFTER_SECONDS", 3600)

    async def before(log: SqliteLog) -> None:
        await log.append([said("apple"), said("banana"), edited(1, "cherry")])
        assert await watermark(log) == 0

    async def reopened(log: SqliteLog) -> None:
        await indexed(log)
        pages = [
            await log.search(SearchQuery(words=word), ALL_WINDOWS) for word in ("apple", "cherry")
        ]
        assert [[m.seq for m in page.messages] for page in pages] == [[], [1]]

    play_sqlite(before)
    monkeypatch.setattr(index, "INDEX_AFTER_SECONDS", 0)
    play_sqlite(reopened)


def test_a_message_deleted_a_moment_ago_is_not_found(play_sqlite: Play) -> None:
    async def scenario(log: SqliteLog) -> None:
        await log.append([said("apple"), said("apple")])
        await indexed(log)
        assert log._index is not None
        await log._index.close()  # from now on the index lags for ever
        await log.append([deleted(1)])
        page = await log.search(SearchQuery(words="apple", limit=1), ALL_WINDOWS)
        assert ([m.seq for m in page.messages], page.more) == ([2], False)

    play_sqlite(scenario)


def test_filling_goes_on_after_a_failure(
    play_sqlite: Play,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.01)
    monkeypatch.setattr(index, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(index, "INDEX_AFTER_SECONDS", 0.1)
    tries = []

    def counted(*arguments: Any) -> bool:
        tries.append(1)
        return put_portion(*arguments)

    monkeypatch.setattr(index, "put_portion", counted)

    async def scenario(log: SqliteLog) -> None:
        await log.append([said("apple")])
        other = sqlite3.connect(tmp_path / "log" / "hubbub.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        async def is_told() -> bool:
            return "locked by another program" in caplog.text

        async def is_tried_again() -> bool:
            return len(tries) >= 5

        await until(is_told)
        await until(is_tried_again)
        assert await watermark(log) == 0
        other.execute("ROLLBACK")
        other.close()
        await until_found(log, "apple")

    with caplog.at_level(logging.WARNING):
        play_sqlite(scenario)
    assert caplog.text.count("cannot be searched for the moment") == 1


async def reindex(log: SqliteLog) -> None:
    await log._writing.run(lambda db: db.execute("INSERT INTO rules VALUES (?)", (RULES,)))


async def edit(log: SqliteLog) -> None:
    await log.append([edited(2, "cherry")])


async def delete(log: SqliteLog) -> None:
    await log.append([deleted(2)])


@pytest.mark.parametrize(
    ("change", "expected"),
    [(edit, ["apple", "cherry"]), (delete, ["apple"]), (reindex, ["apple", "banana"])],
)
def test_what_was_read_for_the_index_is_void_if_it_has_changed_since(
    play_sqlite: Play,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[SqliteLog], Awaitable[None]],
    expected: list[str],
) -> None:
    monkeypatch.setattr(index, "INDEX_AFTER_SECONDS", 3600)

    async def scenario(log: SqliteLog) -> None:
        fill = partial(fill_portion, log._writer, log.damage)
        await log.append([said("apple")])
        await log._writing.run(fill)
        await log.append([said("banana")])
        portion = await log._reading.run(partial(read_portion, log._writer, log.damage))
        assert portion is not None
        put = partial(put_portion, log._writer, portion)
        await change(log)
        assert not await log._writing.run(put)
        while await log._writing.run(fill):
            pass
        found = []
        for word in ("apple", "banana", "cherry"):
            page = await log.search(SearchQuery(words=word), ALL_WINDOWS)
            found += [word for message in page.messages]
        assert found == expected

    play_sqlite(scenario)


def test_what_was_read_for_the_index_stands_if_other_messages_changed(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else somebody who edits without end would have everything read twice."""
    monkeypatch.setattr(index, "INDEX_AFTER_SECONDS", 3600)

    async def scenario(log: SqliteLog) -> None:
        await log.append([said("apple")])
        await log._writing.run(partial(fill_portion, log._writer, log.damage))
        await log.append([said("banana")])
        portion = await log._reading.run(partial(read_portion, log._writer, log.damage))
        assert portion is not None
        await log.append([edited(1, "cherry")])
        assert await log._writing.run(partial(put_portion, log._writer, portion))

    play_sqlite(scenario)
