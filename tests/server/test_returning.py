"""Somebody who leaves and comes back at once is let in, though their last words are on the way."""

import asyncio
import socket
import time
from collections.abc import Iterator, Sequence

import pytest

from hubbub.chat.events import Entry, Message
from hubbub.log.memory import MemoryLog
from hubbub.testing import LocalServer, serving
from tests.interop.raw import RawPeer
from tests.server.event_peer import EventPeer

TIMES = 20


class SlowLog(MemoryLog):
    """Takes its time for each commit."""

    seconds = 0.02

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        await asyncio.sleep(self.seconds)
        return await super().append(drafts)

    def said(self) -> list[str]:
        return [one.text for one in self._rooms.get("lobby", []) if isinstance(one, Message)]


@pytest.fixture
def log() -> SlowLog:
    return SlowLog()


@pytest.fixture
def server(log: SlowLog) -> Iterator[LocalServer]:
    with serving(log=log) as server:
        yield server


def test_a_classic_client_that_says_something_and_returns_at_once_is_let_in(
    server: LocalServer, log: SlowLog
) -> None:
    texts = [f"text {number}" for number in range(TIMES)]
    for text in texts:
        with RawPeer(server.host, server.port, "ann") as ann:
            ann.say(text)
    with EventPeer(server, "bob") as bob:
        deadline = time.monotonic() + 30
        while log.said() != texts:
            assert time.monotonic() < deadline, log.said()
            bob.ask(type="ping")


def test_an_event_client_that_returns_at_once_is_let_in(server: LocalServer) -> None:
    ann = EventPeer(server, "ann")
    for _ in range(TIMES):
        ann.tell(type="say", room="lobby", text="hello")
        ann.sock.shutdown(socket.SHUT_WR)
        with ann:
            ann = EventPeer(server, "ann")
        assert not ann.welcome["held"]
    ann.leave()


def test_a_name_whose_holder_stays_is_refused_at_once(server: LocalServer) -> None:
    with EventPeer(server, "ann"), EventPeer(server, "ann", room=None) as other:
        assert other.welcome["held"]


def test_a_holder_who_leaves_slowly_is_waited_for_with_a_bound(
    server: LocalServer, log: SlowLog
) -> None:
    log.seconds = 8.0
    with RawPeer(server.host, server.port, "ann") as ann:
        ann.say("slow")
    with RawPeer(server.host, server.port) as again:
        again.say("ann")
        assert b"is taken" in again.rest()
