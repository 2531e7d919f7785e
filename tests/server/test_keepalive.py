"""What TCP is told about peers that vanish; tests/faults/test_vanished_peers.py sees it done."""

import socket
import sys

import pytest

from hubbub.server.sockets.keepalive import PROBES, Keepalive

IDLE: int = getattr(socket, "TCP_KEEPALIVE" if sys.platform == "darwin" else "TCP_KEEPIDLE")


@pytest.mark.parametrize("seconds", [4, 5, 7, 10, 60, 61, 3600, 32_767])
def test_probes_begin_and_end_in_time(seconds: int) -> None:
    with socket.socket() as sock:
        Keepalive(seconds).apply(sock)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        idle, interval, count = (
            sock.getsockopt(socket.IPPROTO_TCP, option)
            for option in (IDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        )
    assert count == PROBES
    assert idle + interval * count == seconds


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this option")
def test_no_clock_runs_against_a_peer_that_reads_nothing() -> None:
    """On Linux this option ends a connection with a full window, however alive the peer is."""
    with socket.socket() as sock:
        Keepalive(60).apply(sock)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 0


def test_a_peer_that_is_there_has_not_vanished() -> None:
    keepalive = Keepalive(4)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as sock:
            keepalive.apply(sock)
            sock.send(b"unread")
            assert not keepalive.vanished(sock)
        assert not keepalive.vanished(sock), "a closed socket is somebody else's to notice"
