"""SIGKILL while what is kept no longer is removed: nothing is half there, and readers know."""

import asyncio
import json
import random
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Message
from hubbub.log.sqlite import SqliteLog
from hubbub.testing import LocalServer
from tests.cli.commands import told
from tests.faults.serving import PATIENCE_SECONDS, ServerProcess
from tests.log.drafts import all_of, edited, found, pinned, reacted, said, seqs
from tests.server.event_peer import EventPeer

LONG_AGO = 1_600_000_000_000
OLD = 3000
NEW = 20
KILLS = 6
RETENTION = "[retention]\ndays = 30\n"

HANGS_ON_IT = (
    "SELECT count(*) FROM nonces WHERE seq <= :upto",
    "SELECT count(*) FROM reactions WHERE target <= :upto",
    "SELECT count(*) FROM segments WHERE last <= :upto AND kind <> 'gone'",
)
"""What the file has of messages up to a seq: nothing, once they are gone."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with much of long ago, with all that may hang on it, and a little of now."""
    folder = tmp_path_factory.mktemp("old") / "data"

    async def fill() -> None:
        log = await SqliteLog.open(folder, durability="process")
        now = time.time_ns() // 1_000_000
        for number in range(OLD):
            one = said(f"old{number:05} {'x' * 200}", nonce=f"n{number}", at=LONG_AGO + number)
            batch: list[AnyLogged] = [replace(one, reply_to=number // 2 or None)]
            (seq,) = await log.append(batch)
            if number % 10 == 0:
                at, text = LONG_AGO + number, f"edited{number:05}"
                changes: list[AnyLogged] = [reacted(seq, "👍"), pinned(seq), edited(seq, text)]
                for change in changes:
                    change.at = at
                await log.append(changes)
        for number in range(NEW):
            await log.append([said(f"new{number:02}", at=now)])
        await log.close()

    asyncio.run(fill())
    return folder


def dropped_upto(folder: Path) -> int:
    with closing(sqlite3.connect(f"file:{folder / 'hubbub.db'}?mode=ro", uri=True)) as file:
        (last,) = file.execute("SELECT coalesce(max(last), 0) FROM dropped").fetchone()
        return int(last)


def until_dropped(folder: Path, upto: int) -> None:
    """Wait until a server has dropped so much, or all."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (last := dropped_upto(folder)) < upto:
        assert time.monotonic() < deadline, f"it stands at {last}"


async def assert_nothing_is_half_there(folder: Path) -> int:
    """Assert that the room begins somewhere, whole, and nothing is left of what was before."""
    log = await SqliteLog.open(folder, durability="process")
    (head,) = (one for one in await log.heads() if one.room == "lobby")
    events = await all_of(log, "lobby")
    assert events[0].prev == head.dropped
    assert events[0].seq == head.first
    assert [one.prev for one in events[1:]] == seqs(events)[:-1]
    assert head.first > head.dropped
    messages = [one for one in events if isinstance(one, Message)]
    assert [one.text for one in messages[-NEW:]] == [f"new{number:02}" for number in range(NEW)]
    assert await found(log, "new01") == [messages[1 - NEW].seq]
    for one in (*messages[:3], messages[-1]):
        word = one.text.split()[0]
        assert one.seq in await found(log, word)
    assert len(log.damage) == 0
    await log.close()
    with closing(sqlite3.connect(folder / "hubbub.db")) as file:
        for question in HANGS_ON_IT:
            assert file.execute(question, {"upto": head.dropped}).fetchone() == (0,), question
    return head.dropped


def test_sigkill_in_the_midst_of_it_leaves_nothing_half_dropped(old: Path, tmp_path: Path) -> None:
    data, chance = tmp_path / "data", random.Random(7)
    shutil.copytree(old, data)
    whole, at = OLD + 3 * (OLD // 10), 0
    for kill in range(KILLS):
        with ServerProcess(data, RETENTION) as server:
            until_dropped(data, min(at + chance.randrange(1, whole // KILLS), whole - kill))
            server.kill()
        told("check", str(data))  # else something is not whole
        at = asyncio.run(assert_nothing_is_half_there(data))
    with ServerProcess(data, RETENTION) as server:
        until_dropped(data, whole)
        with EventPeer(LocalServer(server.host, server.port), "ann", room=None) as ann:
            entered = ann.ask(type="join", room="lobby", after=5)
            assert (entered["gap"], entered["first"]) == (True, whole + 1)
            heard = [one["text"] for one in ann.messages(NEW)]
            assert heard == [f"new{number:02}" for number in range(NEW)]
            page = ann.ask(type="history", room="lobby")
            assert page["dropped"]
            assert [one["text"] for one in page["messages"]] == heard
    told("check", str(data))
    assert asyncio.run(assert_nothing_is_half_there(data)) == whole
    lines = told("check", str(data), "--export", str(tmp_path / "saved")).splitlines()
    assert lines
    saved = [json.loads(line) for line in (tmp_path / "saved").read_text("utf-8").splitlines()]
    assert not [one for one in saved if "old" in one.get("text", "")]
