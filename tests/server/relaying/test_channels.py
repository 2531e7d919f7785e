"""A connection that a relay holds is to those who stand on it like any other."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from hubbub.server.loop import new_event_loop
from hubbub.server.relaying.forwarding import Forwarding
from hubbub.server.sockets.channel import GRANTED_FIRST
from hubbub.server.sockets.unread import rest_of
from tests.server.relaying.links import Linked, received, until

RESET = struct.pack("ii", 1, 0)

Scene = Callable[[Linked], Awaitable[None]]


@pytest.fixture(params=[new_event_loop, asyncio.SelectorEventLoop], ids=["fast", "asyncio"])
def play(request: pytest.FixtureRequest) -> Callable[[Scene], None]:
    """Play a scene at a link, on each kind of event loop."""

    def run(scene: Scene) -> None:
        async def at_a_link() -> None:
            linked = Linked()
            await linked.open()
            try:
                await scene(linked)
            finally:
                await linked.close()

        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(at_a_link())

    return run


Play = Callable[[Scene], None]


def test_bytes_pass_in_both_directions_in_pieces_as_the_protocol_wants_them(play: Play) -> None:
    async def scene(linked: Linked) -> None:
        sock, inside = await linked.connect()
        said = bytes(range(256)) * 400
        await asyncio.get_running_loop().sock_sendall(sock, said)
        await until(lambda: len(inside.heard) == len(said))
        assert inside.heard == said
        assert max(inside.pieces) <= inside.piece
        inside.transport.write(said)
        assert await received(sock, len(said)) == said
        assert inside.transport.get_extra_info("peername")[0] == "127.0.0.1"
        assert inside.transport.get_extra_info("sockname") == ("127.0.0.1", linked.port)
        sock.close()
        await until(lambda: inside.has_ended)

    play(scene)


def test_a_peer_that_is_not_read_from_fills_its_own_system_and_not_the_server(play: Play) -> None:
    async def scene(linked: Linked) -> None:
        sock, inside = await linked.connect()
        inside.transport.pause_reading()
        loop = asyncio.get_running_loop()
        sending = loop.create_task(loop.sock_sendall(sock, bytes(30_000_000)))
        # Somebody else is heard meanwhile, so what could have come has come.
        other, heard = await linked.connect()
        for _ in range(50):
            await loop.sock_sendall(other, b"x" * 1000)
            await asyncio.sleep(0.001)
        await until(lambda: len(heard.heard) == 50_000)
        assert not inside.heard
        held = inside.transport.get_extra_info("unread").recv(30_000_000)
        # A loop may read once more after it was told to stop.
        assert 0 < len(held) <= 2 * GRANTED_FIRST
        inside.transport.resume_reading()
        await until(lambda: len(inside.heard) == 30_000_000)
        await sending
        sock.close()
        other.close()

    play(scene)


def test_a_reader_that_does_not_read_makes_its_own_protocol_pause_and_no_other(play: Play) -> None:
    async def scene(linked: Linked) -> None:
        sock, inside = await linked.connect()
        other, quick = await linked.connect()
        piece = bytes(50_000)
        written = 0
        while not inside.is_paused:
            inside.transport.write(piece)
            quick.transport.write(piece)
            written += len(piece)
            assert await received(other, len(piece)) == piece
            await asyncio.sleep(0.001)
            assert written < 50_000_000, "the system takes no end of it"
        assert inside.transport.get_write_buffer_size() > 65_536
        assert await received(sock, written) == bytes(written)
        await until(lambda: not inside.is_paused)
        await until(lambda: not inside.transport.get_write_buffer_size())
        await until(lambda: not quick.transport.get_write_buffer_size())
        sock.close()
        other.close()

    play(scene)


def test_a_fault_in_a_protocol_ends_its_connection_and_not_the_link_with_all_others(
    play: Play, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(linked: Linked) -> None:
        sock, inside = await linked.connect()
        other, heard = await linked.connect()
        loop = asyncio.get_running_loop()

        def fail(_: object) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as patched:
            patched.setattr(inside, "data_received", fail)
            await loop.sock_sendall(sock, b"x")
            await until(inside.transport.is_closing)
        with suppress(ConnectionResetError):
            assert await loop.sock_recv(sock, 1) == b""
        await loop.sock_sendall(other, b"still here")
        await until(lambda: heard.heard == b"still here")
        sock.close()
        other.close()

    play(scene)
    told = [one.getMessage() for one in caplog.records if one.name == "hubbub.faults"]
    assert told == ["a connection failed"]


def test_a_fault_at_the_relay_ends_its_connection_and_not_the_link_with_all_others(
    play: Play, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(linked: Linked) -> None:
        sock, inside = await linked.connect()
        other, heard = await linked.connect()
        loop = asyncio.get_running_loop()

        def fail(_: object) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as patched:
            patched.setattr(Forwarding, "pay", fail)
            inside.transport.write_eof()
            assert await received(sock, 1) == b""
        await loop.sock_sendall(other, b"still here")
        await until(lambda: heard.heard == b"still here")
        sock.close()
        other.close()

    play(scene)
    told = [one.getMessage() for one in caplog.records if one.name == "hubbub.faults"]
    assert told == ["a connection failed"]


def test_each_half_is_closed_by_itself(play: Play) -> None:
    async def scene(linked: Linked) -> None:
        sock, inside = await linked.connect()
        sock.sendall(b"my last words")
        sock.shutdown(socket.SHUT_WR)
        await until(lambda: inside.has_ended)
        assert inside.heard == b"my last words"
        inside.transport.write(b"and yours")
        inside.transport.write_eof()
        assert await received(sock, 100) == b"and yours"
        sock.close()
        inside.transport.close()
        await until(lambda: inside.lost == [None])

    play(scene)


def test_a_protocol_that_keeps_no_half_is_closed_with_the_other(play: Play) -> None:
    async def scene(linked: Linked) -> None:
        sock, inside = await linked.connect()
        inside.keeps_half = False
        sock.shutdown(socket.SHUT_WR)
        await until(lambda: inside.lost == [None])
        assert await received(sock, 1) == b""
        sock.close()

    play(scene)


def test_what_was_sent_before_a_reset_can_still_be_read(play: Play) -> None:
    async def scene(linked: Linked) -> None:
        sock, inside = await linked.connect()
        inside.transport.pause_reading()
        said = b"".join(b"%06d," % number for number in range(500))
        await asyncio.get_running_loop().sock_sendall(sock, said)
        unread = inside.transport.get_extra_info
        await until(lambda: len(unread("unread").recv(99_999)) == len(said))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        sock.close()
        await until(lambda: bool(inside.lost))
        assert isinstance(inside.lost[0], ConnectionResetError), "its name may be kept"
        rest = rest_of(inside.transport)
        assert rest is not None
        assert rest.recv(99_999) == said
        assert rest.recv(1) == b""

    play(scene)


def test_a_peer_that_hangs_up_with_much_unread_has_said_it_all(play: Play) -> None:
    async def scene(linked: Linked) -> None:
        sock, inside = await linked.connect()
        inside.transport.pause_reading()
        said = bytes(100_000)
        await asyncio.get_running_loop().sock_sendall(sock, said)
        sock.close()
        await asyncio.sleep(0.05)
        assert not inside.has_ended
        inside.transport.resume_reading()
        await until(lambda: inside.has_ended)
        assert inside.heard == said

    play(scene)


def test_what_is_written_to_many_arrives_in_the_order_of_each(play: Play) -> None:
    async def scene(linked: Linked) -> None:
        peers = [await linked.connect() for _ in range(6)]
        expected = [b""] * len(peers)
        shared = [b"a" * 11, b"b" * 12, b"c" * 13]
        for turn in range(200):
            for number, (_, inside) in enumerate(peers):
                for step in range(3):
                    told = shared[(turn * 7 + number * 3 + step * turn) % 3]
                    if (turn + number + step) % 5 == 0:
                        told = b"%d" % number
                    inside.transport.write(told)
                    expected[number] += told
            if turn % 20 == 0:
                await asyncio.sleep(0)
        for (sock, _), wanted in zip(peers, expected, strict=True):
            assert await received(sock, len(wanted)) == wanted
            sock.close()

    play(scene)


def test_without_its_relay_a_connection_is_lost_and_its_peer_is_told_so(play: Play) -> None:
    async def scene(linked: Linked) -> None:
        sock, inside = await linked.connect()
        linked.uplink._transport.abort()
        await until(lambda: linked.is_lost)
        assert isinstance(inside.lost[0], ConnectionResetError)
        with_end = await asyncio.gather(received(sock, 1), return_exceptions=True)
        assert with_end[0] == b"" or isinstance(with_end[0], ConnectionError)
        sock.close()

    play(scene)


def test_a_connection_that_is_cut_is_forgotten_at_once(play: Play) -> None:
    async def scene(linked: Linked) -> None:
        sock, inside = await linked.connect()
        inside.transport.write(bytes(5_000_000))
        inside.transport.abort()
        await until(lambda: inside.lost == [None])
        inside.transport.write(b"too late")
        assert not linked.downlink._channels
        await until(lambda: not linked.uplink._forwarded)
        sock.close()

    play(scene)
