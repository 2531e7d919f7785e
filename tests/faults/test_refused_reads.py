"""The disk refuses to read a page of the log, however often: that is damage, and is gone around."""

import asyncio
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from hubbub.log.sqlite import SqliteLog
from tests.cli.commands import hubbub
from tests.faults.preloaded import compiled
from tests.faults.serving import ServerProcess
from tests.faults.sessions import Events, Json, whole_log
from tests.log.drafts import said

SOURCE = Path(__file__).with_name("failing_reads.c")
PAGE_BYTES = 4096
MESSAGES = 60
FOR_EVER = 1_000_000


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What makes reads fail, compiled."""
    return compiled(SOURCE, tmp_path_factory.mktemp("library"))


@pytest.fixture
def flag(tmp_path: Path) -> Path:
    """A file that says which page cannot be read, the one with message 30, and how often."""
    asyncio.run(write(tmp_path / "data"))
    at = (tmp_path / "data" / "hubbub.db").read_bytes().index(text(30).encode())
    flag = tmp_path / "flag"
    flag.write_text(f"{at // PAGE_BYTES * PAGE_BYTES} {FOR_EVER}")
    return flag


@pytest.fixture
def disk(library: Path, flag: Path) -> dict[str, str]:
    """The environment of a program for which the disk fails."""
    return {"LD_PRELOAD": str(library), "READ_FAILS_AT": str(flag)}


def text(number: int) -> str:
    return f"{number} {'words ' * 100}end"


async def write(folder: Path) -> None:
    log = await SqliteLog.open(folder, durability="process")
    for number in range(1, MESSAGES + 1):
        await log.append([said(text(number))])
    await log.close()


async def follow(server: ServerProcess) -> tuple[set[int], set[int]]:
    """Return the seqs that somebody is given who joins, and those that they are told to lack."""
    given: set[int] = set()
    lacking: set[int] = set()
    async with await Events.enter(server, "reader") as session:
        await session.ask(type="join", room="lobby", after=0)
        while max(given | lacking, default=0) < MESSAGES:
            event: Json = await session.event()
            if event["type"] == "missing":
                lacking |= set(range(event["after"] + 1, event["upto"] + 1))
            elif "prev" in event:
                given.add(event["seq"])
    return given, lacking


def health(server: ServerProcess) -> int:
    try:
        with urllib.request.urlopen(
            f"http://{server.host}:{server.port}/healthz", timeout=30
        ) as it:
            return int(it.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_everybody_goes_on_behind_what_the_disk_refuses_to_read(
    tmp_path: Path, disk: dict[str, str], flag: Path
) -> None:
    with ServerProcess(tmp_path / "data", "", disk) as server:
        given, lacking = asyncio.run(follow(server))
        assert 30 in lacking
        assert len(lacking) < 20
        assert given | lacking == set(range(1, MESSAGES + 1))
        assert health(server) == 503
        flag.unlink()
        assert len(asyncio.run(whole_log(server))) == MESSAGES, "the disk reads again"


def test_what_the_disk_reads_when_it_is_asked_again_is_no_damage(
    tmp_path: Path, disk: dict[str, str], flag: Path
) -> None:
    flag.write_text(flag.read_text().replace(str(FOR_EVER), "1"))
    with ServerProcess(tmp_path / "data", "", disk) as server:
        assert len(asyncio.run(whole_log(server))) == MESSAGES
        assert flag.read_text().endswith(" 0"), "it has refused"
        assert health(server) == 200


def test_what_the_disk_refuses_to_read_is_said_and_the_rest_is_saved(
    tmp_path: Path, disk: dict[str, str]
) -> None:
    data = str(tmp_path / "data")
    done = hubbub("check", data, **disk)
    assert done.returncode == 1
    assert "The room lobby lacks what had a seq from " in done.stdout
    assert hubbub("check", data, "--repair", **disk).returncode == 0
    assert hubbub("check", data).returncode == 0


def test_a_message_that_the_disk_refuses_to_read_cannot_be_edited_and_all_else_goes_on(
    tmp_path: Path, disk: dict[str, str]
) -> None:
    async def scene(server: ServerProcess) -> None:
        async with await Events.enter(server, "alice") as session:
            await session.ask(type="join", room="lobby")
            refused = await session.ask(type="delete", room="lobby", seq=30)
            assert refused["code"] == "damaged"
            posted = await session.ask(type="say", room="lobby", text="goes on")
            assert posted["type"] == "ok"

    with ServerProcess(tmp_path / "data", "", disk) as server:
        asyncio.run(scene(server))
