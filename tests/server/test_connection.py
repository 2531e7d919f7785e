"""How a connection ends: slowly for those who read slowly, at once for those who read nothing."""

import socket
import threading
import time

import pytest

from hubbub.chat.events import Page
from hubbub.chat.queries import PageQuery
from hubbub.log.memory import MemoryLog
from hubbub.server import connection
from hubbub.testing import LocalServer, serving
from tests.interop.raw import READ_BYTES, RawPeer, frame
from tests.server.conftest import Connect, Meet

LINGER_SECONDS = 0.2
PATIENCE_SECONDS = 30
LINES = 40
LINE = "x" * 60_000


@pytest.fixture
def short_linger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut peers that read nothing after a moment, so that the test need not wait for long."""
    monkeypatch.setattr(connection, "LINGER_SECONDS", LINGER_SECONDS)


def slow_reader(server: LocalServer, name: str) -> RawPeer:
    """Return a peer whose system takes little that it has not read itself."""
    peer = RawPeer.__new__(RawPeer)
    peer.sock = socket.socket()
    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.sock.settimeout(PATIENCE_SECONDS)
    peer.sock.connect((server.host, server.port))
    peer.send(frame(name))
    return peer


def asks_and_hangs_up(peer: RawPeer) -> None:
    """Ask for more than any buffer holds, and close the sending half."""
    peer.send(frame("/history 40") * 3)
    peer.sock.shutdown(socket.SHUT_WR)


@pytest.mark.usefixtures("short_linger")
def test_a_peer_that_hung_up_and_reads_slowly_gets_all_of_it(connect: Connect) -> None:
    with serving(log=MemoryLog()) as server:
        ann = connect(server, "ann")
        for _ in range(LINES):
            ann.say(LINE)
        ann.who()
        quick = connect(server, "cat")
        asks_and_hangs_up(quick)
        all_of_it = quick.rest()
        with slow_reader(server, "bob") as bob:
            asks_and_hangs_up(bob)
            received = bytearray()
            pause = threading.Event()
            while chunk := bob.sock.recv(READ_BYTES // 2):
                received += chunk
                pause.wait(LINGER_SECONDS / 20)
    assert len(all_of_it) > 1_000_000
    assert received == all_of_it


@pytest.mark.usefixtures("short_linger")
def test_a_peer_that_hung_up_and_reads_nothing_is_cut(connect: Connect) -> None:
    with serving(log=MemoryLog()) as server:
        ann = connect(server, "ann")
        for _ in range(LINES):
            ann.say(LINE)
        ann.who()
        with slow_reader(server, "bob") as bob:
            asks_and_hangs_up(bob)
            deadline = time.monotonic() + PATIENCE_SECONDS
            while "bob" in (who := ann.who()):
                assert time.monotonic() < deadline, f"it keeps its name for ever: {who}"


def test_a_fault_while_the_log_is_read_ends_that_session_alone(meet: Meet) -> None:
    class FaultyLog(MemoryLog):
        async def page(self, query: PageQuery) -> Page:  # noqa: ARG002
            raise ZeroDivisionError("a fault")

    with serving(log=FaultyLog()) as server:
        ann, bob = meet(server, "ann"), meet(server, "bob")
        assert ann.ask(type="history", room="lobby")["code"] == "server_fault"
        assert bob.say_and_wait("still here") == 1
