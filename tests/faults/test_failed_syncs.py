"""The disk takes what is written, and fails to sync it: what was refused is not in the log later.

A failed commit may stand in the write-ahead log from its first byte to its last. Only a server that
sees to it that it cannot be played back may call it refused.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.preloaded import compiled
from tests.faults.serving import ServerProcess
from tests.faults.sessions import Events, Json, whole_log

SOURCE = Path(__file__).with_name("failing_syncs.c")
CONFIG = '[log]\ndurability = "power"\n'


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What makes syncs fail, compiled."""
    return compiled(SOURCE, tmp_path_factory.mktemp("library"))


class Disk:
    """Whose syncs fail for as long as a file stands."""

    def __init__(self, flag: Path) -> None:
        self._flag = flag

    def fail(self) -> None:
        self._flag.touch()

    def recover(self) -> None:
        self._flag.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "flag")


@pytest.fixture
def server(tmp_path: Path, library: Path) -> Iterator[ServerProcess]:
    """A server on a disk that may fail."""
    more = {"LD_PRELOAD": str(library), "SYNCS_FAIL_WHILE": str(tmp_path / "flag")}
    with ServerProcess(tmp_path / "data", CONFIG, more) as server:
        yield server


async def say(session: Events, text: str) -> Json:
    return await session.ask(type="say", room="lobby", text=text, nonce=text)


async def texts(server: ServerProcess) -> list[str]:
    return [event["text"] for event in await whole_log(server)]


async def refused(server: ServerProcess, disk: Disk, times: int) -> None:
    """Say something, and then what the disk does not take."""
    async with await Events.enter(server, "ann") as ann:
        await ann.ask(type="join", room="lobby")
        assert (await say(ann, "kept"))["type"] == "ok"
        disk.fail()
        for number in range(times):
            assert (await say(ann, f"refused {number}"))["code"] == "log_unavailable"


@pytest.mark.parametrize("times", [1, 3])
def test_what_was_refused_is_not_in_the_log_after_a_restart(
    server: ServerProcess, disk: Disk, times: int
) -> None:
    asyncio.run(refused(server, disk, times))
    server.kill()
    disk.recover()
    server.start()
    assert asyncio.run(texts(server)) == ["kept"]


def test_posting_goes_on_when_the_disk_syncs_again(server: ServerProcess, disk: Disk) -> None:
    async def scene() -> None:
        async with await Events.enter(server, "ann") as ann:
            await ann.ask(type="join", room="lobby")
            assert (await say(ann, "one"))["type"] == "ok"
            disk.fail()
            assert (await say(ann, "two"))["code"] == "log_unavailable"
            assert (await ann.ask(type="history", room="lobby"))["messages"][-1]["text"] == "one"
            disk.recover()
            for text in ("two", "three"):
                assert (await say(ann, text))["type"] == "ok"
        assert await texts(server) == ["one", "two", "three"]

    asyncio.run(scene())
    server.kill()
    server.start()
    assert asyncio.run(texts(server)) == ["one", "two", "three"]
