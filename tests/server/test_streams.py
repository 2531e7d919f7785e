"""Transports over one epoll: what asyncio promises of a transport, and how little they take."""

import asyncio
import socket
import struct
import sys
import tracemalloc
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest

from hubbub.server.loop import new_event_loop
from hubbub.server.sockets.receiving import Receiver
from hubbub.server.sockets.streams import TOLD_AT_ONCE, Stream, Streams
from hubbub.server.sockets.transport import HIGH_BYTES
from hubbub.server.sockets.unread import rest_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no epoll")

MEGABYTES = bytes(range(256)) * 40_000
PATIENCE_SECONDS = 30
QUIET = 500
QUIET_BYTES_MAX = 400
"""Of the transport of each; the loop's own takes 1,300."""

PIECES, PIECE_BYTES, CALLS_MAX = 20_000, 50, 5_000


class Noted(Receiver):
    """A protocol that notes what it is told, in order."""

    def __init__(self, *, stays: bool = True) -> None:
        self.stays = stays
        self.told: list[object] = []
        self.received = b""
        self.lost = asyncio.Event()
        self.news = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, Stream)
        self.transport = transport
        self._note("made")

    def data_received(self, data: bytes) -> None:
        self.received += data
        self.news.set()

    def eof_received(self) -> bool:
        self._note("end")
        return self.stays

    def pause_writing(self) -> None:
        self._note("pause")

    def resume_writing(self) -> None:
        self._note("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self._note(exc)
        self.lost.set()

    def _note(self, what: object) -> None:
        self.told.append(what)
        self.news.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for the next news until it is so."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not is_so():
                self.news.clear()
                await self.news.wait()


Play = Callable[[Noted, socket.socket], Awaitable[None]]


def played(play: Play, *, stays: bool = True) -> list[object]:
    """Play with both ends of a connection; return what our end was told, on each of two loops."""
    noted: list[list[object]] = []

    async def playing() -> None:
        streams = Streams(asyncio.get_running_loop())
        ours, theirs = connected()
        protocol = Noted(stays=stays)
        streams.open(ours, protocol)
        with theirs:
            await play(protocol, theirs)
            protocol.transport.abort()
            await asyncio.wait_for(protocol.lost.wait(), PATIENCE_SECONDS)
        assert protocol.transport.is_closing()
        assert ours.fileno() == -1, "it is closed"
        streams.close()
        noted.append(protocol.told)

    for factory in (new_event_loop, asyncio.SelectorEventLoop):
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(playing())
    assert repr(noted[0]) == repr(noted[1])
    return noted[0]


def connected() -> tuple[socket.socket, socket.socket]:
    """Return both ends of a TCP connection that block nobody."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        theirs = socket.create_connection(listening.getsockname())
        ours, _ = listening.accept()
    ours.setblocking(False)
    theirs.setblocking(False)
    return ours, theirs


async def read_all(theirs: socket.socket, size: int) -> bytes:
    """Return so much of what comes, or all up to the end."""
    loop, read = asyncio.get_running_loop(), b""
    while len(read) < size and (
        more := await asyncio.wait_for(
            loop.sock_recv(theirs, min(size - len(read), 1 << 16)), PATIENCE_SECONDS
        )
    ):
        read += more
    return read


def test_what_is_written_arrives_whole_and_in_order() -> None:
    async def play(ours: Noted, theirs: socket.socket) -> None:
        for at in range(0, len(MEGABYTES), 100_000):
            ours.transport.write(MEGABYTES[at : at + 100_000])
        ours.transport.write(bytearray(b"the end"))
        assert ours.transport.get_write_buffer_size() > HIGH_BYTES
        assert await read_all(theirs, len(MEGABYTES) + 7) == MEGABYTES + b"the end"
        await ours.until(lambda: "resume" in ours.told)
        assert ours.transport.get_write_buffer_size() == 0

    assert played(play) == ["made", "pause", "resume", None]


def test_what_is_written_in_one_turn_goes_out_in_two_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first at once, the others together at its end."""
    later: list[int] = []
    send = Stream._send

    def counted(stream: Stream, unsent: list[bytes | memoryview]) -> None:
        later.append(len(unsent))
        send(stream, unsent)

    monkeypatch.setattr(Stream, "_send", counted)

    async def play(ours: Noted, theirs: socket.socket) -> None:
        later.clear()
        for word in (b"one ", b"two ", b"three"):
            ours.transport.write(word)
        assert await read_all(theirs, 4) == b"one "
        assert await read_all(theirs, 9) == b"two three"
        assert later == [2]
        ours.transport.write(b"in another turn")
        assert await read_all(theirs, 15) == b"in another turn"
        assert later == [2]

    played(play)


class Counted(socket.socket):
    """A socket that counts what is asked of the system."""

    calls = 0

    def send(self, data: Any, flags: int = 0) -> int:
        self.calls += 1
        return super().send(data, flags)


def test_many_pieces_that_a_slow_peer_is_behind_with_go_out_in_few_calls() -> None:
    async def play(ours: Noted, theirs: socket.socket) -> None:
        plain, peer = connected()
        sock = Counted(fileno=plain.detach())
        sock.setblocking(False)
        slow = Noted()
        ours.transport._streams.open(sock, slow)
        slow.transport.write(MEGABYTES)
        for _ in range(PIECES):
            slow.transport.write(bytes(PIECE_BYTES))
        with peer:
            size = len(MEGABYTES) + PIECES * PIECE_BYTES
            assert await read_all(peer, size) == MEGABYTES + bytes(PIECES * PIECE_BYTES)
            slow.transport.abort()
            await slow.until(slow.lost.is_set)
        assert sock.calls < CALLS_MAX

    played(play)


def test_a_paused_stream_keeps_what_comes_with_the_system() -> None:
    async def play(ours: Noted, theirs: socket.socket) -> None:
        ours.transport.pause_reading()
        assert not ours.transport.is_reading()
        theirs.send(b"hello")
        await asyncio.sleep(0)
        ours.transport.write(b"x")
        assert await read_all(theirs, 1) == b"x"
        assert ours.received == b""
        ours.transport.resume_reading()
        await ours.until(lambda: ours.received == b"hello")

    played(play)


def test_a_protocol_may_ask_for_a_pause_as_soon_as_it_is_told() -> None:
    class Paused(Noted):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self.transport.pause_reading()

    async def play(ours: Noted, theirs: socket.socket) -> None:
        sock, peer = connected()
        paused = Paused()
        ours.transport._streams.open(sock, paused)
        with peer:
            assert not paused.transport.is_reading()
            peer.send(b"x")
            theirs.send(b"y")
            await ours.until(lambda: ours.received == b"y")
            assert paused.received == b""
            paused.transport.resume_reading()
            await paused.until(lambda: paused.received == b"x")
            paused.transport.abort()
            await paused.until(paused.lost.is_set)

    played(play)


def test_an_end_is_told_again_when_reading_is_resumed() -> None:
    async def play(ours: Noted, theirs: socket.socket) -> None:
        theirs.shutdown(socket.SHUT_WR)
        await ours.until(lambda: "end" in ours.told)
        assert not ours.transport.is_reading(), "there is nothing more to read"
        ours.transport.write(b"still here")
        assert await read_all(theirs, 10) == b"still here"
        ours.transport.resume_reading()
        await ours.until(lambda: ours.told.count("end") == 2)

    assert played(play) == ["made", "end", "end", None]


def test_an_end_closes_a_stream_whose_protocol_does_not_stay() -> None:
    async def play(ours: Noted, theirs: socket.socket) -> None:
        ours.transport.write(b"the last words")
        theirs.shutdown(socket.SHUT_WR)
        assert await read_all(theirs, 100) == b"the last words"

    assert played(play, stays=False) == ["made", "end", None]


def test_a_half_is_closed_behind_all_that_was_written() -> None:
    async def play(ours: Noted, theirs: socket.socket) -> None:
        ours.transport.write(MEGABYTES)
        ours.transport.write_eof()
        assert await read_all(theirs, len(MEGABYTES) + 1) == MEGABYTES
        theirs.send(b"heard")
        await ours.until(lambda: ours.received == b"heard")

    played(play)


def test_a_closed_stream_sends_what_was_written_and_reads_no_more() -> None:
    async def play(ours: Noted, theirs: socket.socket) -> None:
        ours.transport.write(MEGABYTES)
        ours.transport.close()
        ours.transport.resume_reading()
        assert not ours.transport.is_reading()
        assert await read_all(theirs, len(MEGABYTES) + 1) == MEGABYTES
        await ours.until(ours.lost.is_set)

    played(play)


def test_a_reset_is_told_to_whoever_reads() -> None:
    async def play(ours: Noted, theirs: socket.socket) -> None:
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        theirs.close()
        await ours.until(ours.lost.is_set)

    *_, why = played(play)
    assert isinstance(why, ConnectionResetError)


def test_a_reset_is_told_to_whoever_writes_and_to_nobody_before() -> None:
    async def play(ours: Noted, theirs: socket.socket) -> None:
        ours.transport.pause_reading()
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        theirs.close()
        for _ in range(10):
            await asyncio.sleep(0)
        assert not ours.lost.is_set()
        ours.transport.write(b"x")
        await ours.until(ours.lost.is_set)

    *_, why = played(play)
    assert isinstance(why, ConnectionError)


def test_what_was_unread_can_be_read_when_the_connection_is_lost() -> None:
    async def play(ours: Noted, theirs: socket.socket) -> None:
        ours.transport.pause_reading()
        theirs.send(b"unread")
        theirs.shutdown(socket.SHUT_WR)
        await asyncio.sleep(0.01)
        rest = rest_of(ours.transport)
        assert rest is not None
        ours.transport.abort()
        await ours.until(ours.lost.is_set)
        await asyncio.sleep(0)  # the copy is open, and nobody may be told of it
        assert rest.recv(100) == b"unread"
        rest.close()

    played(play)


def test_a_fault_of_a_protocol_ends_its_connection_alone(caplog: pytest.LogCaptureFixture) -> None:
    class Faulty(Noted):
        def data_received(self, _data: bytes) -> None:
            raise ZeroDivisionError("a fault of ours")

    async def play(ours: Noted, theirs: socket.socket) -> None:
        faulty = Faulty()
        ours.transport.set_protocol(faulty)
        theirs.send(b"x")
        await faulty.until(faulty.lost.is_set)
        ours.lost.set()
        assert isinstance(faulty.told[0], ZeroDivisionError)

    played(play)
    assert "a fault of ours" in caplog.text


def test_a_fault_in_getting_ready_to_read_ends_that_connection_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Faulty(Noted):
        def get_buffer(self, _sizehint: int) -> memoryview:
            raise ZeroDivisionError("a fault of ours")

    async def play(ours: Noted, theirs: socket.socket) -> None:
        sock, peer = connected()
        second, faulty = Noted(), Faulty()
        ours.transport._streams.open(sock, second)
        ours.transport.set_protocol(faulty)
        with peer:
            theirs.send(b"x")
            peer.send(b"x")
            await faulty.until(faulty.lost.is_set)
            ours.lost.set()
            await second.until(lambda: second.received == b"x")
            second.transport.abort()
            await second.until(second.lost.is_set)

    played(play)
    assert "a fault of ours" in caplog.text


def test_one_that_ends_another_in_the_same_turn_is_the_last_that_it_hears() -> None:
    async def play(ours: Noted, theirs: socket.socket) -> None:
        streams = ours.transport._streams
        sock, peer = connected()
        second = Noted()
        streams.open(sock, second)

        def end_both(data: bytes) -> None:
            ours.transport.abort()
            second.transport.abort()

        ours.data_received = second.data_received = end_both  # type: ignore[method-assign]
        with peer:
            theirs.send(b"x")
            peer.send(b"x")
            await ours.until(ours.lost.is_set)
            await second.until(second.lost.is_set)

    assert played(play) == ["made", None]


class Still(asyncio.Protocol):
    """A protocol that keeps nothing."""

    __slots__ = ()


def test_whoever_a_fault_has_left_is_cut_with_the_last_of_all() -> None:
    async def scene() -> None:
        streams = Streams(asyncio.get_running_loop())
        ours, theirs = connected()
        protocol = Noted()
        streams.open(ours, protocol)
        with theirs:
            streams.close()
            await asyncio.wait_for(protocol.lost.wait(), PATIENCE_SECONDS)
            assert await read_all(theirs, 1) == b""
        assert ours.fileno() == -1, "it is closed"

    asyncio.run(scene())


def test_a_quiet_connection_takes_little() -> None:
    async def measured() -> float:
        streams = Streams(asyncio.get_running_loop())
        peers = [connected() for _ in range(QUIET)]
        protocol = Still()
        tracemalloc.start()
        try:
            opened = [streams.open(ours, protocol) for ours, _ in peers]
            size, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        for stream, (_, theirs) in zip(opened, peers, strict=True):
            stream.abort()
            theirs.close()
        await asyncio.sleep(0)
        streams.close()
        return size / QUIET

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        assert runner.run(measured()) < QUIET_BYTES_MAX


def test_of_many_that_have_something_to_read_some_are_read_in_each_turn_and_all_in_few() -> None:
    async def playing() -> None:
        loop = asyncio.get_running_loop()
        streams = Streams(loop)
        pairs = [connected() for _ in range(3 * TOLD_AT_ONCE)]
        protocols = [Noted() for _ in pairs]
        for protocol, (ours, theirs) in zip(protocols, pairs, strict=True):
            streams.open(ours, protocol)
            theirs.send(b"x")
        read = [0]
        while read[-1] < len(pairs):
            streams._look()
            read.append(sum(len(protocol.received) for protocol in protocols))
        assert [later - earlier for earlier, later in pairwise(read)] == [TOLD_AT_ONCE] * 3
        for protocol, (_, theirs) in zip(protocols, pairs, strict=True):
            theirs.close()
            protocol.transport.abort()
            await asyncio.wait_for(protocol.lost.wait(), PATIENCE_SECONDS)
        streams.close()

    asyncio.run(playing())
