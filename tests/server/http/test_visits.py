"""Connections that speak HTTP badly, slowly or not at all."""

import http.client
import time
from contextlib import ExitStack

import msgspec
import pytest

from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer
from tests.server.conftest import Connect, Serve
from tests.server.http.asking import ask


def test_half_a_request_does_not_hold_a_place_for_ever(serve: Serve, connect: Connect) -> None:
    with serve(handshake_seconds=0.3) as server:
        slow = connect(server)
        slow.send(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        assert slow.rest() == b""


def test_a_body_that_does_not_come_is_not_waited_for(serve: Serve, connect: Connect) -> None:
    with serve(handshake_seconds=0.3) as server:
        slow = connect(server)
        head = f"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: {server.address}"
        slow.send(f"{head}\r\nContent-Length: 20\r\n\r\n".encode() + b'{"text"')
        answer = slow.rest()
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"slow_body" in answer


def test_half_a_body_is_no_fault_of_ours(
    hubbub_server: LocalServer, capfd: pytest.CaptureFixture[str]
) -> None:
    head = f"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: {hubbub_server.address}\r\n"
    with RawPeer(hubbub_server.host, hubbub_server.port) as hasty:
        hasty.send(f'{head}Content-Length: 20\r\n\r\n{{"text"'.encode())
    with RawPeer(hubbub_server.host, hubbub_server.port) as odd:
        odd.send(f'{head}Transfer-Encoding: chunked\r\n\r\n7\r\n{{"text"\r\n'.encode())
        odd.send(b"no length\r\n")
        assert odd.rest().startswith(b"HTTP/1.")
    assert ask(hubbub_server, "/healthz").body == b"ok\n"
    assert capfd.readouterr() == ("", "")


def test_half_a_body_does_not_keep_the_server_from_ending(serve: Serve) -> None:
    started = time.monotonic()
    with ExitStack() as visits, serve(shutdown_seconds=0.1, handshake_seconds=60) as server:
        slow = visits.enter_context(RawPeer(server.host, server.port))
        head = f"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: {server.address}\r\n"
        slow.send(f"{head}Expect: 100-continue\r\nContent-Length: 9\r\n\r\n{{".encode())
        assert slow.exactly(12) == b"HTTP/1.1 100"
    assert time.monotonic() - started < 30, "it waited for the body"


def test_a_connection_is_for_many_requests(serve: Serve) -> None:
    """The time for the first request does not count against those after it."""
    with serve(handshake_seconds=0.3) as server:
        connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        local = connection.sock.getsockname()
        with RawPeer(server.host, server.port) as other:  # is let go after that time
            other.send(b"GET ")
            assert other.rest() == b""
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok\n"
        assert connection.sock.getsockname() == local
        connection.close()


def test_bad_http_gets_an_answer_and_harms_nobody(
    hubbub_server: LocalServer, connect: Connect
) -> None:
    for octets in (
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nx: " + b"y" * 100_000 + b"\r\n\r\n",
    ):
        peer = connect(hubbub_server)
        peer.send(octets)
        head, _, body = peer.rest().partition(b"\r\n\r\n")
        assert b" 400 " in head
        assert b"Server: hubbub" in head
        assert msgspec.json.decode(body)["code"] == "bad_request"
    assert ask(hubbub_server, "/healthz").body == b"ok\n"
