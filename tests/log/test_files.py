"""Which messages hold which files: from the commit on, and as long as they stand."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from hubbub.chat.events import Message
from hubbub.chat.files import FileSummary
from hubbub.chat.queries import PageQuery
from hubbub.log.port import Log
from hubbub.log.sqlite import SqliteLog
from hubbub.log.sqlite.rebuilding import rebuilt
from tests.log.drafts import deleted, edited, said, until
from tests.log.test_removing import gone

Play = Callable[[Callable[[Log], Awaitable[None]]], None]

SECRET = "a-name-that-tells-much.txt"


def with_files(*letters: str, room: str = "lobby", nonce: str | None = None) -> Message:
    """Return a draft with a file for each letter, whose hash is the letter's first one."""
    draft = said("", room=room, nonce=nonce)
    draft.files = tuple(
        FileSummary(id=f"{letter:0>22}", name=SECRET, size=10, type="text/plain", sha256=letter[0])
        for letter in letters
    )
    return draft


def id_of(letter: str) -> str:
    return f"{letter:0>22}"


def test_a_file_is_held_by_its_message_until_it_is_deleted(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([with_files("a", "b"), said()])
        await log.append([with_files("a2", room="den")])
        assert await log.holder(id_of("a")) == ("lobby", 1)
        assert await log.holder(id_of("a2")) == ("den", 3)
        assert await log.holder(id_of("c")) is None
        assert await log.stored() == {"lobby": 20, "den": 10}
        assert await log.held(["a", "b", "c"]) == {"a", "b"}
        assert await log.loose() == []
        await log.append([edited(1, "a text")])
        (message, _) = (await log.page(PageQuery(room="lobby"))).messages
        assert (message.text, len(message.files)) == ("a text", 2)
        before = log.loosenings
        await log.append([deleted(1)])
        assert log.loosenings != before
        assert await log.holder(id_of("a")) is None
        assert await log.was_said(id_of("a"))
        assert sorted(await log.loose()) == ["a", "b"]
        assert await log.held(["a", "b"]) == {"a"}, "the other room holds the same bytes"
        assert await log.stored() == {"den": 10}
        await log.forget_loose(["a", "b"])
        assert await log.loose() == []
        assert await log.holder(id_of("a2")) == ("den", 3)
        backlog = await log.backlog("lobby", 0, 10_000)
        assert not any(isinstance(event, Message) and event.files for event in backlog)

    play(scenario)


def test_a_repeat_holds_nothing_more(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([with_files("a", nonce="n")])
        assert await log.append([with_files("a", nonce="n")]) == [1]
        assert await log.holder(id_of("a")) == ("lobby", 1)
        assert await log.stored() == {"lobby": 10}

    play(scenario)


def test_a_message_that_is_deleted_in_its_own_batch_holds_none(play_sqlite: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([with_files("a"), deleted(1)])
        assert await log.holder(id_of("a")) is None
        assert await log.loose() == ["a"]

    play_sqlite(scenario)


def test_a_room_that_is_removed_holds_none(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([with_files("a", room="den"), with_files("b")])
        await log.append([gone("den")])
        assert await log.holder(id_of("a")) is None
        assert await log.stored() == {"lobby": 10}
        await until(lambda: _is_loose(log, "a"))
        assert await log.holder(id_of("b")) == ("lobby", 2)

    play(scenario)


async def _is_loose(log: Log, hash_: str) -> bool:
    return hash_ in await log.loose()


def test_names_of_files_go_from_the_disk(play_sqlite: Play, tmp_path: Path) -> None:
    async def scenario(log: Log) -> None:
        await log.append([with_files("a"), said("stays")])
        await log.append([edited(1, "once")])
        await log.append([deleted(1)])

    play_sqlite(scenario)
    with closing(sqlite3.connect(tmp_path / "log" / "hubbub.db")) as file:
        bodies = [row[0] for row in file.execute("SELECT body FROM segments")]
    assert not any(SECRET in body for body in bodies)


def test_a_log_that_is_made_anew_knows_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "log"

    async def fill() -> None:
        log = await SqliteLog.open(folder, durability="process")
        await log.append([with_files("a"), with_files("b")])
        await log.append([deleted(2)])
        await log.close()

    async def read() -> None:
        log = await SqliteLog.open(folder, durability="process")
        assert await log.holder(id_of("a")) == ("lobby", 1)
        assert await log.holder(id_of("b")) is None
        assert await log.held(["a", "b"]) == {"a"}
        await log.close()

    asyncio.run(fill())
    connection = sqlite3.connect(folder / "hubbub.db", isolation_level=None)
    connection.text_factory = bytes
    rebuilt(connection, [], folder)
    asyncio.run(read())
