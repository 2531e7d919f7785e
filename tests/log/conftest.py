"""`play(scenario)` runs a scenario on each implementation of the log; `play_sqlite` on one."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hubbub.log.memory import MemoryLog
from hubbub.log.port import Log
from hubbub.log.sqlite import SqliteLog, index


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Index as soon as a commit is done."""
    monkeypatch.setattr(index, "INDEX_AFTER_SECONDS", 0)


@pytest.fixture
def play_sqlite(
    tmp_path: Path, no_waiting: None
) -> Callable[[Callable[[SqliteLog], Awaitable[None]]], None]:
    """Open the log, run the scenario, close it; a second scenario finds what the first left."""

    async def session(scenario: Callable[[SqliteLog], Awaitable[None]]) -> None:
        log = await SqliteLog.open(tmp_path / "log", durability="process")
        try:
            await scenario(log)
        finally:
            await log.close()

    return lambda scenario: asyncio.run(session(scenario))


@pytest.fixture(params=["memory", "sqlite"])
def play(request: pytest.FixtureRequest) -> Callable[[Callable[[Log], Awaitable[None]]], None]:
    """As `play_sqlite`; the memory log's second scenario gets the same log, for want of a disk."""
    if request.param == "sqlite":
        on_disk: Callable[[Callable[[Log], Awaitable[None]]], None] = request.getfixturevalue(
            "play_sqlite"
        )
        return on_disk
    log = MemoryLog()

    async def session(scenario: Callable[[Log], Awaitable[None]]) -> None:
        await scenario(log)
        await log.close()

    return lambda scenario: asyncio.run(session(scenario))
