"""The end of a killed server's write-ahead log is gone: that is told, and no seq is given twice."""

import asyncio
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hubbub.log.sqlite import SqliteLog
from hubbub.log.sqlite.acknowledged import NAME
from tests.cli.commands import hubbub
from tests.log.drafts import all_of, said, seqs
from tests.log.killed import killed

TOLD = "though 40 was acknowledged"


async def opened(folder: Path) -> SqliteLog:
    return await SqliteLog.open(folder, durability="process")


def cut(folder: Path) -> None:
    """Cut off what was committed last."""
    path = folder / "hubbub.db-wal"
    path.write_bytes(path.read_bytes()[:-9000])


async def opened_and_closed(folder: Path) -> int:
    """Return how much is wrong with a log when it is opened."""
    log = await opened(folder)
    await log.close()
    return len(log.damage)


def test_an_end_that_was_cut_off_is_told_once_and_no_seq_is_given_twice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = asyncio.run(killed(tmp_path / "log", runs=2))
    cut(folder)

    async def scene() -> None:
        log = await opened(folder)
        assert TOLD in caplog.text
        assert len(log.damage) == 1
        kept = seqs(await all_of(log, "lobby"))
        assert kept == list(range(1, len(kept) + 1))
        assert len(kept) < 40
        epochs = await log.epochs()
        assert epochs[-1].start == len(kept), "who has more than that must begin anew"
        await log.close()
        log = await opened(folder)
        assert not len(log.damage), "it is told once"
        assert await log.append([said("new")]) == [41]
        assert (await all_of(log, "lobby"))[-1].prev == len(kept)
        await log.close()

    with caplog.at_level(logging.ERROR):
        asyncio.run(scene())


def test_check_says_it_too_and_a_repair_gives_no_seq_twice(tmp_path: Path) -> None:
    folder = asyncio.run(killed(tmp_path / "log", runs=2))
    cut(folder)
    done = hubbub("check", str(folder))
    assert done.returncode == 1
    assert "The newest messages may be missing: " in done.stdout
    assert hubbub("check", str(folder), "--repair").returncode == 0
    assert "It is whole." in hubbub("check", str(folder)).stdout

    async def scene() -> None:
        log = await opened(folder)
        assert await log.append([said("new")]) == [41]
        await log.close()

    asyncio.run(scene())


def remove(folder: Path) -> None:
    (folder / NAME).unlink()


def spoil(folder: Path) -> None:
    (folder / NAME).write_bytes((folder / NAME).read_bytes().replace(b"40", b"99"))


def take_another_logs(folder: Path) -> None:
    async def scene() -> None:
        log = await opened(folder.with_name("other"))
        await log.append([said() for _ in range(100)])
        shutil.copy(folder.with_name("other") / NAME, folder / NAME)
        await log.close()

    asyncio.run(scene())


def make_a_folder_of_it(folder: Path) -> None:
    remove(folder)
    (folder / NAME).mkdir()


def leave(_: Path) -> None:
    """Change nothing."""


@pytest.mark.parametrize("change", [leave, remove, spoil, take_another_logs, make_a_folder_of_it])
def test_a_file_that_is_gone_or_foreign_says_nothing_of_a_whole_log(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    folder = asyncio.run(killed(tmp_path / "log", runs=2))
    change(folder)
    assert asyncio.run(opened_and_closed(folder)) == 0

    async def scene() -> None:
        log = await opened(folder)
        assert await log.append([said("new")]) == [41]
        await log.close()

    asyncio.run(scene())
    assert change is make_a_folder_of_it or not (folder / NAME).exists()
