"""Whether a folder holds a log, told while a server uses it, and without changing anything."""

import asyncio
from pathlib import Path

from hubbub.log.sqlite import SqliteLog
from hubbub.log.sqlite.peeking import holds_epoch
from tests.log.drafts import said


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_only_the_log_of_an_epoch_holds_it_and_looking_changes_nothing(tmp_path: Path) -> None:
    async def written() -> str:
        log = await SqliteLog.open(tmp_path, durability="process")
        await log.append([said()])
        epoch = (await log.epochs())[-1].id
        await log.close()
        return epoch

    first, second = asyncio.run(written()), asyncio.run(written())
    before = contents(tmp_path)
    assert holds_epoch(tmp_path, first)
    assert holds_epoch(tmp_path, second)
    assert not holds_epoch(tmp_path, "another")
    assert contents(tmp_path) == before


def test_what_is_no_log_holds_nothing(tmp_path: Path) -> None:
    assert not holds_epoch(tmp_path, "any")
    (tmp_path / "hubbub.db").write_bytes(b"")
    assert not holds_epoch(tmp_path, "any")
    (tmp_path / "hubbub.db").write_bytes(b"no database at all" * 1000)
    assert not holds_epoch(tmp_path, "any")
    assert [path.name for path in tmp_path.iterdir()] == ["hubbub.db"]
