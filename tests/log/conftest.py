"""`play(scenario)` runs a scenario on each implementation of the log; `play_sqlite` on one."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hubbub.log.epochs import begun_at
from hubbub.log.memory import MemoryLog
from hubbub.log.port import Log
from hubbub.log.sqlite import SqliteLog, index
from tests.log.dense import Dense
from tests.log.elsewhere import Elsewhere
from tests.log.nats_servers import nats, stream

__all__ = ["nats", "stream"]

Play = Callable[[Callable[[Log], Awaitable[None]]], None]


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Index as soon as a commit is done."""
    monkeypatch.setattr(index, "INDEX_AFTER_SECONDS", 0)


def playing(open_log: Callable[[], Awaitable[Log]]) -> Play:
    """Open the log, run the scenario, close it; a second scenario finds what the first left."""

    async def session(scenario: Callable[[Log], Awaitable[None]]) -> None:
        log = await open_log()
        try:
            await scenario(log)
        finally:
            await log.close()

    return lambda scenario: asyncio.run(session(scenario))


@pytest.fixture
def play_sqlite(
    tmp_path: Path, no_waiting: None
) -> Callable[[Callable[[SqliteLog], Awaitable[None]]], None]:
    """Play on the log in a folder."""
    return playing(lambda: SqliteLog.open(tmp_path / "log", durability="process"))  # type: ignore[return-value]


@pytest.fixture
def play_memory() -> Play:
    """As the others; a second scenario gets the same log, for want of a disk."""
    log = MemoryLog()

    async def same() -> MemoryLog:
        return log

    return playing(same)


@pytest.fixture
def play_projection(tmp_path: Path, no_waiting: None) -> Play:
    """Play on the copy of a log that numbers elsewhere; its seqs are counted as those of others."""
    given: list[int] = []
    epoch = begun_at(0)

    async def opened() -> Log:
        log = await Elsewhere.open(tmp_path / "copy", durability="process")
        assert await log.keep_epochs([epoch])
        return Dense(log, given)

    return playing(opened)


@pytest.fixture
def play_jetstream(tmp_path: Path, no_waiting: None, nats: str, stream: str) -> Play:
    """Play on a node of a stream of its own; its seqs are counted as those of others."""
    from hubbub.log.jetstream import JetStreamLog  # noqa: PLC0415 (`nats` skips without its client)

    given: list[int] = []

    async def opened() -> Log:
        return Dense(await JetStreamLog.join(tmp_path / "node", [nats], stream), given)

    return playing(opened)


@pytest.fixture(params=["memory", "sqlite", "projection", "jetstream"])
def play(request: pytest.FixtureRequest) -> Play:
    """Play on each implementation."""
    found: Play = request.getfixturevalue(f"play_{request.param}")
    return found
