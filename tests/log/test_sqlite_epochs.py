"""Which epochs a folder has: what copies of it share, and where an epoch ends."""

import asyncio
import shutil
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.queries import Epoch
from hubbub.log.sqlite import SqliteLog
from tests.log.drafts import said


async def opened(folder: Path) -> SqliteLog:
    return await SqliteLog.open(folder, durability="process")


async def run_of(folder: Path, *, messages: int = 0) -> list[Epoch]:
    """Open the log, say so much, and close it; return the epochs that it then has."""
    log = await opened(folder)
    try:
        await log.append([said() for _ in range(messages)])
        return await log.epochs()
    finally:
        await log.close()


def test_each_opening_begins_an_epoch_where_the_log_stands(tmp_path: Path) -> None:
    first = asyncio.run(run_of(tmp_path, messages=3))
    second = asyncio.run(run_of(tmp_path))
    third = asyncio.run(run_of(tmp_path, messages=2))
    fourth = asyncio.run(run_of(tmp_path))
    assert [epoch.start for epoch in fourth] == [0, 3, 3, 5]
    assert len({epoch.id for epoch in fourth}) == 4
    assert (fourth[:1], fourth[:2], fourth[:3]) == (first, second, third)


def test_copies_share_the_epochs_before_the_copy_and_no_others(tmp_path: Path) -> None:
    shared = asyncio.run(run_of(tmp_path / "log", messages=3))
    shutil.copytree(tmp_path / "log", tmp_path / "copy")
    ours = asyncio.run(run_of(tmp_path / "log"))
    theirs = asyncio.run(run_of(tmp_path / "copy"))
    assert ours[:-1] == theirs[:-1] == shared
    assert ours[-1].id != theirs[-1].id
    assert ours[-1].start == theirs[-1].start == 3


def test_a_folder_restored_from_a_copy_ends_the_epoch_where_the_copy_ended(tmp_path: Path) -> None:
    async def copied_while_it_runs() -> Epoch:
        log = await opened(tmp_path / "log")
        await log.append([said() for _ in range(3)])
        shutil.copytree(tmp_path / "log", tmp_path / "copy")
        await log.append([said() for _ in range(4)])
        (epoch,) = await log.epochs()
        await log.close()
        return epoch

    epoch = asyncio.run(copied_while_it_runs())
    shutil.rmtree(tmp_path / "log")
    shutil.move(tmp_path / "copy", tmp_path / "log")
    restored = asyncio.run(run_of(tmp_path / "log", messages=100))
    assert restored[0] == epoch  # somebody who was there up to seq 7 was in it,
    assert restored[1].start == 3  # but it ends before that


def test_a_connection_lost_to_a_failure_goes_on_in_its_epoch(tmp_path: Path) -> None:
    async def scenario() -> None:
        log = await opened(tmp_path)
        await log.append([said()])
        (epoch,) = await log.epochs()
        await log._writing.run(lambda db: db.execute("PRAGMA max_page_count = 1"))
        with pytest.raises(LogError):
            await log.append([said("x" * 100_000)])
        await log.append([said()])
        assert await log.epochs() == [epoch]
        await log.close()

    asyncio.run(scenario())
