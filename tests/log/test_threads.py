"""Answers are counted, pins listed, and former texts kept as long as their messages stand."""

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from hubbub.chat.events import Page
from hubbub.chat.queries import PageQuery, RevisionsQuery
from hubbub.log.pages import REVISIONS_MAX
from hubbub.log.port import Log
from hubbub.log.sqlite import SqliteLog
from hubbub.log.sqlite.rebuilding import rebuilt
from tests.log.drafts import deleted, edited, pinned, said, seqs, until
from tests.log.test_formats import FORMATS
from tests.log.test_removing import gone

Play = Callable[[Callable[[Log], Awaitable[None]]], None]

SECRET = "only-for-a-moment"


async def page(log: Log, **query: object) -> Page:
    return await log.page(PageQuery(room="lobby", **query))  # type: ignore[arg-type]


def test_answers_are_counted_at_what_they_answer(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(), said(answers=1), said(answers=1)])
        await log.append([said(answers=1), said(answers=2)])
        assert [one.replies for one in (await page(log)).messages] == [3, 1, 0, 0, 0]
        answers = await page(log, answers_to=1, after=0)
        assert seqs(answers.messages) == [2, 3, 4]
        assert answers.messages[0].replies == 1

    play(scenario)


def test_deleted_answers_are_neither_counted_nor_told(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(), said(answers=1), said(answers=1)])
        await log.append([deleted(2), said(answers=1), said(answers=1), deleted(5)])
        await log.append([deleted(2), said(answers=3)])
        assert [one.replies for one in (await page(log)).messages][:3] == [2, 0, 1]
        await log.append([deleted(1), said(answers=1)])
        assert (await page(log)).messages[0].replies == 3, "though it is deleted itself"
        answers = await page(log, answers_to=1, after=0)
        assert not any(one.deleted for one in answers.messages)

    play(scenario)


@pytest.mark.parametrize(
    "kept", sorted((FORMATS / "answers").glob("*.db")), ids=lambda one: one.stem
)
def test_an_upgrade_takes_off_what_was_deleted_before(kept: Path, tmp_path: Path) -> None:
    async def scene() -> None:
        shutil.copy(kept, tmp_path / "hubbub.db")
        log = await SqliteLog.open(tmp_path, durability="process")
        assert (await page(log)).messages[0].replies == 1
        assert seqs((await page(log, answers_to=1, after=0)).messages) == [3]
        await log.close()

    asyncio.run(scene())


def test_answers_are_read_page_by_page(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said()])
        await log.append([said(answers=1) for _ in range(5)])
        first = await page(log, answers_to=1, after=0, limit=2)
        rest = await page(log, answers_to=1, after=3, limit=10)
        assert (seqs(first.messages), first.more) == ([2, 3], True)
        assert (seqs(rest.messages), rest.more) == ([4, 5, 6], False)

    play(scenario)


def test_a_repeated_answer_counts_once(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said()])
        await log.append([said(answers=1, nonce="n"), said(answers=1, nonce="n")])
        await log.append([said(answers=1, nonce="n")])
        assert (await page(log)).messages[0].replies == 1

    play(scenario)


def test_answers_in_another_room_are_none_here(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(), said(room="den")])
        await log.append([said(room="den", answers=2)])
        assert (await page(log, answers_to=2, after=0)).messages == []

    play(scenario)


def test_pins_stand_until_they_are_taken_away_or_their_message_goes(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(), said(), said(), said(room="den")])
        await log.append([pinned(2), pinned(1), pinned(3), pinned(4, room="den")])
        assert seqs((await page(log, pinned=True)).messages) == [1, 2, 3]
        await log.append([pinned(1, on=False), deleted(3), pinned(3)])
        assert [one.pinned for one in (await page(log)).messages] == [False, True, False]
        assert seqs((await page(log, pinned=True)).messages) == [2]
        await log.append([pinned(2, on=False), pinned(2), pinned(2)])
        assert seqs((await page(log, pinned=True)).messages) == [2]

    play(scenario)


async def former(log: Log, seq: int = 1) -> list[str]:
    found = await log.revisions(RevisionsQuery("lobby", seq))
    return [one.text for one in found.texts]


def test_former_texts_are_kept_where_an_edit_says_so(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("one")])
        await log.append([edited(1, "two", kept=True)])
        await log.append([edited(1, "three", kept=True), edited(1, "four", kept=True)])
        await log.append([edited(1, "five")])  # the rule did not hold then
        await log.append([edited(1, "six", kept=True)])
        assert await former(log) == ["one", "two", "three", "five"]
        assert (await log.revisions(RevisionsQuery("lobby", 2))).texts == []

    play(scenario)


def test_only_the_newest_of_many_former_texts_are_told(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("0")])
        for number in range(1, REVISIONS_MAX + 3):
            await log.append([edited(1, str(number), kept=True)])
        found = await log.revisions(RevisionsQuery("lobby", 1))
        texts = [one.text for one in found.texts]
        assert texts == [str(number) for number in range(2, REVISIONS_MAX + 2)]
        assert found.more

    play(scenario)


def test_what_was_deleted_is_gone_from_the_former_texts(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("one"), said("stays")])
        await log.append([edited(1, "two", kept=True), edited(2, "stayed", kept=True)])
        await log.append([edited(1, "three", kept=True), deleted(1)])
        await log.append([edited(1, "too late", kept=True)])
        assert await former(log) == []
        assert await former(log, 2) == ["stays"]

    play(scenario)


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def test_of_deleted_former_texts_no_byte_is_left(tmp_path: Path) -> None:
    async def scene() -> None:
        log = await SqliteLog.open(tmp_path, durability="process")
        await log.append([said(f"{SECRET} {number}") for number in range(50)])
        for number in range(1, 51):
            await log.append([edited(number, f"{SECRET} again {number}", kept=True)])
        for number in range(1, 51):
            await log.append([edited(number, "harmless", kept=True)])
        await log.append([deleted(number) for number in range(1, 51)])
        await log.close()
        assert SECRET.encode() not in bytes_of(tmp_path)

    asyncio.run(scene())


def test_a_removed_room_leaves_no_former_texts_answers_or_pins(tmp_path: Path) -> None:
    async def scene() -> None:
        log = await SqliteLog.open(tmp_path, durability="process")
        await log.append([said(SECRET), said(room="den")])
        await log.append([edited(1, "now", kept=True), said(answers=1), pinned(1)])
        await log.append([gone("lobby")])
        await log.append([said("anew")])

        async def is_cleared() -> bool:
            sql = "SELECT count(*) FROM going"
            row = await log._writing.run(lambda db: db.execute(sql).fetchone())
            return tuple(row) == (0,)

        await until(is_cleared)
        assert (await page(log, pinned=True)).messages == []
        await log.close()
        with closing(sqlite3.connect(tmp_path / "hubbub.db")) as connection:
            for table in ("answers", "pins"):
                (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
                assert rows == 0, table
        assert SECRET.encode() not in bytes_of(tmp_path)

    asyncio.run(scene())


def test_a_log_that_is_made_anew_keeps_counts_pins_and_former_texts(tmp_path: Path) -> None:
    async def scene() -> None:
        log = await SqliteLog.open(tmp_path, durability="process")
        await log.append([said("one"), said("two")])
        await log.append([edited(1, "now", kept=True), said(answers=1), pinned(2), pinned(1)])
        await log.append([pinned(1, on=False)])
        before = await page(log)
        await log.close()
        connection = sqlite3.connect(tmp_path / "hubbub.db", isolation_level=None)
        connection.text_factory = bytes
        rebuilt(connection, [], tmp_path)
        log = await SqliteLog.open(tmp_path, durability="process")
        assert (await page(log)).messages == before.messages
        assert seqs((await page(log, pinned=True)).messages) == [2]
        assert await former(log) == ["one"]
        await log.close()

    asyncio.run(scene())
