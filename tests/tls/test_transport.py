"""TLS between a transport and a protocol: neither notices, whatever comes in which pieces."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from bench.attacks.kinds.rekeying import keys_of

from hubbub.server.loop import new_event_loop
from hubbub.tls.engine import IDLE, IDLE_RECORDS_MAX, Engine
from hubbub.tls.transport import Rest, Secured
from tests.tls.pairs import Pair, pair_in

PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return pair_in(tmp_path_factory.mktemp("tls"))


class Inside(asyncio.Protocol):
    """Notes what it is told, and reads in small pieces."""

    piece_bytes = 100

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.pieces: list[bytes] = []
        self.happened = asyncio.Condition()
        self.ended = False
        self.lost: list[Exception | None] = []
        self.stops_after: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.pieces.append(data)
        if self.stops_after is not None and len(self.pieces) >= self.stops_after:
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        self.ended = True
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.append(exc)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until this holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0.001)


class Ends:
    """The two ends of a connection after its handshake: a protocol here, bare engine there."""

    def __init__(self, inside: Inside, engine: Engine, below: socket.socket) -> None:
        self.inside = inside
        self.engine = engine
        self.below = below

    async def send(self, text: bytes) -> None:
        """Say something on the other side."""
        self.engine.write(text)
        await asyncio.get_running_loop().sock_sendall(self.below, self.engine.unsent())

    async def read(self, count: int) -> bytes:
        """Read so much on the other side."""
        read = b""
        while len(read) < count:
            match self.engine.read(count - len(read)):
                case bytes(text):
                    read += text
                case _:
                    data = await asyncio.get_running_loop().sock_recv(self.below, 65536)
                    if not data:
                        break
                    self.engine.feed(data)
        return read


@asynccontextmanager
async def ends(pair: Pair, context: ssl.SSLContext | None = None) -> AsyncIterator[Ends]:
    """Connect two ends, each of which has done its handshake; `context` is the client's."""
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    inside = Inside()
    server = Engine(pair.server, server_side=True)
    client = Engine(context or pair.client, server_side=False, hostname="localhost")
    done = {server: False, client: False}
    while not all(done.values()):
        for engine, other in ((client, server), (server, client)):
            done[engine] = done[engine] or engine.shake()
            other.feed(engine.unsent())
    secured = Secured(server, inside, colour="green")
    below, _ = await loop.create_connection(lambda: secured, sock=ours)
    try:
        yield Ends(inside, client, theirs)
    finally:
        if not inside.lost:
            below.abort()
        theirs.close()
        await until(lambda: bool(inside.lost))


LOOPS = [
    pytest.param(asyncio.new_event_loop, id="asyncio"),
    pytest.param(new_event_loop, id="ours"),
]
each_loop = pytest.mark.parametrize("loop", LOOPS)


def run(loop: Callable[[], asyncio.AbstractEventLoop], work: Awaitable[None]) -> None:
    """Run this on such a loop."""

    async def bounded() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await work

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(bounded())


@each_loop
def test_text_comes_whole_and_in_pieces_no_larger_than_wanted(loop: Any, pair: Pair) -> None:
    async def work() -> None:
        async with ends(pair) as two:
            text = bytes(range(256)) * 1000
            await two.send(text)
            await until(lambda: sum(map(len, two.inside.pieces)) == len(text))
            assert b"".join(two.inside.pieces) == text
            assert max(map(len, two.inside.pieces)) <= Inside.piece_bytes
            two.inside.transport.write(text)
            assert await two.read(len(text)) == text

    run(loop, work())


@each_loop
def test_nothing_comes_while_nothing_is_wanted_and_nothing_is_lost(loop: Any, pair: Pair) -> None:
    async def work() -> None:
        async with ends(pair) as two:
            two.inside.stops_after = 3
            await two.send(b"x" * 1000)
            await until(lambda: len(two.inside.pieces) == 3)
            await asyncio.sleep(0)
            assert len(two.inside.pieces) == 3
            two.inside.stops_after = None
            two.inside.transport.resume_reading()
            assert len(two.inside.pieces) == 3, "no sooner than in the loop's next turn"
            await until(lambda: sum(map(len, two.inside.pieces)) == 1000)

    run(loop, work())


@each_loop
@pytest.mark.parametrize("says_so", [True, False])
def test_the_other_half_ends_with_or_without_a_word(
    loop: Any, pair: Pair, *, says_so: bool
) -> None:
    async def work() -> None:
        async with ends(pair) as two:
            await two.send(b"the last words")
            if says_so:
                two.engine.finish()
                await asyncio.get_running_loop().sock_sendall(two.below, two.engine.unsent())
            two.below.shutdown(socket.SHUT_WR)
            await until(lambda: two.inside.ended)
            assert b"".join(two.inside.pieces) == b"the last words"
            # Our own half is still open.
            two.inside.transport.write(b"an answer")
            assert await two.read(9) == b"an answer"

    run(loop, work())


@each_loop
def test_what_comes_behind_the_other_end_is_not_kept(loop: Any, pair: Pair) -> None:
    async def work() -> None:
        async with ends(pair) as two:
            two.engine.finish()
            await asyncio.get_running_loop().sock_sendall(two.below, two.engine.unsent())
            await until(lambda: two.inside.ended)
            # More than a socket holds, so most of it has been read when all is sent.
            await asyncio.get_running_loop().sock_sendall(two.below, bytes(1_000_000))
            assert not cast("Secured", two.inside.transport).holds_text
            assert not two.inside.lost

    run(loop, work())


@each_loop
def test_our_half_can_be_closed_alone(loop: Any, pair: Pair) -> None:
    async def work() -> None:
        async with ends(pair) as two:
            assert two.inside.transport.can_write_eof()
            two.inside.transport.write(b"all")
            two.inside.transport.write_eof()
            assert await two.read(100) == b"all"
            await two.send(b"and yet")
            await until(lambda: two.inside.pieces == [b"and yet"])

    run(loop, work())


@each_loop
def test_what_came_before_our_half_was_closed_is_read_after_it(loop: Any, pair: Pair) -> None:
    async def work() -> None:
        async with ends(pair) as two:
            two.inside.stops_after = 1
            await two.send(b"x" * 500)
            await until(lambda: len(two.inside.pieces) == 1)
            two.inside.transport.write(b"the last words")
            two.inside.transport.write_eof()
            two.inside.stops_after = None
            two.inside.transport.resume_reading()
            await two.send(b"and yet")
            await until(lambda: b"".join(two.inside.pieces) == b"x" * 500 + b"and yet")
            assert await two.read(100) == b"the last words"
            assert not two.inside.lost

    run(loop, work())


@each_loop
def test_what_is_unsent_is_sent_before_it_closes(loop: Any, pair: Pair) -> None:
    async def work() -> None:
        async with ends(pair) as two:
            text = b"y" * 5_000_000
            two.inside.transport.write(text)
            two.inside.transport.close()
            assert two.inside.transport.is_closing()
            assert await two.read(len(text) + 1) == text
            await until(lambda: two.inside.lost == [None])

    run(loop, work())


@each_loop
def test_what_is_no_tls_ends_the_connection_alone(loop: Any, pair: Pair) -> None:
    async def work() -> None:
        async with ends(pair) as two:
            await two.send(b"before")
            await asyncio.get_running_loop().sock_sendall(two.below, b"\x17\x03\x03\x00\x05abcde")
            await until(lambda: bool(two.inside.lost))
            assert two.inside.pieces == [b"before"]
            assert isinstance(two.inside.lost[0], ConnectionError)

    run(loop, work())


@each_loop
def test_tls_without_any_text_has_an_end(loop: Any, pair: Pair, tmp_path: Path) -> None:
    context = pair.client
    context.keylog_filename = str(tmp_path / "keys")

    async def work() -> None:
        async with ends(pair, context) as two:
            cipher = two.engine.ssl_object.cipher()
            assert cipher is not None
            keys = keys_of(cipher[0], tmp_path / "keys")
            assert keys is not None
            # A record that is long in coming is one, and holds text in the end.
            for octet in keys.record(b"long" * 4000):
                await asyncio.get_running_loop().sock_sendall(two.below, bytes([octet]))
            await until(lambda: sum(map(len, two.inside.pieces)) == 16_000)
            # Empty ones are fine, a few of them; OpenSSL writes none, so they are made by hand.
            few = [keys.record(b"") for _ in range(IDLE_RECORDS_MAX)]
            said = b"".join(few) + keys.record(b"x")
            await asyncio.get_running_loop().sock_sendall(two.below, said)
            await until(lambda: two.inside.pieces[-1] == b"x" or bool(two.inside.lost))
            assert not two.inside.lost
            await asyncio.get_running_loop().sock_sendall(two.below, keys.record(b""))
            await until(lambda: bool(two.inside.lost))
            assert IDLE in str(two.inside.lost[0])

    run(loop, work())


@each_loop
def test_new_keys_have_an_end_though_there_is_text_between(
    loop: Any, pair: Pair, tmp_path: Path
) -> None:
    context = pair.client
    context.keylog_filename = str(tmp_path / "keys")

    async def work() -> None:
        async with ends(pair, context) as two:
            cipher = two.engine.ssl_object.cipher()
            assert cipher is not None
            keys = keys_of(cipher[0], tmp_path / "keys")
            assert keys is not None
            for _ in range(2 * IDLE_RECORDS_MAX):
                if two.inside.lost:
                    break
                heard = len(two.inside.pieces)
                said = keys.update() + keys.record(b"x")
                await asyncio.get_running_loop().sock_sendall(two.below, said)
                await until(lambda: bool(len(two.inside.pieces) > heard or two.inside.lost))  # noqa: B023
            assert IDLE_RECORDS_MAX - 2 <= len(two.inside.pieces) <= IDLE_RECORDS_MAX + 2

    run(loop, work())


@each_loop
def test_new_keys_now_and_then_are_fine(loop: Any, pair: Pair, tmp_path: Path) -> None:
    context = pair.client
    context.keylog_filename = str(tmp_path / "keys")

    async def work() -> None:
        async with ends(pair, context) as two:
            cipher = two.engine.ssl_object.cipher()
            assert cipher is not None
            keys = keys_of(cipher[0], tmp_path / "keys")
            assert keys is not None
            for _ in range(2 * IDLE_RECORDS_MAX):
                said = keys.update() + b"".join(keys.record(b"x") for _ in range(300))
                await asyncio.get_running_loop().sock_sendall(two.below, said)
            await until(lambda: len(two.inside.pieces) == 2 * IDLE_RECORDS_MAX * 300)
            assert not two.inside.lost

    run(loop, work())


@each_loop
def test_a_peer_may_take_new_keys_after_our_end(loop: Any, pair: Pair, tmp_path: Path) -> None:
    context = pair.client
    context.keylog_filename = str(tmp_path / "keys")

    async def work() -> None:
        async with ends(pair, context) as two:
            cipher = two.engine.ssl_object.cipher()
            assert cipher is not None
            keys = keys_of(cipher[0], tmp_path / "keys")
            assert keys is not None
            two.inside.transport.write_eof()
            for times, said in enumerate((keys.update() + keys.record(b"x"), keys.record(b"y")), 1):
                await asyncio.get_running_loop().sock_sendall(two.below, said)
                await until(lambda: bool(len(two.inside.pieces) == times or two.inside.lost))  # noqa: B023
            assert two.inside.pieces == [b"x", b"y"]
            assert not two.inside.lost

    run(loop, work())


@each_loop
def test_new_keys_have_an_end_though_those_inside_stop_reading_at_each_text(
    loop: Any, pair: Pair, tmp_path: Path
) -> None:
    context = pair.client
    context.keylog_filename = str(tmp_path / "keys")

    async def work() -> None:
        async with ends(pair, context) as two:
            cipher = two.engine.ssl_object.cipher()
            assert cipher is not None
            keys = keys_of(cipher[0], tmp_path / "keys")
            assert keys is not None
            two.inside.stops_after = 0
            several = [keys.update() for _ in range(IDLE_RECORDS_MAX - 1)]
            for times in range(1, IDLE_RECORDS_MAX):
                said = b"".join(several) + keys.record(b"x")
                await asyncio.get_running_loop().sock_sendall(two.below, said)
                await until(lambda: bool(len(two.inside.pieces) == times or two.inside.lost))  # noqa: B023
                if two.inside.lost:
                    break
                two.inside.transport.resume_reading()
                several = [keys.update() for _ in range(IDLE_RECORDS_MAX - 1)]
            assert len(two.inside.pieces) == 1, "the second text comes too late"

    run(loop, work())


def test_what_is_known_of_the_connection_can_be_asked(pair: Pair) -> None:
    async def work() -> None:
        async with ends(pair) as two:
            transport = two.inside.transport
            assert isinstance(transport.get_extra_info("ssl_object"), ssl.SSLObject)
            assert isinstance(transport.get_extra_info("sslcontext"), ssl.SSLContext)
            assert transport.get_extra_info("socket") is not None
            assert transport.get_extra_info("colour") == "green"
            assert transport.get_extra_info("nothing", "at all") == "at all"
            cast("Secured", transport).tell(colour="red")
            assert transport.get_extra_info("colour") == "red"

    run(asyncio.new_event_loop, work())


@each_loop
@pytest.mark.parametrize("has_come", [True, False], ids=["wanted", "comes"])
def test_a_delivery_that_fails_ends_the_connection(
    loop: Any, pair: Pair, monkeypatch: pytest.MonkeyPatch, *, has_come: bool
) -> None:
    """Whether those inside want more of what has come, or the network brings it."""
    told: list[object] = []

    async def work() -> None:
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: told.append(type(context["exception"]))
        )
        async with ends(pair) as two:
            if has_come:
                two.inside.stops_after = 1
                await two.send(b"x" * 1000)
                await until(lambda: len(two.inside.pieces) == 1)
            monkeypatch.setattr(Engine, "read", fail_for_want_of_memory)
            if has_come:
                two.inside.transport.resume_reading()
            else:
                await two.send(b"x" * 1000)
            await until(lambda: bool(two.inside.lost))
        assert told == [MemoryError], "it is no secret either"

    run(loop, work())


@each_loop
def test_a_write_that_fails_ends_the_connection_alone(
    loop: Any, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer has others to write to."""

    async def work() -> None:
        async with ends(pair) as two:
            with monkeypatch.context() as patch:
                patch.setattr(Engine, "write", fail_for_want_of_memory)
                two.inside.transport.write(b"this is for many")
            await until(lambda: bool(two.inside.lost))

    run(loop, work())


def fail_for_want_of_memory(*_: object) -> None:
    raise MemoryError


def test_the_rest_of_a_lost_connection_can_be_read(pair: Pair, tmp_path: Path) -> None:
    async def work() -> None:
        async with ends(pair) as two:
            two.inside.stops_after = 1
            await two.send(b"z" * 150)
            await until(lambda: len(two.inside.pieces) == 1)
            await two.send(b"!" * 40_000)
            below = cast("socket.socket", two.inside.transport.get_extra_info("socket"))
            copy = socket.fromfd(below.fileno(), below.family, below.type)
            copy.setblocking(True)
            two.below.shutdown(socket.SHUT_WR)
            rest: Rest = cast("Secured", two.inside.transport).rest(copy)
            read = b""
            while piece := rest.recv(2048):
                read += piece
            rest.close()
            assert read == b"z" * 50 + b"!" * 40_000

    run(asyncio.new_event_loop, work())
