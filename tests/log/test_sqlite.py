"""The SQLite log and its folder: restarts, failures of the disk, files that are not ours."""

import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import weakref
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from hubbub.chat.errors import Damaged, LogError
from hubbub.chat.events import Message
from hubbub.chat.queries import Head, PageQuery, SearchQuery
from hubbub.log.sqlite import SqliteLog, connection, schema
from tests.log.drafts import ALL_WINDOWS, all_of, deleted, edited, indexed, reacted, said, titled

Play = Callable[[Callable[[SqliteLog], Awaitable[None]]], None]


async def opened(folder: Path) -> SqliteLog:
    return await SqliteLog.open(folder, durability="process")


async def open_and_close(folder: Path) -> None:
    log = await opened(folder)
    await log.close()


def refusal(folder: Path) -> LogError:
    """Return the error that opening `folder` raises."""
    with pytest.raises(LogError) as raised:
        asyncio.run(open_and_close(folder))
    assert str(folder) in str(raised.value) or "SQLite" in str(raised.value)
    return raised.value


def log_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("hubbub-log")]


async def nothing(_: SqliteLog) -> None:
    pass


def test_what_was_read_is_let_go_though_nothing_else_is_asked_for(tmp_path: Path) -> None:
    class Answer:
        """Something large."""

    async def ask() -> None:
        reading = connection.OwnedConnection("test", tmp_path, lambda: sqlite3.connect(":memory:"))
        known = weakref.ref(await reading.run(lambda _: Answer()))
        async with asyncio.timeout(30):
            while known() is not None:  # noqa: ASYNC110 (another thread lets go of it)
                await asyncio.sleep(0.01)
        await reading.close()

    asyncio.run(ask())


def test_a_restart_keeps_everything(play_sqlite: Play) -> None:
    async def before(log: SqliteLog) -> None:
        await log.append([said("apple", nonce="n"), said(room="den"), titled("t"), deleted(2)])
        await log.append([said("banana"), reacted(1, "👍")])

    async def reopened(log: SqliteLog) -> None:
        assert [e.seq for e in await all_of(log, "lobby")] == [1, 2, 3, 5, 6]
        assert set(await log.heads()) == {Head("lobby", 1, 6, "t"), Head("den", 4, 4, "")}
        assert (await log.page(PageQuery(room="lobby"))).messages[0].reactions == {"👍": ["bob"]}
        await indexed(log)
        assert len((await log.search(SearchQuery(words="apple"), ALL_WINDOWS)).messages) == 1
        assert await log.append([said("again", nonce="n"), said()]) == [1, 7]

    play_sqlite(before)
    play_sqlite(reopened)


def test_what_was_committed_survives_kill_9(tmp_path: Path, play_sqlite: Play) -> None:
    script = """
import asyncio, os, signal, sys
from pathlib import Path
from hubbub.log.sqlite import SqliteLog
from tests.log.drafts import said

async def main():
    log = await SqliteLog.open(Path(sys.argv[1]), durability="process")
    for n in range(20):
        print(*await log.append([said(f"word{n}"), said(f"word{n}")]), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""
    child = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "log"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    seen = [int(seq) for seq in child.stdout.split()]
    assert seen == list(range(1, 41)), child.stderr

    async def reopened(log: SqliteLog) -> None:
        assert [e.seq for e in await all_of(log, "lobby")] == seen
        assert await log.append([said()]) == [41]
        await indexed(log)
        assert len((await log.search(SearchQuery(words="word7"), ALL_WINDOWS)).messages) == 2

    play_sqlite(reopened)


def test_a_locked_database_refuses_and_recovers(
    tmp_path: Path, play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.01)

    async def scenario(log: SqliteLog) -> None:
        await log.append([said("before")])
        other = sqlite3.connect(tmp_path / "log" / "hubbub.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        drafts = [said("a", nonce="n"), said("b")]
        with pytest.raises(LogError, match="locked by another program") as raised:
            await log.append(drafts)
        assert raised.value.code == "log_unavailable"
        assert [(d.seq, d.prev) for d in drafts] == [(0, 0), (0, 0)]
        assert [e.seq for e in await all_of(log, "lobby")] == [1]
        other.execute("ROLLBACK")
        other.close()
        assert await log.append(drafts) == [2, 3]
        assert [(d.seq, d.prev) for d in drafts] == [(2, 1), (3, 2)]

    play_sqlite(scenario)


def test_a_full_disk_refuses_and_recovers(play_sqlite: Play) -> None:
    async def scenario(log: SqliteLog) -> None:
        await log.append([said("before", nonce="a")])
        await log._writing.run(lambda db: db.execute("PRAGMA max_page_count = 1"))
        drafts = [said("x" * 100_000, nonce="b"), said(room="new")]
        with pytest.raises(LogError, match="disk is full"):
            await log.append(drafts)
        assert [(d.seq, d.prev) for d in drafts] == [(0, 0), (0, 0)]
        assert await log.heads() == [Head("lobby", 1, 1, "")]
        assert await log.append([said(nonce="a"), *drafts]) == [1, 2, 3]  # on a fresh connection

    play_sqlite(scenario)


def test_the_file_size_limit_refuses_and_recovers(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    assert resource
    script = """
import asyncio, resource, sys
from pathlib import Path
from hubbub.chat.errors import LogError
from hubbub.log.sqlite import SqliteLog
from tests.log.drafts import all_of, said

async def main():
    log = await SqliteLog.open(Path(sys.argv[1]), durability="process")
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    kept, refused = 0, None
    while refused is None:
        drafts = [said("x" * 1000) for _ in range(50)]
        try:
            kept += len(await log.append(drafts))
        except LogError as error:
            refused = error
    assert "the disk" in str(refused), refused
    assert [d.seq for d in drafts] == [0] * 50
    assert 0 < kept == len(await all_of(log, "lobby"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))
    assert await log.append(drafts) == list(range(kept + 1, kept + 51))
    assert len(await all_of(log, "lobby")) == kept + 50
    await log.close()
    print("recovered")

asyncio.run(main())
"""
    child = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "log"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout == "recovered\n", child.stderr


def test_a_failure_that_is_no_databases_leaves_drafts_as_they_were(play_sqlite: Play) -> None:
    async def scenario(log: SqliteLog) -> None:
        drafts = [said("fine"), said("\ud800")]
        with pytest.raises(UnicodeEncodeError):
            await log.append(drafts)
        assert [(d.seq, d.prev) for d in drafts] == [(0, 0), (0, 0)]
        assert await log.append([said()]) == [1]

    play_sqlite(scenario)


def test_damage_is_told_and_ends_nothing_else(tmp_path: Path, play_sqlite: Play) -> None:
    async def fill(log: SqliteLog) -> None:
        for _ in range(50):
            await log.append([said("x" * 1000, room=room) for _ in range(10) for room in "ab"])

    play_sqlite(fill)
    database = tmp_path / "log" / "hubbub.db"
    with database.open("r+b") as file:  # its middle: where rooms begin and end is read at the start
        file.seek(300_000)
        file.write(b"\xff" * 300_000)

    async def reopened(log: SqliteLog) -> None:
        events = await all_of(log, "a")
        assert 0 < len(events) < 500
        assert log.damage.within("a", 0, 1000)
        assert len(await log.heads()) == 2

    play_sqlite(reopened)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_bytes_are_damaged_a_sentence_says_so(
    tmp_path: Path, play_sqlite: Play, seed: int
) -> None:
    chance = random.Random(seed)

    async def fill(log: SqliteLog) -> None:
        for n in range(20):
            await log.append([said(f"word{n} ü" * 50), said("x" * 3000, room="den")])
        await indexed(log)

    async def asked(log: SqliteLog) -> None:
        for question in (
            lambda: all_of(log, "lobby"),
            lambda: all_of(log, "den"),
            lambda: log.page(PageQuery(room="lobby")),
            lambda: log.search(SearchQuery(words="word3"), ALL_WINDOWS),
            lambda: log.append([edited(7, "now"), deleted(9)]),
        ):
            with suppress(LogError):
                await question()

    play_sqlite(fill)
    database = tmp_path / "log" / "hubbub.db"
    damaged = bytearray(database.read_bytes())
    for _ in range(200):
        damaged[chance.randrange(100, len(damaged))] = chance.randrange(256)
    database.write_bytes(damaged)
    with suppress(LogError):
        play_sqlite(asked)


@pytest.mark.parametrize(
    "body", ['[{"type":"message"', '[{"type":"message"}]', "[{}]", b"[\xff]", b'[{"text":"\xff"}]']
)
def test_what_cannot_be_read_is_called_damaged_where_it_must_be_changed(
    play_sqlite: Play, body: str | bytes
) -> None:
    spoil = "UPDATE segments SET body = CAST(? AS TEXT)"

    async def scenario(log: SqliteLog) -> None:
        await log.append([said("apple")])
        await indexed(log)
        await log._writing.run(lambda db: db.execute(spoil, (body,)))
        with pytest.raises(Damaged, match="is damaged"):
            await log.append([deleted(1)])

    play_sqlite(scenario)


def test_closing_waits_for_what_was_asked_before(tmp_path: Path, play_sqlite: Play) -> None:
    async def session() -> None:
        log = await opened(tmp_path / "log")
        appends = [asyncio.create_task(log.append([said(f"{n}")])) for n in range(50)]
        await asyncio.sleep(0)  # the tasks start
        await log.close()
        assert [await append for append in appends] == [[n + 1] for n in range(50)]

    asyncio.run(session())

    async def reopened(log: SqliteLog) -> None:
        events = await all_of(log, "lobby")
        assert [e.text for e in events if isinstance(e, Message)] == [str(n) for n in range(50)]

    play_sqlite(reopened)
    assert log_threads() == []


def test_a_folder_serves_one_log_at_a_time(tmp_path: Path) -> None:
    async def session() -> None:
        first = await opened(tmp_path)
        with pytest.raises(LogError, match="in use by another hubbub server") as raised:
            await opened(tmp_path)
        assert raised.value.code == "log_in_use"
        assert str(tmp_path) in str(raised.value)
        await first.append([said()])
        await first.close()
        second = await opened(tmp_path)
        assert await second.append([said()]) == [2]
        await second.close()

    asyncio.run(session())


@pytest.mark.skipif(os.name != "posix", reason="other systems keep a user's folder by other means")
def test_a_folder_that_is_made_is_for_its_owner_alone(tmp_path: Path) -> None:
    asyncio.run(open_and_close(tmp_path / "made" / "for it"))
    assert (tmp_path / "made" / "for it").stat().st_mode & 0o777 == 0o700


def test_folders_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert "a file is in the way" in str(refusal(tmp_path / "file"))
    assert "a file is in the way" in str(refusal(tmp_path / "file" / "below"))
    (tmp_path / "odd" / "hubbub.lock").mkdir(parents=True)
    assert "right to write there" in str(refusal(tmp_path / "odd"))
    assert log_threads() == []


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "hubbub.db").write_bytes(b"precious" * 1000)
    assert "its hubbub.db is not a database" in str(refusal(tmp_path))
    assert (tmp_path / "hubbub.db").read_bytes() == b"precious" * 1000
    assert log_threads() == []
    (tmp_path / "hubbub.db").unlink()
    asyncio.run(open_and_close(tmp_path))  # the refusal let go of the folder


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "hubbub.db")
    other.execute("CREATE TABLE precious (x)")
    other.close()
    assert "database of another program" in str(refusal(tmp_path))


def test_a_newer_schema_is_refused(tmp_path: Path, play_sqlite: Play) -> None:
    play_sqlite(nothing)
    newer = sqlite3.connect(tmp_path / "log" / "hubbub.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    assert "written by a newer hubbub" in str(refusal(tmp_path / "log"))


def test_a_schema_from_before_the_first_release_is_refused(
    tmp_path: Path, play_sqlite: Play
) -> None:
    play_sqlite(nothing)
    older = sqlite3.connect(tmp_path / "log" / "hubbub.db")
    older.execute(f"PRAGMA user_version = {schema.FORMAT_FLOOR - 1}")
    older.close()
    assert "Move the folder away" in str(refusal(tmp_path / "log"))


def test_a_python_with_too_little_sqlite_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "SEARCH_MODULE", "fts99")
        assert "lacks full-text search" in str(refusal(tmp_path))
    monkeypatch.setattr(schema, "SQLITE_FLOOR", (99, 1))
    assert "hubbub needs 99.1" in str(refusal(tmp_path))


@pytest.mark.parametrize(("durability", "level"), [("process", 1), ("power", 2)])
def test_durability_sets_how_a_commit_is_synced(
    tmp_path: Path, durability: connection.Durability, level: int
) -> None:
    async def session() -> None:
        log = await SqliteLog.open(tmp_path, durability=durability)
        pragmas = "SELECT synchronous, journal_mode FROM pragma_synchronous, pragma_journal_mode"
        found = await log._writing.run(lambda db: db.execute(pragmas).fetchone())
        await log.close()
        assert found == (level, "wal")

    asyncio.run(session())


def test_a_log_can_be_copied_with_its_folder(tmp_path: Path, play_sqlite: Play) -> None:
    async def fill(log: SqliteLog) -> None:
        await log.append([said("kept")])

    play_sqlite(fill)
    assert sorted(path.name for path in (tmp_path / "log").glob("hubbub.db*")) == ["hubbub.db"]
    shutil.copytree(tmp_path / "log", tmp_path / "copy")

    async def copied() -> None:
        log = await opened(tmp_path / "copy")
        assert len(await all_of(log, "lobby")) == 1
        await log.close()

    asyncio.run(copied())
