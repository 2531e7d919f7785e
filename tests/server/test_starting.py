"""A server that starts reads what it needs of its log, and nothing of the people who are known."""

import asyncio
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hubbub.chat.limits import Limits
from hubbub.log.sqlite import SqliteLog
from hubbub.server.config import Config
from hubbub.server.starting import hub_from
from tests.inputs.steps import Steps
from tests.log.drafts import fact, person, said


async def fill(folder: Path, count: int) -> None:
    log = await SqliteLog.open(folder, durability="process")
    await log.append([said()])
    known = range(count)
    names = [fact(f"name/guest {number}", {"person": str(number)}) for number in known]
    await log.append([person(str(number), f"guest {number}", f"d{number}") for number in known])
    await log.append([*names, *(fact(f"read/{number}/lobby", 1) for number in known)])
    await log.close()


async def start(folder: Path) -> None:
    log = await SqliteLog.open(folder, durability="process")
    try:
        hub = await hub_from(log, Config(), Limits(), "")
        assert hub.rooms.keys() == {"lobby"}
        assert [one.key for one in log.look_up(["person/5"])] == ["person/5"]
    finally:
        await log.close()


class Traced(sqlite3.Connection):
    """Notes the statements of all connections."""

    statements: list[str]

    def execute(self, *asked: Any) -> sqlite3.Cursor:
        self.statements.append(msgspec.json.encode(asked).decode())
        return super().execute(*asked)


def test_a_start_takes_as_many_steps_and_statements_however_many_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    steps, counted = Steps(), []
    for count in (9, 999):
        folder = tmp_path / str(count)
        asyncio.run(fill(folder, count))
        asyncio.run(start(folder))  # the first time, tables of Unicode are loaded
        with steps.installed():
            counted.append(steps.of(partial(asyncio.run, start(folder))))
        Traced.statements = []
        connect = partial(sqlite3.connect, factory=Traced)
        with monkeypatch.context() as patch:
            patch.setattr(sqlite3, "connect", connect)
            asyncio.run(start(folder))
        asked.append([one for one in Traced.statements if "SELECT" in one])
    few, many = counted
    assert many <= few * 1.1, counted
    assert len(asked[0]) > 9, "or this shows nothing"
    assert abs(len(asked[0]) - len(asked[1])) <= 2, "a thread may look once more"
