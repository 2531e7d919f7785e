"""Connections that say little or nothing, on real sockets and on both event loops."""

import contextlib
import socket
import struct
from collections.abc import Callable, Iterator

import pytest

from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer, frame
from tests.server.conftest import Connect, Loop, Serve


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the server take its peers for those of other machines."""
    monkeypatch.setattr("hubbub.server.sockets.places.is_loopback", lambda _host: False)


def places_left(server: LocalServer, connect: Connect) -> Iterator[bytes]:
    """Yield, again and again, what a newcomer called ann is answered."""
    while True:
        peer = connect(server)
        with contextlib.suppress(OSError):
            peer.send(frame("ann") + frame("/who"))
        yield peer.sock.recv(16)
        peer.sock.close()


def hang_up(peer: RawPeer) -> None:
    peer.sock.close()


def reset(peer: RawPeer) -> None:
    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.sock.close()


@pytest.mark.parametrize("leave", [hang_up, reset])
@pytest.mark.parametrize("said", [b"", b"G", b"OPTIONS"])
def test_a_stranger_that_hangs_up_is_gone_at_once(
    loops: Loop,
    serve: Serve,
    connect: Connect,
    said: bytes,
    leave: Callable[[RawPeer], None],
) -> None:
    with serve(connections_max=1, handshake_seconds=3600) as server:
        peer = connect(server)
        peer.send(said)
        leave(peer)
        assert any(answer.startswith(b"6") for answer in places_left(server, connect))


def test_a_name_may_come_long_after_the_connection(
    loops: Loop, serve: Serve, connect: Connect
) -> None:
    with serve(handshake_seconds=0.01) as server:
        typing = connect(server)
        hesitant = connect(server)
        hesitant.send(b"G")
        assert hesitant.rest() == b"", "its time is up, so that of the first one would be, too"
        typing.say("ann")
        assert typing.who() == "1 in lobby: ann"


def test_elsewhere_a_silent_stranger_is_let_go(
    loops: Loop, elsewhere: None, serve: Serve, connect: Connect
) -> None:
    with serve(handshake_seconds=0.01) as server:
        assert connect(server).rest() == b""


def test_a_first_word_may_come_in_pieces(loops: Loop, serve: Serve, connect: Connect) -> None:
    with serve() as server:
        http, frames = connect(server), connect(server)
        for octet in b"GET /healthz HTTP/1.0\r\n\r\n":
            http.send(bytes([octet]))
        for octet in frame("ann") + frame("/who"):
            frames.send(bytes([octet]))
        assert http.rest().endswith(b"ok\n")
        assert frames.pair()[1] == "1 in lobby: ann"


def test_everything_said_at_once_is_heard(loops: Loop, serve: Serve, connect: Connect) -> None:
    """And the end of it, which comes with the first bytes."""
    with serve() as server:
        peer = connect(server)
        peer.send(frame("ann") + frame("/who"))
        peer.sock.shutdown(socket.SHUT_WR)
        assert peer.pair()[1] == "1 in lobby: ann"
        assert peer.rest() == b""


def test_a_peer_that_speaks_something_else_may_finish_and_is_told(
    loops: Loop, serve: Serve, connect: Connect
) -> None:
    with serve() as server:
        peer = connect(server)
        with contextlib.suppress(OSError):
            peer.send(b"\x16\x03\x01" + b"x" * 1_000_000)
        assert peer.rest().startswith(b"This is a hubbub chatroom. "), "not reset"


def test_strangers_do_not_keep_the_server_from_ending(
    loops: Loop, serve: Serve, connect: Connect
) -> None:
    with serve(handshake_seconds=3600) as server:
        silent, hesitant = connect(server), connect(server)
        hesitant.send(b"G")
        connect(server, "ann")  # the others were accepted before
    assert (silent.rest(), hesitant.rest()) == (b"", b"")


def test_a_peer_that_reads_no_last_words_does_not_keep_the_server_from_ending(
    loops: Loop, serve: Serve, connect: Connect
) -> None:
    with serve(shutdown_seconds=0.1, messages_per_second=0) as server:
        peer = connect(server)
        # The answers fill what the systems hold between the two.
        peer.sock.settimeout(1)
        with pytest.raises(TimeoutError):
            peer.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 1_000_000)


def test_a_fault_of_ours_at_the_door_costs_one_connection(
    loops: Loop, serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise ZeroDivisionError

    with serve(connections_max=1) as server:
        with monkeypatch.context() as patch:
            patch.setattr("hubbub.server.sockets.keepalive.Keepalive.apply", fault)
            assert connect(server).rest() == b""
        assert connect(server, "ann").who() == "1 in lobby: ann"
