"""A server that may open no more: what failed for want of a descriptor is tried again."""

import time
from pathlib import Path

from tests.faults.serving import PATIENCE_SECONDS, ServerProcess
from tests.interop.raw import RawPeer

HEALTH = b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n"


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
