"""A server in a thread beside the test."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hubbub.chat.errors import ConfigError, HubbubError, LogError
from hubbub.chat.events import Entry, Message
from hubbub.client import connect
from hubbub.log.feed import Feed
from hubbub.log.memory import MemoryLog
from hubbub.log.port import Log
from hubbub.server.config import Config, ServerSection
from hubbub.server.thread import serving_in_thread

PATIENCE_SECONDS = 60


def config(data: Path | None = None, listen: str = "127.0.0.1:0") -> Config:
    return Config(server=ServerSection(listen=listen, data=str(data or "")))


async def say(address: str, *texts: str) -> None:
    async with connect(address, name="ann") as chat:
        for text in texts:
            await chat.say(text)


async def said(address: str) -> list[str]:
    async with connect(address, name="bob") as chat:
        return [message.text for message in (await chat.history("lobby")).messages]


def introduced(address: str) -> socket.socket:
    """Return ann's classic session."""
    host, _, port = address.rpartition(":")
    ann = socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)
    ann.sendall(b"3         ann")
    return ann


def test_the_folder_keeps_what_was_said(tmp_path: Path) -> None:
    with serving_in_thread(config(tmp_path)) as address:
        asyncio.run(say(address, "one", "two"))
    with serving_in_thread(config(tmp_path)) as address:
        assert asyncio.run(said(address)) == ["one", "two"]


def test_a_given_log_is_served_in_place_of_the_folders(tmp_path: Path) -> None:
    log = MemoryLog()
    for _ in range(2):
        with serving_in_thread(config(tmp_path / "data"), log) as address:
            asyncio.run(say(address, "hello"))
            assert "hello" in asyncio.run(said(address))
    assert not (tmp_path / "data").exists()


class LateLog(MemoryLog):
    """Commits what people say only when nobody can connect any more."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.address: list[str] = []
        self.said = list[str]()

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        texts = [draft.text for draft in drafts if isinstance(draft, Message)]
        if texts:
            self.asked.set()
            await self._closed()
        self.said += texts
        return await super().append(drafts)

    async def _closed(self) -> None:
        with suppress(ConnectionRefusedError):
            while True:
                _, writer = await asyncio.open_connection(*self.address)
                writer.close()


def test_what_was_accepted_is_committed_before_it_stops() -> None:
    log = LateLog()
    with serving_in_thread(config(), log) as address, introduced(address) as ann:
        log.address = address.split(":")
        ann.sendall(b"5         hello")
        assert log.asked.wait(PATIENCE_SECONDS)
        assert not log.said
    assert log.said == ["hello"]


def test_a_port_in_use_is_told_before_the_block_begins(tmp_path: Path) -> None:
    with (
        serving_in_thread(config(), MemoryLog()) as address,
        pytest.raises(ConfigError, match="another program uses that port"),
        serving_in_thread(config(tmp_path, listen=address)),
    ):
        pytest.fail("there is no second server")


def test_a_folder_in_use_is_told_before_the_block_begins(tmp_path: Path) -> None:
    with (
        serving_in_thread(config(tmp_path)),
        pytest.raises(LogError, match="another hubbub server"),
        serving_in_thread(config(tmp_path)),
    ):
        pytest.fail("there is no second server")


class BrokenFeed(Feed):
    """Does not give what was committed."""

    def take_some(self, *_: Any, **__: Any) -> list[Entry]:
        raise ZeroDivisionError("a fault")


class BrokenLog(MemoryLog):
    """A log with a fault of ours in it, without which nothing can go on."""

    def follow(self) -> Feed:
        return BrokenFeed()


def until_it_ends(log: Log) -> None:
    with serving_in_thread(config(), log) as address, introduced(address) as ann:
        ann.sendall(b"5         hello")
        while ann.recv(1024):
            pass


def test_what_ends_the_server_is_raised_at_the_end_of_the_block() -> None:
    with pytest.raises(HubbubError, match="cannot go on") as ended:
        until_it_ends(BrokenLog())
    assert isinstance(ended.value.__cause__, ZeroDivisionError)


def test_the_blocks_own_error_passes_and_the_thread_ends() -> None:
    before = threading.active_count()
    with pytest.raises(KeyError), serving_in_thread(config(), MemoryLog()):
        raise KeyError
    assert threading.active_count() == before


def test_the_first_name_outside_ascii_waits_for_no_table() -> None:
    script = (
        "import sys\n"
        "from hubbub.testing import serving\n"
        "with serving() as server:\n"
        "    from hubbub.chat.lookalikes import _table\n"
        "    print(_table.cache_info().currsize, 'hubbub.chat.profiles' in sys.modules)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert ran.stdout == "1 True\n"
