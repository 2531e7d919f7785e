"""One TCP connection: how a dead one is noticed, and what is said of how it ended."""

import asyncio
import socket
import sys

import pytest

from hubbub.chat import events as e
from hubbub.client import Backoff, connect
from hubbub.client.address import parse_address
from hubbub.client.connection import Connection
from hubbub.client.errors import Disconnected
from hubbub.wire.frames import encode_frame

from .servers import Peer, Script, play, scripted


async def connected(script: Script) -> tuple[Connection, Peer]:
    connection = await Connection.open(parse_address(script.address))
    return connection, await script.peer()


async def read_to_the_end(connection: Connection) -> None:
    while True:
        await connection.read()


@pytest.mark.skipif(sys.platform != "linux", reason="the options have these names on Linux")
def test_tcp_notices_a_peer_that_vanished_within_30_seconds() -> None:
    async def scene() -> None:
        async with scripted() as script:
            connection, _ = await connected(script)
            sock = connection._writer.get_extra_info("socket")
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            idle, interval, count, user_milliseconds = (
                sock.getsockopt(socket.IPPROTO_TCP, option)
                for option in (
                    socket.TCP_KEEPIDLE,
                    socket.TCP_KEEPINTVL,
                    socket.TCP_KEEPCNT,
                    socket.TCP_USER_TIMEOUT,
                )
            )
            assert 0 < idle + interval * count <= 30
            assert 0 < user_milliseconds <= 30_000
            connection.abort()

    play(scene)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"FULL\n", "connection closed by the server, after it sent 'FULL'"),
        (
            b"220 mail.example ESMTP\x1b[31m\r\n",
            "the server sent something that is not chat: '220 mail.example ESMTP[31m'",
        ),
        (encode_frame(b"bob") + b"oops", "connection closed by the server, after it sent 'oops'"),
        (encode_frame(b"bob"), "connection closed by the server"),
    ],
)
def test_what_a_server_said_last_is_told_with_its_end(raw: bytes, reason: str) -> None:
    async def scene() -> None:
        async with scripted() as script:
            connection, peer = await connected(script)
            peer.write(raw)
            await peer.gone()
            with pytest.raises(Disconnected) as ended:
                await read_to_the_end(connection)
            assert str(ended.value) == reason
            connection.abort()

    play(scene)


def test_what_the_system_has_not_taken_yet_is_known() -> None:
    async def scene() -> None:
        async with scripted() as script:
            connection, peer = await connected(script)
            assert connection.unsent_bytes == 0
            peer._reader._transport.pause_reading()  # type: ignore[attr-defined]
            while connection.unsent_bytes == 0:
                connection.write(b"x" * 1_000_000)
                await asyncio.sleep(0)
            connection.abort()

    play(scene)


def test_whoever_comes_back_does_not_say_goodbye() -> None:
    """Else the server would free the name at once (protocol section 3.1)."""

    async def scene() -> None:
        async with scripted() as script:
            connection, peer = await connected(script)
            connection.abort()
            with pytest.raises(AssertionError, match="closed"):
                await peer.frame()
            connection, peer = await connected(script)
            connection.abort(returning=True)
            with pytest.raises(ConnectionResetError):
                await peer.frame()

    play(scene)


def test_a_connection_given_up_is_reset() -> None:
    async def frames(peer: Peer) -> None:
        while True:
            await peer.frame()

    async def scene() -> None:
        async with (
            scripted() as script,
            connect(script.address, name="ann", reconnect=Backoff(9), patient=True),
        ):
            peer = await script.peer()
            await peer.welcome()
            peer.tell(e.Bye(reason="Something else."))
            with pytest.raises(ConnectionResetError):
                await frames(peer)

    play(scene)
