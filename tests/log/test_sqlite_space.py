"""Before the disk is full nothing is posted, with a sentence; with more space it goes on."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from hubbub.chat.errors import LogError
from hubbub.log.sqlite import SqliteLog
from tests.log.drafts import all_of, said, seqs

FLOOR = 50_000_000


@pytest.fixture
def leave(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Have the disk as many bytes left."""

    def leave(free: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))

    return leave


def test_nothing_is_appended_below_the_floor_and_it_goes_on_above(
    tmp_path: Path, leave: Callable[[int], None]
) -> None:
    async def scene() -> None:
        log = await SqliteLog.open(tmp_path, durability="process", free_bytes_min=FLOOR)
        leave(FLOOR)
        assert await log.append([said()]) == [1]
        assert log.free_bytes() == 0
        leave(FLOOR - 1)
        draft = said()
        for attempt in (log.append([draft]), log.try_writing()):
            with pytest.raises(LogError, match="has 49999999 bytes left; below 50000000") as raised:
                await attempt
            assert raised.value.code == "log_unavailable"
        assert draft.seq == 0
        assert log.free_bytes() == -1
        assert seqs(await all_of(log, "lobby")) == [1]
        leave(FLOOR)
        await log.try_writing()
        assert await log.append([draft]) == [2]
        await log.close()

    asyncio.run(scene())


def test_without_a_floor_the_disk_may_be_filled(
    tmp_path: Path, leave: Callable[[int], None]
) -> None:
    async def scene() -> None:
        log = await SqliteLog.open(tmp_path, durability="process")
        leave(0)
        assert await log.append([said()]) == [1]
        await log.close()

    asyncio.run(scene())
