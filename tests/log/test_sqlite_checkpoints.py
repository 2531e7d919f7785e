"""The write-ahead log is brought into the file beside the commits, which wait for no disk.

What is left for the writer's thread is counted in pages: SQLite keeps in the beginning of
hubbub.db-shm how many there are, and how many of them it has copied (see its file format).
"""

import asyncio
import logging
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError
from hubbub.log.sqlite import SqliteLog, checkpoints, index, others, writer
from hubbub.log.sqlite.checkpoints import REST_SHARE, Checkpoints
from hubbub.log.sqlite.wal import copy_wal, empty_wal
from tests.log.drafts import all_of, deleted, said, until

PAGES_AT = 16
COPIED_AT = 96
TEXT = "x" * 20_000
TEXT_PAGES = 12
"""What the commit of such a text may write, and as much again while the emptying waits for it."""


async def opened(folder: Path) -> SqliteLog:
    return await SqliteLog.open(folder, durability="process")


def share_left(folder: Path) -> float:
    """Return how much of the write-ahead log is not copied, from 0 to 1.

    Another program reads it: if this one closed the file, it would let go of SQLite's locks.
    """
    program = "import sys; sys.stdout.buffer.write(open(sys.argv[1], 'rb').read(136))"
    command = [sys.executable, "-S", "-c", program, str(folder / "hubbub.db-shm")]
    header = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    (pages,) = struct.unpack_from("=I", header, PAGES_AT)
    (copied,) = struct.unpack_from("=I", header, COPIED_AT)
    return float((pages - copied - 2 * TEXT_PAGES) / pages)


def begins(folder: Path) -> bytes:
    """Return the header of the write-ahead log, which is another one for each fill."""
    with (folder / "hubbub.db-wal").open("rb") as file:
        return file.read(32)


def checkpoints_of(log: SqliteLog) -> Checkpoints:
    assert log._checkpoints is not None
    return log._checkpoints


@pytest.mark.skipif(os.name != "posix", reason="Windows lets nobody else read the file")
@pytest.mark.parametrize("others_read", [False, True])
def test_the_writers_thread_copies_few_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others_read: bool
) -> None:
    monkeypatch.setattr(checkpoints, "ROUND_BYTES", 100 * len(TEXT))
    monkeypatch.setattr(checkpoints, "WAL_BYTES_MAX", 2**40)
    monkeypatch.setattr("hubbub.log.sqlite.index.INDEX_AFTER_SECONDS", 3600)  # it writes as well
    left: list[float] = []

    def counted(connection: sqlite3.Connection) -> bool:
        left.append(share_left(tmp_path))
        return empty_wal(connection)

    monkeypatch.setattr(writer, "empty_wal", counted)

    async def scene() -> None:
        log = await opened(tmp_path)
        reading = asyncio.create_task(read_always(log)) if others_read else None
        said_so_far = 0
        while len(left) < 3:
            await log.append([said(TEXT)])
            said_so_far += 1
            assert said_so_far < 10_000
            if said_so_far % 10 == 0:  # no disk shall be too slow for it
                async with checkpoints_of(log)._turn:
                    pass
        if reading:
            reading.cancel()
        await log.close()

    asyncio.run(scene())
    assert max(left[:3]) <= 1 / REST_SHARE


async def say(log: SqliteLog, times: int) -> None:
    for _ in range(times):
        await log.append([said(TEXT)])


async def read_always(log: SqliteLog) -> None:
    while True:
        await all_of(log, "lobby", after=max(log._writer.last - 5, 0))
        await asyncio.sleep(0)


class Slowly:
    """Copies as ever, but only once it may."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, connection: sqlite3.Connection, schema: str) -> int:
        self.begun.set()
        assert self.may_end.wait(60)
        return copy_wal(connection, schema)


def test_no_commit_waits_for_a_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "ROUND_BYTES", 0)
    monkeypatch.setattr(checkpoints, "copy_wal", copy := Slowly())

    async def scene() -> None:
        log = await opened(tmp_path)
        while not copy.begun.is_set():
            await log.append([said()])
        await say(log, times=100)
        assert await all_of(log, "lobby")
        copy.may_end.set()
        await log.close()

    asyncio.run(asyncio.wait_for(scene(), 60))


def test_it_is_not_emptied_while_much_of_it_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "copy_wal", copy := Slowly())
    monkeypatch.setattr(index, "INDEX_AFTER_SECONDS", 3600)  # it would write as well

    async def scene() -> None:
        log = await opened(tmp_path)
        await say(log, times=100)
        shortening = asyncio.create_task(checkpoints_of(log)._shorten())
        assert await asyncio.to_thread(copy.begun.wait, 60)
        await say(log, times=100 // REST_SHARE + 1)
        copy.may_end.set()
        await shortening
        assert (tmp_path / "hubbub.db-wal").stat().st_size > 100 * len(TEXT)
        await checkpoints_of(log)._shorten()
        assert (tmp_path / "hubbub.db-wal").stat().st_size < len(TEXT)
        await log.close()

    asyncio.run(asyncio.wait_for(scene(), 60))


def test_a_round_leaves_it_to_the_writer_to_begin_anew(tmp_path: Path) -> None:
    """SQLite would do it with the next commit, and nothing would say to which file that belongs."""

    async def scene() -> None:
        log = await opened(tmp_path)
        await log.append([said(TEXT)])
        before = begins(tmp_path)
        for _ in range(3):
            await checkpoints_of(log)._copy()
            await log.append([said()])
            assert begins(tmp_path) == before
        assert await checkpoints_of(log).empty()
        assert begins(tmp_path) != before
        await log.close()

    asyncio.run(scene())


def test_what_a_server_killed_around_a_round_leaves_is_whole_and_its_loss_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "log"
    copies: list[tuple[Path, int]] = []

    def keep(said_so_far: int) -> None:
        copy = shutil.copytree(folder, tmp_path / f"copy {len(copies)}")
        copies.append((copy, said_so_far))

    async def scene() -> None:
        log = await opened(folder)
        for number in range(4):
            await log.append([said(TEXT)])
            keep(2 * number + 1)
            await checkpoints_of(log)._copy()
            keep(2 * number + 1)
            await log.append([said(TEXT)])
            keep(2 * number + 2)
        await log.close()

    async def count(copy: Path) -> tuple[int, int]:
        log = await opened(copy)
        events = await all_of(log, "lobby")
        await log.close()
        return len(events), len(log.damage)

    asyncio.run(scene())
    for copy, expected in copies:
        robbed = shutil.copytree(copy, copy.with_suffix(".robbed"))
        (robbed / "hubbub.db-wal").unlink()
        assert asyncio.run(count(copy)) == (expected, 0)
        assert sqlite_says_ok(copy)
        caplog.clear()
        with caplog.at_level(logging.ERROR):
            asyncio.run(count_or_refusal(robbed))
        assert "hubbub.db-wal is gone" in caplog.text, copy


async def count_or_refusal(folder: Path) -> None:
    log = await opened(folder)
    await log.close()


def sqlite_says_ok(folder: Path) -> bool:
    with closing(sqlite3.connect(folder / "hubbub.db")) as connection:
        found: tuple[str] = connection.execute("PRAGMA integrity_check").fetchone()
        return found == ("ok",)


def test_if_it_cannot_be_copied_that_is_told_once_and_posting_stops_before_it_is_endless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checkpoints, "ROUND_BYTES", 50_000)
    monkeypatch.setattr(checkpoints, "WAL_BYTES_MAX", 400_000)
    monkeypatch.setattr(checkpoints, "RETRY_SECONDS", 0.001)
    breaks = True

    def failing(connection: sqlite3.Connection, schema: str) -> int:
        if breaks:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
            raise error
        return copy_wal(connection, schema)

    monkeypatch.setattr(checkpoints, "copy_wal", failing)

    async def scene() -> None:
        nonlocal breaks
        log = await opened(tmp_path)
        with pytest.raises(LogError, match="the disk refuses"):
            await say(log, times=60)
        assert (tmp_path / "hubbub.db-wal").stat().st_size < 800_000
        breaks = False
        await say(log, times=60)
        assert (tmp_path / "hubbub.db-wal").stat().st_size < 800_000
        await log.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(scene())
    assert caplog.text.count("cannot be emptied") == 1


def test_what_a_deletion_leaves_is_copied_beside_the_commits_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubbub.log.sqlite.index.SCRUB_AFTER_SECONDS", 0.0)
    rounds = 0

    def counted(connection: sqlite3.Connection, schema: str) -> int:
        nonlocal rounds
        rounds += 1
        return copy_wal(connection, schema)

    monkeypatch.setattr(checkpoints, "copy_wal", counted)

    async def scene() -> None:
        log = await opened(tmp_path)
        await log.append([said("secret")])
        await log.append([deleted(1)])

        async def is_empty() -> bool:
            return b"secret" not in (tmp_path / "hubbub.db-wal").read_bytes()

        await until(is_empty)
        await log.close()

    asyncio.run(scene())
    assert rounds


READER = """
import sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("BEGIN")
file.execute("SELECT count(*) FROM segments").fetchone()
print(flush=True)
sys.stdin.read()
"""


@contextmanager
def read_by_another(folder: Path) -> Iterator[str]:
    """Have another program read the file, and not end; yield what it is called."""
    command = [sys.executable, "-c", READER, str(folder / "hubbub.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdout
        reader.stdout.readline()
        yield f"{Path(sys.executable).name} (process {reader.pid})"
        reader.kill()


@pytest.mark.skipif(not others.LOCKS.exists(), reason="only Linux says who holds which lock")
def test_whoever_keeps_the_write_ahead_log_from_being_emptied_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checkpoints, "ROUND_BYTES", 50_000)
    monkeypatch.setattr(checkpoints, "WAL_BYTES_MAX", most := 400_000)

    async def scene() -> None:
        log = await opened(tmp_path)
        await say(log, times=1)
        with read_by_another(tmp_path) as reader:
            assert others.other_readers(tmp_path) == [reader]
            while (tmp_path / "hubbub.db-wal").stat().st_size < 8 * most:
                await say(log, times=10)
        assert others.other_readers(tmp_path) == []
        while "empty again" not in caplog.text:
            await say(log, times=10)
        assert (tmp_path / "hubbub.db-wal").stat().st_size < 3 * most
        await log.close()
        told = [one.getMessage() for one in caplog.records if "and grows" in one.getMessage()]
        assert 2 <= len(told) <= 4, "each time that it has doubled"
        assert all(f"reads hubbub.db ({reader})" in one for one in told)

    with caplog.at_level(logging.WARNING):
        asyncio.run(asyncio.wait_for(scene(), 60))
