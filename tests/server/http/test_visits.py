"""Connections that speak HTTP badly, slowly or not at all."""

import asyncio
import errno
import http.client
import importlib
import logging
import socket
import struct
import threading
import time
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from hubbub.hub.cost import REQUEST
from hubbub.server.http.visit import HEAD_BYTES_MAX, Visit
from hubbub.server.sockets.unfinished import UnfinishedFrames
from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer
from tests.server.conftest import Connect, Import, Loop, Serve
from tests.server.event_peer import event_frame
from tests.server.http.asking import ask
from tests.server.noted import noted
from tests.server.websocket_peer import opening
from tests.wire.websocket_client import frame as websocket_frame


def test_half_a_request_does_not_hold_a_place_for_ever(serve: Serve, connect: Connect) -> None:
    with serve(handshake_seconds=0.3) as server:
        slow = connect(server)
        slow.send(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        assert slow.rest() == b""


def test_a_head_has_a_longest_length(hubbub_server: LocalServer, connect: Connect) -> None:
    visitor = connect(hubbub_server)
    visitor.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    line = b"x: %b\r\n" % (b"y" * 8000)
    visitor.send(line * (HEAD_BYTES_MAX // len(line) + 1))  # and it goes on
    answer = visitor.rest()
    assert answer[8:13] == b" 400 "
    assert b"all of them 32768." in answer


def test_whole_requests_of_any_length_in_any_pieces_have_no_such_bound(
    hubbub_server: LocalServer, connect: Connect
) -> None:
    body = b'{"text":"%b"}' % (b"x" * 60_000)
    post = (
        b"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )
    get = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nx: %b\r\n\r\n" % (b"y" * 8000)
    stream = (post + get * 20) * 3
    visitor = connect(hubbub_server)
    for size in (len(stream), 7_000, 40_000):
        for at in range(0, len(stream), size):
            visitor.send(stream[at : at + size])
        answers = b""
        while answers.count(b"HTTP/1.1 ") < 63 or not answers.endswith(b"ok\n"):
            answers += visitor.exactly(1)
        assert answers.count(b"HTTP/1.1 201 ") == 3
        assert answers.count(b"HTTP/1.1 200 ") == 60


def test_halves_of_requests_share_a_bound(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubbub.server.sessions.chatroom.STRANGERS_BYTES_MAX", 1)  # room for one
    body = b'{"text":"%b"}' % (b"x" * 200_000)
    head = (
        b"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    )
    taken = threading.Event()
    take = UnfinishedFrames._take

    def noted(unfinished: UnfinishedFrames, connection: Any) -> None:
        take(unfinished, connection)
        taken.set()

    monkeypatch.setattr(UnfinishedFrames, "_take", noted)
    with serve(text_bytes_max=250_000) as server:
        first, second = connect(server), connect(server)
        first.send(head + body[:-1])
        assert taken.wait(30)
        second.send(head + body)
        assert ask(server, "/api/rooms/lobby/messages", {"text": "short"}).status == 201
        second.sock.settimeout(0.3)
        with pytest.raises(TimeoutError):
            second.exactly(1)
        first.send(body[-1:])
        second.sock.settimeout(30)
        for visitor in (first, second):
            assert visitor.rest().startswith(b"HTTP/1.1 201 ")


@pytest.mark.usefixtures("http_is_loaded")
def test_a_body_that_does_not_come_is_not_waited_for(serve: Serve, connect: Connect) -> None:
    with serve(handshake_seconds=0.3) as server:
        slow = connect(server)
        head = f"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: {server.address}"
        slow.send(f"{head}\r\nContent-Length: 20\r\n\r\n".encode() + b'{"text"')
        answer = slow.rest()
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"slow_body" in answer


def noted_as_faults(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was noted as a fault of ours, by aiohttp as well."""
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]


def test_half_a_body_is_no_fault_of_ours(
    hubbub_server: LocalServer, caplog: pytest.LogCaptureFixture
) -> None:
    head = f"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: {hubbub_server.address}\r\n"
    with RawPeer(hubbub_server.host, hubbub_server.port) as hasty:
        hasty.send(f'{head}Content-Length: 20\r\n\r\n{{"text"'.encode())
    with RawPeer(hubbub_server.host, hubbub_server.port) as odd:
        odd.send(f'{head}Transfer-Encoding: chunked\r\n\r\n7\r\n{{"text"\r\n'.encode())
        odd.send(b"no length\r\n")
        assert odd.rest().startswith(b"HTTP/1.")
    assert ask(hubbub_server, "/healthz").body == b"ok\n"
    assert noted_as_faults(caplog) == []


CHUNKED = b"HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
CHUNK = b'7\r\n{"text"\r\n'


def test_what_cannot_be_a_body_is_refused_at_once_though_it_comes_in_pieces(
    serve: Serve, connect: Connect
) -> None:
    with serve(handshake_seconds=3600) as server:
        peer = connect(server)
        head = b"POST /api/rooms/lobby/messages " + CHUNKED + b"Expect: 100-continue\r\n\r\n"
        peer.send(head + CHUNK)
        assert peer.exactly(25) == b"HTTP/1.1 100 Continue\r\n\r\n", "the body is waited for"
        peer.send(b"no length\r\n")
        answer = peer.rest()
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert answer.count(b"HTTP/1.1 ") == 1
        assert b'"bad_request"' in answer
        assert b"\r\nConnection: close\r\n" in answer


def test_what_cannot_be_a_body_is_no_fault_of_ours_behind_the_answer_either(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    with serve(handshake_seconds=3600) as server:
        peer = connect(server)
        peer.send(b"POST /api/rooms/lobby/files?name=a.txt " + CHUNKED + b"\r\n" + CHUNK)
        assert peer.exactly(13) == b"HTTP/1.1 400 "
        peer.send(b"no length\r\n")
        assert b"HTTP/1.1 " not in peer.rest()
    assert noted_as_faults(caplog) == []


def test_half_a_body_does_not_keep_the_server_from_ending(serve: Serve) -> None:
    started = time.monotonic()
    with ExitStack() as visits, serve(shutdown_seconds=0.1, handshake_seconds=60) as server:
        slow = visits.enter_context(RawPeer(server.host, server.port))
        head = f"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: {server.address}\r\n"
        slow.send(f"{head}Expect: 100-continue\r\nContent-Length: 9\r\n\r\n{{".encode())
        assert slow.exactly(12) == b"HTTP/1.1 100"
    assert time.monotonic() - started < 30, "it waited for the body"


@pytest.mark.usefixtures("http_is_loaded")
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
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
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


def test_what_is_no_request_is_refused_in_its_turn_and_for_the_price_of_a_request(
    hubbub_server: LocalServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(hubbub_server, "/healthz")
    waited_for: list[float] = []
    may_spend = Visit.may_spend

    async def noted(visit: Visit, units: float) -> None:
        waited_for.append(units)
        await may_spend(visit, units)

    monkeypatch.setattr(Visit, "may_spend", noted)
    for _ in range(5):
        peer = connect(hubbub_server)
        peer.send(b"GET / nonsense\r\n\r\n")
        assert b" 400 " in peer.rest()
    assert waited_for == [REQUEST] * 5


def test_what_follows_no_request_is_not_read_as_another_one(
    hubbub_server: LocalServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = importlib.import_module("hubbub.server.http.site")
    answerings: list[Any] = []
    begin = site._Answering.connection_made

    def noted(answering: Any, transport: asyncio.BaseTransport) -> None:
        answerings.append(answering)
        begin(answering, transport)

    monkeypatch.setattr(site._Answering, "connection_made", noted)
    peer = connect(hubbub_server)
    peer.send(b"GET / nonsense\r\n\r\n" + b"and so on\r\n" * 3000)
    assert b" 400 " in peer.rest()
    assert [one.heads for one in answerings] == [1]


# A peer that says all it has to say, and then listens.

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def say_all(peer: RawPeer, octets: bytes) -> bytes:
    """Say this and no more; return all that is answered."""
    peer.send(octets)
    peer.sock.shutdown(socket.SHUT_WR)
    return peer.rest()


@pytest.mark.parametrize("count", [1, 2, 50])
def test_a_visitor_that_closes_its_sending_half_is_answered(
    loops: Loop, serve: Serve, connect: Connect, count: int
) -> None:
    """`When a client closes its sending half, the server answers what it sent before.`"""
    with serve(handshake_seconds=3600) as server:
        for _ in ("while aiohttp loads", "when it is there"):
            answer = say_all(connect(server), HEALTH * count)
            assert answer.count(b"HTTP/1.1 200 OK") == count
            assert answer.endswith(b"ok\n")


def test_an_end_that_comes_right_after_the_answer_ends_the_connection(
    loops: Loop, serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = importlib.import_module("hubbub.server.http.site")
    monkeypatch.setattr(site, "KEEPALIVE_SECONDS", 3600.0)
    with serve(handshake_seconds=3600) as server:
        for _ in range(50):  # some of them catch it between the answer and the wait for more
            peer = connect(server)
            peer.send(HEALTH)
            peer.exactly(12)
            peer.sock.shutdown(socket.SHUT_WR)
            assert peer.rest().endswith(b"ok\n")


@pytest.mark.parametrize("request_", [b"GET ", b"GET / HTTP/1.1\r\nHo", HEALTH[:-1]])
def test_half_a_request_and_an_end_are_not_waited_for(
    loops: Loop, serve: Serve, connect: Connect, request_: bytes
) -> None:
    with serve(handshake_seconds=3600) as server:
        for _ in ("while aiohttp loads", "when it is there"):
            assert say_all(connect(server), request_) == b""


def test_half_a_body_and_an_end_are_not_waited_for(serve: Serve, connect: Connect) -> None:
    head = b"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: localhost\r\n"
    with serve(handshake_seconds=3600) as server:
        peer = connect(server)
        peer.send(head + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n{")
        assert peer.exactly(12) == b"HTTP/1.1 100", "it is being answered"
        peer.sock.shutdown(socket.SHUT_WR)
        assert b"HTTP/1.1 2" not in peer.rest()


@pytest.mark.parametrize("before", [b"", HEALTH])
@pytest.mark.parametrize("body", [b"", b"{"])
def test_half_a_body_is_not_waited_for_if_the_end_comes_before_its_turn(
    loops: Loop, serve: Serve, connect: Connect, before: bytes, body: bytes
) -> None:
    head = (
        b"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
    )
    with serve(handshake_seconds=3600) as server:
        for _ in range(5):  # while aiohttp loads, and when it is there
            answer = say_all(connect(server), before + head + body)
            assert answer.count(b"HTTP/1.1 200 OK") <= 1
            assert b"HTTP/1.1 201" not in answer


def test_a_websocket_hears_of_an_end_that_came_with_the_handshake(
    loops: Loop, serve: Serve, connect: Connect
) -> None:
    with serve(handshake_seconds=3600) as server:
        for _ in ("while aiohttp loads", "when it is there"):
            answer = say_all(connect(server), opening(server))
            assert answer.startswith(b"HTTP/1.1 101 ")


def test_a_websocket_hears_what_came_with_the_handshake(serve: Serve, connect: Connect) -> None:
    with serve() as server:
        for _ in ("while aiohttp loads", "when it is there"):
            hello = websocket_frame(b'{"type":"hello","name":"ann"}')
            assert b'"type":"welcome"' in say_all(connect(server), opening(server) + hello)


# While aiohttp loads, or cannot.


def test_while_aiohttp_loads_others_chat_and_the_visitor_waits(
    serve: Serve, connect: Connect, loading: Import
) -> None:
    with serve() as server:
        visitor = connect(server)
        visitor.send(HEALTH[:30])
        assert loading.begun.wait(30)
        assert connect(server, "ann").who() == "1 in lobby: ann"
        visitor.send(HEALTH[30:])
        loading.allowed.set()
        visitor.sock.shutdown(socket.SHUT_WR)
        assert visitor.rest().endswith(b"ok\n")


def test_while_aiohttp_loads_a_visitor_that_vanishes_is_gone(
    serve: Serve, connect: Connect, loading: Import
) -> None:
    with serve(connections_max=2) as server:
        visitor = connect(server)
        visitor.send(HEALTH)
        assert loading.begun.wait(30)
        connect(server, "ann")
        reset = struct.pack("ii", 1, 0)
        visitor.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        visitor.sock.close()
        answer = b""
        while answer != b"+":  # as soon as the visitor's place is free
            peer = connect(server)
            peer.send(event_frame("bob"))
            answer = peer.sock.recv(1)
        loading.allowed.set()


@pytest.mark.parametrize("said", [b"GET ", b"GET / HTTP/1.1\r\nHost: localhost\r\n"])
def test_while_aiohttp_loads_half_a_request_and_an_end_are_not_waited_for(
    serve: Serve, connect: Connect, loading: Import, said: bytes
) -> None:
    with serve(handshake_seconds=3600) as server:
        assert say_all(connect(server), said) == b""
        loading.allowed.set()


def test_while_aiohttp_loads_no_visitor_is_waited_for_longer_than_ever(
    serve: Serve, connect: Connect, loading: Import
) -> None:
    with serve(handshake_seconds=0.01) as server:
        visitor = connect(server)
        visitor.send(HEALTH)
        assert visitor.rest() == b""
        loading.allowed.set()


def test_while_aiohttp_loads_what_is_kept_is_bounded(
    serve: Serve, connect: Connect, loading: Import
) -> None:
    with serve() as server:
        visitor = connect(server)
        visitor.send(HEALTH)
        assert loading.begun.wait(30)
        visitor.sock.settimeout(1)
        with pytest.raises(TimeoutError):  # the systems take some megabytes of it, we no more
            visitor.send(HEALTH * 1_000_000)
        loading.allowed.set()
        visitor.sock.settimeout(30)
        assert visitor.exactly(15) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    ("failure", "level"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "warning"),
        (ImportError("cannot open shared object file: Too many open files"), "warning"),
        (RuntimeError("a fault of ours"), "error"),
    ],
    ids=["module", "library", "fault"],
)
def test_when_aiohttp_cannot_be_loaded_visitors_are_told_and_the_next_one_has_it_tried_again(
    serve: Serve, connect: Connect, loading: Import, failure: Exception, level: str
) -> None:
    loading.failures, loading.failure = 1, failure
    with noted() as notes, serve() as server:
        visitor, other = connect(server), connect(server)
        visitor.send(HEALTH)
        assert loading.begun.wait(30)
        other.send(HEALTH)
        connect(server, "ann")  # so the other one was heard as well
        loading.allowed.set()
        for peer in (visitor, other):
            head, _, body = peer.rest().partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 503 ")
            assert int(head.partition(b"Content-Length: ")[2].split(b"\r")[0]) == len(body)
            problem = msgspec.json.decode(body)
            assert (problem["status"], problem["code"]) == (503, "http_unavailable")
        assert ask(server, "/healthz").body == b"ok\n"
    told = [(note["event"], note["level"]) for note in notes]
    assert told == [("HTTP cannot be answered", level)]


def test_when_not_even_the_journal_can_be_told_it_is_tried_again(
    serve: Serve, loading: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What keeps aiohttp from being loaded may keep a traceback from being written."""
    loading.failures, loading.failure = 1, RuntimeError("a fault of ours")
    loading.allowed.set()

    def fail(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("hubbub.server.late.faults", SimpleNamespace(note=fail))
    with serve() as server:
        assert ask(server, "/healthz").status == 503
        assert ask(server, "/healthz").body == b"ok\n"


def test_a_server_ends_while_aiohttp_loads(serve: Serve, connect: Connect, loading: Import) -> None:
    with ExitStack() as ending:
        server = ending.enter_context(serve())
        visitor = connect(server)
        visitor.send(HEALTH)
        assert loading.begun.wait(30)
        threading.Timer(0.2, loading.allowed.set).start()
    assert visitor.rest() == b""
