"""A server that may open no more: some descriptors are kept, and what failed is tried again."""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from hubbub.server.sockets.descriptors import RESERVED
from tests.faults.serving import PATIENCE_SECONDS, ServerProcess
from tests.interop.raw import RawPeer


def get(path: str, *headers: str) -> bytes:
    """Return a request."""
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", "")).encode()


HEALTH = get("/healthz", "Connection: close")
EVERYTHING = (
    *map(get, ("/", "/icon.svg", "/api/rooms", "/api/search?query=hello", "/metrics")),
    get(
        "/ws",
        *("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"),
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ),
)
REFUSED = b"This chatroom has as many connections"
DESCRIPTORS = 128
PLACES = DESCRIPTORS - RESERVED


def test_a_peer_that_could_not_be_accepted_is_when_there_are_descriptors_again(
    tmp_path: Path,
) -> None:
    with (
        ServerProcess(tmp_path / "data") as server,
        RawPeer(server.host, server.port, "ann") as ann,
    ):
        server.limit_descriptors(0)
        with RawPeer(server.host, server.port) as waiting:
            waiting.say("bob")
            deadline = time.monotonic() + PATIENCE_SECONDS
            while "cannot accept" not in (tmp_path / "data.stderr").read_text():
                assert ann.who() == "1 in lobby: ann"
                assert time.monotonic() < deadline
            server.limit_descriptors()
            assert waiting.who().startswith("2 in lobby: ")


def test_a_visitor_is_told_and_the_next_one_is_served(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "data") as server:
        server.limit_descriptors(1)  # for the connection: there is none for aiohttp's files
        with RawPeer(server.host, server.port) as visitor:
            visitor.send(HEALTH)
            assert visitor.rest().startswith(b"HTTP/1.1 503 ")
        server.limit_descriptors()
        with RawPeer(server.host, server.port) as visitor:
            visitor.send(HEALTH)
            assert visitor.rest().endswith(b"ok\n")
    assert "HTTP cannot be answered" in (tmp_path / "data.stderr").read_text()


def answer(server: ServerProcess, request: bytes) -> bytes:
    """Return how a request is answered, as soon as there is a place to ask it from."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with RawPeer(server.host, server.port) as visitor:
            visitor.send(request)
            if (line := visitor.exactly(len(REFUSED))) != REFUSED:
                return line[:12]
        assert time.monotonic() < deadline


@pytest.mark.parametrize("spare", range(1, 6))
def test_whatever_a_visitor_met_all_of_http_is_there_when_there_are_descriptors_again(
    tmp_path: Path, spare: int
) -> None:
    with ServerProcess(tmp_path / "data") as server:
        server.limit_descriptors(spare)
        assert answer(server, HEALTH) in {b"HTTP/1.1 200", b"HTTP/1.1 503"}
        server.limit_descriptors()
        for request in EVERYTHING:
            assert answer(server, request) in {b"HTTP/1.1 200", b"HTTP/1.1 101"}, request


def test_when_every_place_is_taken_all_else_works(tmp_path: Path) -> None:
    """The last place goes to the first who speaks HTTP; somebody searches for the first time."""
    with (
        ServerProcess(tmp_path / "data", descriptors=DESCRIPTORS) as server,
        ExitStack() as everybody,
    ):
        ann = everybody.enter_context(RawPeer(server.host, server.port, "ann"))
        for number in range(PLACES - 2):
            guest = RawPeer(server.host, server.port, f"guest{number}")
            everybody.enter_context(guest)
        with RawPeer(server.host, server.port) as last:
            last.say("last")
            ann.wait_for("last")
            with RawPeer(server.host, server.port) as refused:
                assert refused.rest().startswith(REFUSED)
        for request in (HEALTH, *EVERYTHING):
            assert answer(server, request) in {b"HTTP/1.1 200", b"HTTP/1.1 101"}, request
        ann.say("/search hello")
        assert ann.pair() == ("hubbub", "Nothing in lobby matches.")
    journal = (tmp_path / "data.stderr").read_text()
    assert "Too many open files" not in journal
    assert "connections_max" not in journal, "nobody asked for more"


def test_only_who_asks_for_more_places_than_there_are_is_told(tmp_path: Path) -> None:
    config = "[limits]\nconnections_max = 1000"
    with ServerProcess(tmp_path / "data", config, descriptors=DESCRIPTORS) as server:
        server.stop()
        assert not server.stays(PATIENCE_SECONDS)
    journal = (tmp_path / "data.stderr").read_text()
    assert f'"allowed": {PLACES}, "connections_max": 1000' in journal
    assert "ulimit -n" in journal
