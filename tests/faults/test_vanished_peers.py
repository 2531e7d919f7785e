"""Peers that vanish without a word, and one that is as quiet but there (protocol section 6.5)."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from hubbub.chat.limits import Limits
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.faults.other_machine import OtherMachine, other_machine
from tests.interop.raw import HEADER_BYTES, RawPeer, frame
from tests.server.http.asking import ask

KEEPALIVE_SECONDS = 4
PATIENCE_SECONDS = 60
"""A system alone would take a quarter of an hour."""

TEXT = "x" * 60_000
TEXTS = 40
"""More than the systems of two peers hold, so that the server is left with a full connection."""


def wait_until(condition: Callable[[], bool]) -> None:
    """Ask again and again, for a bounded time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def lagging(server: LocalServer) -> int:
    """Return how many members do not keep up."""
    found = re.search(
        rb"^hubbub_lagging_memberships (\d+)", ask(server, "/metrics").body, re.MULTILINE
    )
    assert found
    return int(found[1])


def is_free(server: LocalServer, name: str) -> bool:
    """Whether nobody has the name."""
    with RawPeer(server.host, server.port) as peer:
        peer.send(b"+%-9d%b" % (len(name), name.encode()))
        return b'"held":true' not in peer.exactly(int(peer.exactly(HEADER_BYTES)))


def enter(server: LocalServer, machine: OtherMachine, address: str, *said: str) -> socket.socket:
    """Connect from the other machine, say this, and return when it was heard."""
    peer = machine.connect(server.port, address)
    peer.sendall(b"".join(map(frame, [*said, "/help"])))
    assert peer.recv(HEADER_BYTES) == frame("hubbub")[:HEADER_BYTES]
    return peer


def hear_all(peer: socket.socket) -> None:
    """Read all that waits for a peer."""
    expected = len(frame("ann") + frame(TEXT)) * TEXTS
    while expected > 0:
        chunk = peer.recv(1_048_576)
        assert chunk, "it was cut off"
        expected -= len(chunk)


@pytest.fixture
def machine() -> Iterator[OtherMachine]:
    """Another machine, at the other end of a cable."""
    with other_machine() as machine:
        yield machine


def test_a_peer_that_vanishes_is_gone_and_one_that_reads_nothing_stays(
    machine: OtherMachine,
) -> None:
    config = Config(
        server=ServerSection(listen=f"{machine.here}:0"),
        limits=Limits(keepalive_seconds=KEEPALIVE_SECONDS, messages_per_second=0),
    )
    gone, there = machine.vanishing, machine.staying
    with serving(config) as server, RawPeer(server.host, server.port, "ann") as ann:
        idle = machine.connect(server.port, gone)
        idle.sendall(b"+4        idle")
        busy = enter(server, machine, gone, "busy", "/join hall")
        full = enter(server, machine, gone, "full")
        silent = enter(server, machine, there, "silent")
        for _ in range(TEXTS):
            ann.say(TEXT)
        wait_until(lambda: lagging(server) == 2)

        machine.vanish()
        ann.send(frame("/join hall") + frame("are you there?"))

        for name in ("busy", "full", "idle"):
            wait_until(partial(is_free, server, name))
        assert not is_free(server, "silent")
        hear_all(silent)
        for peer in (idle, busy, full, silent):
            peer.close()
