"""How a connection ends: slowly for those who read slowly, at once for those who read nothing."""

import asyncio
import socket
import struct
import threading
import time

import pytest

from hubbub.chat.events import Page
from hubbub.chat.limits import Limits
from hubbub.chat.queries import PageQuery
from hubbub.log.memory import MemoryLog
from hubbub.server.config import Config
from hubbub.server.sessions import connection
from hubbub.server.sockets.unread import unread_bytes
from hubbub.testing import LocalServer, serving
from tests.interop.raw import READ_BYTES, RawPeer, frame
from tests.server.conftest import Connect, Meet, Serve

LINGER_SECONDS = 0.2
PATIENCE_SECONDS = 30
LINES = 40
LINE = "x" * 60_000
QUICK = Config(limits=Limits(shutdown_seconds=0.1))  # not all peers read the goodbye


@pytest.fixture
def short_linger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut peers that read nothing after a moment, so that the test need not wait for long."""
    monkeypatch.setattr(connection, "LINGER_SECONDS", LINGER_SECONDS)


def slow_reader(server: LocalServer, name: str) -> RawPeer:
    """Return a peer whose system takes little that it has not read itself."""
    peer = RawPeer.__new__(RawPeer)
    peer._unread = b""
    peer.sock = socket.socket()
    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.sock.settimeout(PATIENCE_SECONDS)
    peer.sock.connect((server.host, server.port))
    peer.send(frame(name))
    return peer


def says_much(server: LocalServer, connect: Connect) -> RawPeer:
    """Return a peer whose lines are in the log: whoever enters from now on hears none of them."""
    ann, dan = connect(server, "ann"), connect(server, "dan")
    for _ in range(LINES):
        ann.say(LINE)
    for _ in range(LINES):
        assert dan.pair() == ("ann", LINE)
    return ann


def asks_and_hangs_up(peer: RawPeer) -> None:
    """Ask for more than any buffer holds, and close the sending half."""
    peer.send(frame("/history 40") * 3)
    peer.sock.shutdown(socket.SHUT_WR)


class Reluctant:
    """Reads for a peer when its server looks whether it does, and only until that can be seen."""

    def __init__(self, peer: RawPeer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.received = bytearray()
        self.looks = 0
        self.is_alone = threading.Event()
        self._peer = peer
        self._place = peer.sock.getsockname()
        self._transport: asyncio.WriteTransport | None = None
        lost = connection.Connection.connection_lost

        def note(one: connection.Connection, exc: Exception | None) -> None:
            lost(one, exc)
            if one._transport is self._transport:
                self.is_alone.set()

        monkeypatch.setattr(connection.Connection, "connection_lost", note)
        monkeypatch.setattr(connection, "unread_bytes", self._read_a_little)

    def _read_a_little(self, transport: asyncio.WriteTransport) -> int:
        unread = before = unread_bytes(transport)
        if transport.get_extra_info("peername") == self._place:
            self._transport = transport
            self.looks += 1
            while before and unread == before:
                self.received += self._peer.sock.recv(READ_BYTES)
                unread = unread_bytes(transport)
        return unread


def test_a_peer_that_hung_up_and_reads_slowly_gets_all_of_it(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(QUICK, MemoryLog()) as server:
        says_much(server, connect)
        quick = connect(server, "cat")
        asks_and_hangs_up(quick)
        all_of_it = quick.rest()
        with slow_reader(server, "bob") as bob:
            slow = Reluctant(bob, monkeypatch)
            monkeypatch.setattr(connection, "LINGER_SECONDS", LINGER_SECONDS / 100)
            asks_and_hangs_up(bob)
            assert slow.is_alone.wait(PATIENCE_SECONDS)
            received = slow.received + bob.rest()
    assert slow.looks > 10
    assert len(all_of_it) > 1_000_000
    assert received == all_of_it


@pytest.mark.usefixtures("short_linger")
def test_a_peer_that_hung_up_and_reads_nothing_is_cut(connect: Connect) -> None:
    with serving(QUICK, MemoryLog()) as server:
        ann = says_much(server, connect)
        with slow_reader(server, "bob") as bob:
            asks_and_hangs_up(bob)
            deadline = time.monotonic() + PATIENCE_SECONDS
            while "bob" in (who := ann.who()):
                assert time.monotonic() < deadline, f"it keeps its name for ever: {who}"


def test_a_fault_while_the_log_is_read_ends_that_session_alone(meet: Meet) -> None:
    class FaultyLog(MemoryLog):
        async def page(self, query: PageQuery) -> Page:  # noqa: ARG002
            raise ZeroDivisionError("a fault")

    with serving(QUICK, FaultyLog()) as server:
        ann, bob = meet(server, "ann"), meet(server, "bob")
        assert ann.ask(type="history", room="lobby")["code"] == "server_fault"
        assert bob.say_and_wait("still here") == 1


@pytest.mark.usefixtures("loops")
@pytest.mark.parametrize("linger", [None, struct.pack("ii", 1, 0)], ids=["end", "reset"])
def test_what_was_sent_before_the_connection_was_lost_is_posted_however_little_was_read(
    serve: Serve, meet: Meet, linger: bytes | None
) -> None:
    """What is written to a peer that is gone fails, and ends its connection, before all is read."""
    texts = 2500
    with serve(messages_per_second=1000, burst=100) as server:
        bob = meet(server, "bob")
        with RawPeer(server.host, server.port, "ann") as ann:
            ann.send(frame("still here") * texts)
            if linger is not None:
                ann.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            ann.sock.close()
        assert {event["from"] for event in bob.messages(texts)} == {"ann"}


def test_whoever_left_something_that_cannot_be_read_leaves_all_the_same(
    meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory may be short at that moment, and nothing would end the session later."""

    class Unreadable:
        def recv(self, _size: int) -> bytes:
            raise MemoryError

        def close(self) -> None:
            pass

    monkeypatch.setattr(connection, "rest_of", lambda _: Unreadable())
    with serving(QUICK) as server:
        bob = meet(server, "bob")
        ann = meet(server, "ann")
        ann.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        ann.sock.close()
        assert bob.next("presence", name="ann", state="left")
