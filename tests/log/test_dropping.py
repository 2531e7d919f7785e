"""Rooms lose their beginnings: what is over goes with all that hangs on it, and nothing else."""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from hubbub.chat.events import AnyLogged, Edited, Message
from hubbub.chat.queries import Dropped, Drops, Head, Over, PageQuery, RevisionsQuery
from hubbub.log.port import Log
from hubbub.log.sqlite import SqliteLog, dropping, index
from hubbub.log.sqlite.rebuilding import rebuilt
from hubbub.log.sqlite.survey import opened as opened_to_read
from hubbub.log.sqlite.survey import surveyed
from tests.log.drafts import (
    NOON,
    all_of,
    deleted,
    edited,
    found,
    indexed,
    pinned,
    reacted,
    said,
    seqs,
    titled,
    until,
)
from tests.log.test_files import id_of, with_files
from tests.log.test_removing import gone

Play = Callable[[Callable[[Log], Awaitable[None]]], None]


async def drop_all(log: Log, over: Over, room: str = "lobby") -> int:
    """Take all steps; return up to where the room went."""
    last = 0
    while dropped := (await log.drop({room: over})).dropped:
        assert dropped[room].last > last
        last = dropped[room].last
    return last


async def head(log: Log, room: str = "lobby") -> Head:
    return next(one for one in await log.heads() if one.room == room)


async def page(log: Log, room: str = "lobby") -> list[Message]:
    return (await log.page(PageQuery(room=room, limit=100))).messages


async def talk(log: Log) -> None:
    """Say 1 to 10, each in a commit of its own; the odd ones in the lobby, at 1, 2, 3, …"""
    for number in range(1, 11):
        room = "lobby" if number % 2 else "den"
        await log.append([said(f"word{number:02}", room=room, at=number, nonce=f"n{number}")])


def test_what_came_before_a_time_goes(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await talk(log)
        assert await drop_all(log, Over(before=6)) == 5
        assert await head(log) == Head("lobby", first=7, last=9, topic="", dropped=5)
        assert await head(log, "den") == Head("den", first=2, last=10, topic="")
        assert seqs(await all_of(log, "lobby")) == seqs(await page(log)) == [7, 9]
        assert [one.prev for one in await all_of(log, "lobby")] == [5, 7]
        assert seqs(await all_of(log, "lobby", after=3)) == [7, 9]
        assert seqs(await all_of(log, "lobby", after=7)) == [9]
        assert len(log.damage) == 0
        assert not (await log.page(PageQuery(room="lobby"))).missing
        assert seqs(await all_of(log, "den")) == [2, 4, 6, 8, 10]
        for number, places in {1: [], 2: [2], 5: [], 7: [7]}.items():
            assert await found(log, f"word{number:02}") == places
        assert await log.append([said(nonce="n9"), said(nonce="n1")]) == [9, 11]
        assert await drop_all(log, Over(before=6)) == 0

    play(scenario)


def test_what_is_up_to_a_seq_goes_and_all_of_a_room_may(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await talk(log)
        assert await drop_all(log, Over(upto=3)) == 3
        assert await drop_all(log, Over(upto=9)) == 9
        assert await head(log) == Head("lobby", first=0, last=9, topic="", dropped=9)
        assert await all_of(log, "lobby") == await page(log) == []
        assert await log.append([said()]) == [11]
        assert await head(log) == Head("lobby", first=11, last=11, topic="", dropped=9)
        assert [one.prev for one in await all_of(log, "lobby")] == [9]
        assert await log.drop({"nowhere": Over(upto=9)}) == Drops({}, ())
        assert "nowhere" not in {one.room for one in await log.heads()}

    play(scenario)


def test_more_than_so_many_messages_are_found(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropping, "COUNTED_ROWS", 2)

    async def scenario(log: Log) -> None:
        await talk(log)
        await log.append([titled("not counted")])
        found = [await log.surplus("lobby", number) for number in (0, 1, 2, 3, 4, 5, 100)]
        assert found == [9, 7, 5, 3, 1, 0, 0]
        assert await log.surplus("nowhere", 1) == 0

    play(scenario)


def test_one_step_takes_what_is_over_in_many_rooms(play: Play) -> None:
    async def scenario(log: Log) -> None:
        rooms = [f"room{number}" for number in range(20)]
        for room in rooms:
            await log.append([said(f"old of {room}", room=room, at=1)])
            await log.append([said("new", room=room, at=NOON)])
        over, steps = dict.fromkeys(rooms, Over(before=NOON)), 0
        while dropped := (drops := await log.drop(over)).dropped:
            for room, one in dropped.items():
                assert one == Dropped(1 + 2 * rooms.index(room), 2 + 2 * rooms.index(room))
            over = {room: over[room] for room in drops.left}
            steps += 1
        assert steps < len(rooms)
        for room in rooms:
            assert [one.text for one in await page(log, room)] == ["new"]
        assert await found(log, "old") == []

    play(scenario)


def test_what_hangs_on_a_message_goes_with_it(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("first", at=1), with_files("a"), said("answers", answers=1)])
        await log.append([edited(1, "second", kept=True)])
        await log.append([reacted(1, "👍"), pinned(1), deleted(3)])
        await log.append([edited(1, "third", at=NOON + 1)])
        await log.append([said("stays", at=NOON + 2, answers=1)])
        edit = next(one.seq for one in await all_of(log, "lobby") if one.seq == 8)
        assert await drop_all(log, Over(upto=3)) == 3
        events = await all_of(log, "lobby")
        assert seqs(events) == [4, 5, 6, 7, 8, 9]
        texts = {one.seq: one.text for one in events if isinstance(one, Edited)}
        assert (texts[4], texts[edit]) == ("", ""), "of what they are about nothing is left"
        assert [one.text for one in await page(log)] == ["stays"]
        assert (await log.page(PageQuery(room="lobby", pinned=True))).messages == []
        assert (await log.revisions(RevisionsQuery(room="lobby", seq=1))).texts == []
        assert await log.holder(id_of("a")) is None
        assert await log.loose() == ["a"]
        for word in ("first", "second", "third", "answers"):
            assert await found(log, word) == []
        assert await found(log, "stays") == [9]

    play(scenario)


def test_reading_goes_on_while_a_long_room_is_dropped(play: Play) -> None:
    async def scenario(log: Log) -> None:
        for number in range(300):
            await log.append([said(f"line{number}", at=number)])

        async def read() -> None:
            for _ in range(20):
                events: list[AnyLogged] = await all_of(log, "lobby")
                assert seqs(events) == list(range(events[0].seq, 301))
                await asyncio.sleep(0)

        await asyncio.gather(read(), drop_all(log, Over(before=250)))
        assert seqs(await all_of(log, "lobby")) == list(range(251, 301))
        assert len(log.damage) == 0
        assert await found(log, "line249") == []
        assert await found(log, "line250") == [251]

    play(scenario)


# In the file.


async def opened(folder: Path) -> SqliteLog:
    return await SqliteLog.open(folder, durability="process")


def test_no_text_of_what_went_is_left_in_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "SCRUB_AFTER_SECONDS", 0.0)

    async def scene() -> None:
        log = await opened(tmp_path)
        for number in range(200):
            await log.append([said(f"secret{number:04} " + "x" * 500, at=number)])
        await log.append([edited(number + 1, f"changed{number:04}") for number in range(0, 200, 7)])
        await indexed(log)
        await drop_all(log, Over(before=150))
        gone = [f"secret{number:04}" for number in range(150) if number % 7]
        gone += [f"changed{number:04}" for number in range(0, 150, 7)]

        async def is_clean() -> bool:
            stored = b"".join((tmp_path / f"hubbub.db{end}").read_bytes() for end in ("", "-wal"))
            return not any(one.encode() in stored for one in gone)

        await until(is_clean)
        await log.close()

    asyncio.run(scene())


def test_a_log_that_lost_beginnings_is_whole_and_goes_on_and_can_be_made_anew(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        log = await opened(tmp_path)
        await talk(log)
        await log.append([edited(1, "edited later")])
        await indexed(log)
        await drop_all(log, Over(upto=5))
        await drop_all(log, Over(upto=10), "den")
        await log.close()
        log = await opened(tmp_path)
        assert (await head(log)).dropped == 5
        assert await head(log, "den") == Head("den", first=0, last=10, topic="", dropped=10)
        await log.close()
        with opened_to_read(tmp_path) as connection:
            assert surveyed(connection).is_whole
            rebuilt(connection, [], tmp_path)
        with opened_to_read(tmp_path) as connection:
            survey = surveyed(connection)
            assert survey.is_whole or not survey.missing
        log = await opened(tmp_path)
        assert (await head(log)).dropped == 5
        assert (await head(log, "den")).last == 10
        assert await log.append([said(room="den")]) == [12]
        assert [one.prev for one in await all_of(log, "den")] == [10]
        await log.close()

    asyncio.run(scene())


def test_a_room_that_lost_its_beginning_may_be_removed_and_the_server_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left of it stands behind the ends of all other rooms."""

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    async def scene() -> None:
        log = await opened(tmp_path)
        await talk(log)
        await drop_all(log, Over(upto=10), "den")
        monkeypatch.setattr(index.Index, "_clear", never)
        await log.close()
        log = await opened(tmp_path)
        await log.append([gone("den")])
        await log.close()
        monkeypatch.undo()
        log = await opened(tmp_path)
        assert [one.room for one in await log.heads() if one.last] == ["lobby"]
        await log.close()

    asyncio.run(scene())


def test_a_log_that_is_made_anew_has_no_room_of_what_is_left_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    async def scene() -> None:
        monkeypatch.setattr(index.Index, "_clear", never)
        log = await opened(tmp_path)
        await talk(log)
        await drop_all(log, Over(upto=4), "den")
        await log.append([gone("den")])
        await log.close()
        monkeypatch.undo()
        with opened_to_read(tmp_path) as connection:
            assert surveyed(connection).is_whole
            rebuilt(connection, [], tmp_path)
        log = await opened(tmp_path)
        assert [one.room for one in await log.heads() if one.last] == ["lobby"]
        await log.close()

    asyncio.run(scene())


def test_what_went_before_with_a_large_room_is_forgotten_in_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dropping, "EMPTY_ROWS", 5)
    monkeypatch.setattr(dropping, "PRUNED_ROWS", 4)

    async def scene() -> None:
        log = await opened(tmp_path)
        for number in range(20):
            await log.append([said(f"a{number}", room="den", at=number)])
        for number in range(4):
            await log.append([said(f"b{number}", at=number)])
        await drop_all(log, Over(upto=20), "den")
        left = "SELECT json_group_array(last) FROM (SELECT last FROM segments ORDER BY last)"
        found = []
        for upto in range(21, 24):
            await drop_all(log, Over(upto=upto))
            rows = await log._writing.run(lambda db: db.execute(left).fetchone()[0])
            found.append(json.loads(rows))
        assert found == [list(range(9, 25)), list(range(13, 25)), list(range(17, 25))]
        assert seqs(await all_of(log, "lobby")) == [24]
        await log.close()

    asyncio.run(scene())


def test_a_file_from_which_all_goes_in_time_does_not_grow_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dropping, "EMPTY_ROWS", 300)

    async def scene() -> None:
        log = await opened(tmp_path)
        sizes = []
        for _ in range(4):
            for _ in range(600):
                await log.append([said("x" * 3000, at=1)])
            while (await log.drop({"lobby": Over(before=2)})).dropped:
                pass
            rows = await log._writing.run(
                lambda db: db.execute("SELECT count(*) FROM segments").fetchone()[0]
            )
            sizes.append(rows)
            pages = await log._writing.run(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
            sizes.append(pages)
        await log.append([said("the end")])
        await log.close()
        assert sizes[-2] < 1300, "empty rows go"
        assert sizes[-1] < 2 * sizes[1], "and their pages are used again"

    asyncio.run(scene())


def test_what_is_damaged_goes_with_what_is_over(tmp_path: Path) -> None:
    async def scene() -> None:
        log = await opened(tmp_path)
        await talk(log)
        await log.close()
        with closing(sqlite3.connect(tmp_path / "hubbub.db", isolation_level=None)) as file:
            file.execute("UPDATE segments SET body = 'x' WHERE last = 3")
        log = await opened(tmp_path)
        assert await drop_all(log, Over(before=6)) == 5
        assert seqs(await all_of(log, "lobby")) == [7, 9]
        assert len(log.damage) == 0
        await log.close()

    asyncio.run(scene())
