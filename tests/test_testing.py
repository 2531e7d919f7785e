"""The server for other programs' tests keeps to the configuration that it is given."""

import asyncio
from pathlib import Path

import pytest

from hubbub.chat.limits import Limits
from hubbub.client import connect
from hubbub.log.memory import MemoryLog
from hubbub.server.config import Config, ServerSection
from hubbub.testing import serving


async def said(address: str) -> int | None:
    async with asyncio.timeout(60), connect(address, name="ann") as chat:
        return await chat.say("hello")


def test_its_log_in_memory_has_the_configured_window_for_duplicates(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    windows: list[int] = []

    class Witness(MemoryLog):
        def __init__(self, *, duplicate_window_seconds: int) -> None:
            windows.append(duplicate_window_seconds)
            super().__init__(duplicate_window_seconds=duplicate_window_seconds)

    monkeypatch.setattr("hubbub.log.memory.MemoryLog", Witness)
    with serving(Config(limits=Limits(duplicate_window_seconds=7))):
        assert windows == [7]


def test_it_has_a_free_port_unless_told_otherwise() -> None:
    with serving() as one, serving(Config(limits=Limits(listed_max=1))) as other:
        assert len({1234, one.port, other.port}) == 3


def test_it_keeps_to_the_address_and_the_folder(tmp_path: Path) -> None:
    section = ServerSection(listen="127.0.0.1:0", data=str(tmp_path))
    for seq in (1, 2):
        with serving(Config(server=section)) as server:
            assert asyncio.run(said(server.address)) == seq
