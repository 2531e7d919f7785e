"""Folders that an earlier hubbub wrote: each is upgraded, and nothing of it is lost."""

import asyncio
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.events import Message
from hubbub.chat.queries import Head, PageQuery
from hubbub.log.sqlite import SqliteLog, schema
from tests.log.drafts import NOON, all_of, fact, found, said, seqs
from tests.log.formats.make import PRIVATE

FORMATS = Path(__file__).parent / "formats"
KEPT = sorted((path.parent.name for path in FORMATS.glob("*/hubbub.db")), key=int)
OLDER = [version for version in KEPT if int(version) < schema.FORMAT]
"""The newest may be kept already, and needs no upgrade."""


def copied(version: str, folder: Path) -> Path:
    """Return `folder` with a copy of what is kept of a format."""
    shutil.copytree(FORMATS / version, folder)
    return folder


async def opened(folder: Path) -> SqliteLog:
    return await SqliteLog.open(folder, durability="process")


@pytest.mark.parametrize("version", KEPT)
def test_a_kept_folder_is_opened_with_all_that_is_in_it(version: str, tmp_path: Path) -> None:
    async def scene() -> None:
        log = await opened(copied(version, tmp_path / "log"))
        assert set(await log.heads()) == {
            Head("lobby", 1, 8, "the topic"),
            Head(PRIVATE, 4, 4, ""),
            Head("den", 9, 48, ""),
        }
        assert len(await log.epochs()) == 3, "of the two runs that wrote it, and of this one"
        events = await all_of(log, "lobby")
        assert [(event.seq, event.prev) for event in events] == [
            (1, 0), (2, 1), (3, 2), (5, 3), (6, 5), (7, 6), (8, 7),
        ]  # fmt: skip
        texts = [event.text for event in events if isinstance(event, Message)]
        assert texts == ["käse 干杯", "was edited", ""]
        assert seqs(await all_of(log, "den")) == list(range(9, 49))
        page = await log.page(PageQuery(room="lobby"))
        assert page.messages[0].reactions == {"👍": ["bob"]}
        assert await found(log, "kase") == [1]
        assert await found(log, "line 7") == [16]
        assert await found(log, "edited") == [2]
        repeat = said("käse 干杯", nonce="n1", at=NOON)
        assert await log.append([repeat, said("new")]) == [1, 49]
        assert await log.facts() == []
        assert await log.append([fact("a", 1, expects=0)]) == [50]
        await log.close()

    asyncio.run(scene())


async def open_and_close(folder: Path) -> None:
    log = await opened(folder)
    await log.close()


def made_of(folder: Path) -> set[tuple[str, str, str]]:
    """Return what the file in `folder` is made of, without comments."""
    with closing(sqlite3.connect(folder / "hubbub.db")) as file:
        rows = file.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        return {
            (kind, name, re.sub(r"[\s\"]+", "", re.sub("--.*", "", sql)))
            for kind, name, sql in rows
        }


@pytest.mark.parametrize("version", KEPT)
def test_an_upgraded_file_is_what_a_new_one_is(version: str, tmp_path: Path) -> None:
    asyncio.run(open_and_close(copied(version, tmp_path / "log")))
    asyncio.run(open_and_close(tmp_path / "new"))
    assert made_of(tmp_path / "log") == made_of(tmp_path / "new")


@pytest.mark.parametrize("version", KEPT)
def test_an_upgrade_that_fails_leaves_the_file_as_it_was(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied(version, tmp_path / "log")
    before = made_of(folder)
    broken = (*schema.UPGRADES, "CREATE TABLE half (x); CREATE TABLE half (x);")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "UPGRADES", broken)
        patch.setattr(schema, "FORMAT", schema.FORMAT + 1)
        with pytest.raises(LogError, match="half"):
            asyncio.run(open_and_close(folder))
    assert made_of(folder) == before
    asyncio.run(open_and_close(folder))


def test_nonces_of_format_3_are_looked_up_in_their_rooms(tmp_path: Path) -> None:
    async def scene() -> None:
        log = await opened(copied("3", tmp_path / "log"))
        await log.append([said(nonce="n1", room="den")])
        assert await log.append([said(nonce="n1"), said(nonce="n1", room="den")]) == [1, 49]
        await log.close()

    asyncio.run(scene())


@pytest.mark.parametrize("version", OLDER)
def test_a_server_killed_during_an_upgrade_leaves_a_file_that_can_be_upgraded(
    version: str, tmp_path: Path
) -> None:
    folder = copied(version, tmp_path / "log")
    before = made_of(folder)
    script = """
import asyncio, os, signal, sys
from pathlib import Path
from hubbub.log.sqlite import SqliteLog, schema

def killed(name):
    os.kill(os.getpid(), signal.SIGKILL)

schema.name_key = killed
schema.UPGRADES = (*schema.UPGRADES[:-1], schema.UPGRADES[-1] + "SELECT name_key('');")
asyncio.run(SqliteLog.open(Path(sys.argv[1]), durability="process"))
"""
    child = subprocess.run(
        [sys.executable, "-c", script, folder], check=False, capture_output=True, timeout=60
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert made_of(folder) == before
    asyncio.run(open_and_close(folder))
    asyncio.run(open_and_close(tmp_path / "new"))
    assert made_of(folder) == made_of(tmp_path / "new")


@pytest.mark.parametrize("version", OLDER)
def test_an_upgrade_that_might_fill_the_disk_is_not_begun(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied(version, tmp_path / "log")
    before = made_of(folder)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100_000))
        with pytest.raises(LogError, match="should be free on its disk, and 100000 are"):
            asyncio.run(open_and_close(folder))
    assert made_of(folder) == before
    asyncio.run(open_and_close(folder))
