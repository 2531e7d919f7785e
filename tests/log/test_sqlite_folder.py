"""The folder that is not what it was: that is noticed, and nothing is committed to nowhere."""

import asyncio
import logging
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError
from hubbub.log.sqlite import SqliteLog, watch
from hubbub.log.sqlite.acknowledged import NAME
from tests.log.drafts import all_of, said, seqs, until
from tests.log.killed import killed


async def opened(folder: Path) -> SqliteLog:
    return await SqliteLog.open(folder, durability="process")


def refusal(folder: Path) -> str:
    """Return the sentence with which `folder` is not opened."""

    async def scene() -> None:
        log = await opened(folder)
        await log.close()

    with pytest.raises(LogError) as raised:
        asyncio.run(scene())
    return str(raised.value)


def delete_database(folder: Path) -> None:
    (folder / "hubbub.db").unlink()


def delete_wal(folder: Path) -> None:
    (folder / "hubbub.db-wal").unlink()


def delete_all(folder: Path) -> None:
    shutil.rmtree(folder)


def move_away(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def replace_folder(folder: Path) -> None:
    copy = shutil.copytree(folder, folder.with_name("copy"))
    move_away(folder)
    copy.rename(folder)


def put_a_copy_back(folder: Path) -> None:
    copy = shutil.copy(folder / "hubbub.db", folder / "copy")
    Path(copy).replace(folder / "hubbub.db")


CHANGES = (delete_database, delete_wal, delete_all, move_away, replace_folder, put_a_copy_back)
posix = pytest.mark.skipif(os.name != "posix", reason="Windows keeps files that are open")


@posix
@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_committed_to_a_folder_that_is_not_what_it_was(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    async def scene() -> None:
        log = await opened(tmp_path / "log")
        assert await log.append([said()]) == [1]
        await log.heads()
        change(tmp_path / "log")
        for _ in range(2):
            draft = said()
            with pytest.raises(LogError, match="deleted or replaced while the server") as raised:
                await log.append([draft])
            assert raised.value.code == "log_unavailable"
            assert draft.seq == 0
        assert seqs(await all_of(log, "lobby")) == [1], "what was said is still to be read"
        await log.close()

    asyncio.run(scene())


@posix
@pytest.mark.parametrize("change", CHANGES)
def test_it_is_noticed_even_if_nobody_says_anything(
    tmp_path: Path,
    change: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(watch, "FILES_SECONDS", 0.01)

    async def scene() -> None:
        log = await opened(tmp_path / "log")
        change(tmp_path / "log")

        async def is_noticed() -> bool:
            return len(log.damage) > 0

        await until(is_noticed)
        await log.close()

    with caplog.at_level(logging.ERROR):
        asyncio.run(scene())
    assert len(caplog.records) == 1
    assert "nothing can be posted until it is started again" in caplog.text


@posix
@pytest.mark.parametrize("what", ["an older copy", "nothing", "half of it"])
def test_nothing_is_committed_to_a_file_that_was_overwritten(tmp_path: Path, what: str) -> None:
    folder, copy = tmp_path / "log", tmp_path / "copy"

    async def scene() -> None:
        log = await opened(folder)
        await log.append([said()])
        await log.close()
        shutil.copy(folder / "hubbub.db", copy)
        log = await opened(folder)
        await log.append([said()])
        await log._writing.run(log._writer.empty_wal)
        assert await log.append([said()]) == [3]
        content = copy.read_bytes()
        kept = {"an older copy": len(content), "nothing": 0, "half of it": len(content) // 2}
        (folder / "hubbub.db").write_bytes(content[: kept[what]])
        for _ in range(2):
            with pytest.raises(LogError, match="overwritten while the server was running"):
                await log.append([said()])
        with suppress(LogError):
            await log.close()

    asyncio.run(scene())


@posix
@posix
@pytest.mark.parametrize("name", ["hubbub.db", "hubbub.db-wal"])
def test_nothing_is_committed_to_a_file_that_was_cut_short(tmp_path: Path, name: str) -> None:
    """The file stays the same, and its first page says what it said."""

    async def scene() -> None:
        log = await opened(tmp_path)
        await log.append([said("x" * 20_000)])
        await log._writing.run(log._writer.empty_wal)
        assert await log.append([said()]) == [2]
        path = tmp_path / name
        os.truncate(path, path.stat().st_size // 2)
        for _ in range(2):
            with pytest.raises(LogError, match=f"its {re.escape(name)} was cut short"):
                await log.append([said()])
        await log.close()

    asyncio.run(scene())


@posix
def test_a_file_that_was_cut_short_is_noticed_before_the_writer_shortens_it(
    tmp_path: Path,
) -> None:
    """What is cut out of it would be missing from what is brought into hubbub.db."""

    async def scene() -> None:
        log = await opened(tmp_path)
        await log.append([said("x" * 20_000)])
        os.truncate(tmp_path / "hubbub.db-wal", 0)
        with pytest.raises(LogError, match=r"its hubbub\.db-wal was cut short while the server"):
            await log._writing.run(log._writer.empty_wal)
        with pytest.raises(LogError):
            await log.append([said()])
        await log.close()

    asyncio.run(scene())


@posix
def test_filling_the_index_does_not_hide_that_a_file_was_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It would be written to behind what is gone, and be as long as before."""
    monkeypatch.setattr(watch, "FILES_SECONDS", 60)

    async def scene() -> None:
        log = await opened(tmp_path)
        await log.append([said("x" * 20_000)])
        os.truncate(tmp_path / "hubbub.db-wal", 0)

        async def is_told() -> bool:
            return "its hubbub.db-wal was cut short" in caplog.text

        await until(is_told)
        with pytest.raises(LogError):
            await log.append([said()])
        await log.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(scene())


@posix
def test_a_file_that_the_writer_shortens_meanwhile_is_not_taken_for_a_cut_one(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        log = await opened(tmp_path)
        for _ in range(100):
            await log.append([said("x" * 20_000)])
            emptied = asyncio.create_task(log._writing.run(log._writer.empty_wal))
            while not emptied.done():
                log.check()
                await asyncio.sleep(0)
            log.check()
        await log.close()

    asyncio.run(scene())


def test_a_second_server_is_refused_though_the_lock_was_deleted(tmp_path: Path) -> None:
    async def scene() -> None:
        first = await opened(tmp_path)
        (tmp_path / "hubbub.lock").unlink()
        with pytest.raises(LogError, match="in use by another hubbub server") as raised:
            await opened(tmp_path)
        assert raised.value.code == "log_in_use"
        assert await first.append([said()]) == [1]
        await first.close()
        second = await opened(tmp_path)
        await second.close()

    asyncio.run(scene())


@pytest.mark.parametrize("checkpoints", [0, 1, 3])
def test_what_a_killed_server_leaves_belongs_together(tmp_path: Path, checkpoints: int) -> None:
    async def scene() -> None:
        folder = await killed(tmp_path / "log", runs=2, checkpoints=checkpoints)
        log = await opened(folder)
        assert len(await all_of(log, "lobby")) == 40 + checkpoints
        await log.close()

    asyncio.run(scene())


@pytest.mark.parametrize("checkpoints", [1, 3])
def test_a_copy_put_back_beside_what_was_written_later_is_refused_and_kept(
    tmp_path: Path, checkpoints: int
) -> None:
    async def scene() -> Path:
        log = await opened(tmp_path / "log")
        await log.append([said("the copy")])
        await log.close()
        shutil.copy(tmp_path / "log" / "hubbub.db", tmp_path / "copy")
        return await killed(tmp_path / "log", runs=2, checkpoints=checkpoints)

    folder = asyncio.run(scene())
    shutil.copy(tmp_path / "copy", folder / "hubbub.db")
    before = (folder / "hubbub.db-wal").read_bytes()
    sentence = refusal(folder)
    assert "of another time" in sentence
    assert "Move hubbub.db-wal" in sentence
    assert (folder / "hubbub.db-wal").read_bytes() == before
    assert (folder / "hubbub.db").read_bytes() == (tmp_path / "copy").read_bytes()
    for beside in ("hubbub.db-wal", "hubbub.db-shm"):  # as the sentence says
        (folder / beside).unlink(missing_ok=True)

    async def goes_on() -> None:
        log = await opened(folder)
        seq = 42 + checkpoints  # none is given twice
        assert await log.append([said()]) == [seq]
        await log.close()

    asyncio.run(goes_on())


def test_an_older_write_ahead_log_beside_a_newer_file_is_refused(tmp_path: Path) -> None:
    async def scene() -> Path:
        older = await killed(tmp_path / "log", runs=2)
        for _ in range(2):
            log = await opened(tmp_path / "log")
            await log.append([said("later")])
            await log.close()
        return older

    folder = asyncio.run(scene())
    shutil.copy(tmp_path / "log" / "hubbub.db", folder)
    assert "of another time" in refusal(folder)


@pytest.mark.parametrize("what", ["empty", "gone"])
def test_an_empty_file_beside_a_full_write_ahead_log_is_refused_and_kept(
    tmp_path: Path, what: str
) -> None:
    """SQLite would take it for a new database, and delete what is beside it."""
    folder = asyncio.run(killed(tmp_path / "log"))
    database = folder / "hubbub.db"
    kept = database.read_bytes()
    before = (folder / "hubbub.db-wal").read_bytes()
    if what == "empty":
        database.write_bytes(b"")
    else:
        database.unlink()
    assert "is empty or gone" in refusal(folder)
    assert (folder / "hubbub.db-wal").read_bytes() == before
    database.write_bytes(kept)

    async def reopened() -> None:
        log = await opened(folder)
        assert len(await all_of(log, "lobby")) == 20
        await log.close()

    asyncio.run(reopened())


def test_the_write_ahead_log_stays_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubbub.log.sqlite.checkpoints.WAL_BYTES_MAX", 400_000)

    async def scene() -> None:
        log = await opened(tmp_path)
        beside = tmp_path / "hubbub.db-wal"
        longest = 0

        async def say(times: int) -> None:
            nonlocal longest
            for _ in range(times):
                await log.append([said("x" * 20_000)])
                longest = max(longest, beside.stat().st_size)

        await say(100)
        assert longest < 800_000
        with closing(sqlite3.connect(tmp_path / "hubbub.db", isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM segments").fetchone()
            await say(60)  # it cannot be emptied beside a reader, and posting goes on
            assert longest > 800_000
        longest = 0
        await say(60)
        assert beside.stat().st_size < 800_000
        await log.close()

    asyncio.run(scene())


async def found_at_start(folder: Path) -> int:
    """Return how much is wrong with a log when it is opened."""
    log = await opened(folder)
    try:
        return len(log.damage)
    finally:
        await log.close()


def test_a_killed_servers_write_ahead_log_that_is_gone_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = asyncio.run(killed(tmp_path / "log", runs=2))
    (folder / "hubbub.db-wal").unlink()
    with caplog.at_level(logging.ERROR):
        assert asyncio.run(found_at_start(folder)) == 1
    assert "its hubbub.db-wal is gone" in caplog.text
    assert asyncio.run(found_at_start(folder)) == 0, "it is said once"


def test_a_killed_servers_file_that_another_program_has_put_in_order_is_whole(
    tmp_path: Path,
) -> None:
    folder = asyncio.run(killed(tmp_path / "log", runs=2, checkpoints=1))
    with closing(sqlite3.connect(folder / "hubbub.db")) as other:
        other.execute("SELECT count(*) FROM segments").fetchone()
    assert not (folder / "hubbub.db-wal").exists()
    assert asyncio.run(found_at_start(folder)) == 0


def test_a_write_ahead_log_that_is_damaged_in_its_midst_is_told(tmp_path: Path) -> None:
    folder = asyncio.run(killed(tmp_path / "log", runs=2))
    whole = shutil.copytree(folder, tmp_path / "whole")
    path = folder / "hubbub.db-wal"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert asyncio.run(found_at_start(folder)) == 1
    assert asyncio.run(found_at_start(whole)) == 0


def test_a_write_ahead_log_that_ends_in_the_midst_of_a_commit_is_no_damage(tmp_path: Path) -> None:
    """A kill leaves the beginning of a commit, which nobody was told of."""
    folder = asyncio.run(killed(tmp_path / "log", runs=2))
    path = folder / "hubbub.db-wal"
    path.write_bytes(path.read_bytes()[:-100])
    (folder / NAME).unlink()  # it says that somebody was told
    assert asyncio.run(found_at_start(folder)) == 0


def test_no_lock_is_let_go_of_when_the_writer_begins_anew(tmp_path: Path) -> None:
    """Else another program that closes the file would take itself for the last one to use it."""
    statement = "BEGIN IMMEDIATE; SELECT 1; ROLLBACK"
    program = f"import sqlite3; sqlite3.connect({str(tmp_path / 'hubbub.db')!r}).executescript"

    async def scene() -> None:
        log = await opened(tmp_path)
        await log.heads()
        await log.append([said()])
        await log._writing.run(lambda _: log._writing.disconnect())
        await log.try_writing()
        await log._writing.run(lambda _: log._writing.disconnect())
        other = [sys.executable, "-c", f"{program}({statement!r})"]
        await asyncio.to_thread(subprocess.run, other, check=True, timeout=60)
        assert (tmp_path / "hubbub.db-wal").exists()
        assert await log.append([said()]) == [2]
        assert seqs(await all_of(log, "lobby")) == [1, 2]
        await log.close()

    asyncio.run(scene())


def test_a_file_that_was_emptied_is_refused(tmp_path: Path) -> None:
    """SQLite would take it for a new database, and everybody a log that was lost for a new one."""
    assert asyncio.run(found_at_start(tmp_path)) == 0
    (tmp_path / "hubbub.db").write_bytes(b"")
    for _ in range(2):
        assert "is empty, and was not" in refusal(tmp_path)
    (tmp_path / "hubbub.db").unlink()
    assert asyncio.run(found_at_start(tmp_path)) == 0


def test_a_file_that_a_killed_server_had_just_made_is_no_loss(tmp_path: Path) -> None:
    (tmp_path / "hubbub.db").touch()
    (tmp_path / "hubbub.open").touch()
    assert asyncio.run(found_at_start(tmp_path)) == 0
