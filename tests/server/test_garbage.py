"""A closed connection leaves nothing to the garbage collector: collecting makes everybody wait."""

import gc
import time
from collections.abc import Iterator

import pytest

from hubbub.chat.limits import Limits
from hubbub.log.memory import MemoryLog
from hubbub.server.config import Config
from hubbub.server.sessions.connection import Connection
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving
from tests.interop.raw import PATIENCE_SECONDS, RawPeer, frame
from tests.server.event_peer import EventPeer, event_frame
from tests.server.http.asking import ask

VISITS = 20
QUICK = Config(limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS))


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """Return a server, after which nothing is collected until the end."""
    with serving(QUICK, MemoryLog()) as server:
        classic(server)
        over_http(server)
        gc.collect()
        gc.disable()
        try:
            yield server
        finally:
            gc.enable()


def classic(server: LocalServer) -> None:
    """Talk, and hang up."""
    with RawPeer(server.host, server.port, "ann") as peer:
        peer.who()
        peer.leave()


def asking(server: LocalServer) -> None:
    """Say something and read it again, and hang up."""
    with EventPeer(server, "ann") as peer:
        peer.say_and_wait("hello")
        assert peer.ask(type="history", room="lobby")["messages"]
        peer.leave()


def lagging(server: LocalServer) -> None:
    """Have the log read, and hang up."""
    with EventPeer(server, "ann") as peer:
        peer.say_and_wait("hello")
        peer.ask(type="join", room="lobby", after=0)
        peer.next("message")
        peer.leave()


def broken(server: LocalServer) -> None:
    """Be thrown out."""
    with RawPeer(server.host, server.port) as peer:
        peer.send(event_frame("ann") + frame("ok") + b"no header!")
        peer.rest()


def over_http(server: LocalServer) -> None:
    """Ask over HTTP."""
    assert ask(server, "/healthz").status == 200


def connections() -> int:
    return sum(isinstance(one, Connection) for one in gc.get_objects())


@pytest.mark.parametrize("visit", [classic, asking, lagging, broken, over_http])
def test_nothing_of_a_closed_connection_is_left(server: LocalServer, visit: object) -> None:
    assert callable(visit)
    for _ in range(VISITS):
        visit(server)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (left := connections()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left
