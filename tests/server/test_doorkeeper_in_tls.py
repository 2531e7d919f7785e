"""A doorkeeper inside TLS: it needs a transport, and no socket."""

import asyncio
import os
import shutil
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest

from hubbub.server.doorkeeper import Doorkeeper, Speech, Stranger
from hubbub.server.loop import new_event_loop
from hubbub.server.sockets.deadlines import Deadlines
from hubbub.server.sockets.farewell import Farewell
from hubbub.server.sockets.partings import Partings
from tests.server.clockwork import turn_of

if TYPE_CHECKING:
    from hubbub.server.doorkeeper import Answer

PATIENCE_SECONDS = 30
CERTIFICATE = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=hubbub -out c.pem -keyout k.pem"


class Contexts(NamedTuple):
    """What the two ends of a TLS connection need."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    """A server with a certificate of its own, and a client that trusts it."""
    if shutil.which("openssl") is None and not os.environ.get("HUBBUB_TEST_REQUIRE_ALL"):
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(CERTIFICATE.split(), cwd=folder, check=True, capture_output=True, timeout=60)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "c.pem", folder / "k.pem")
    client = ssl.create_default_context(cafile=str(folder / "c.pem"))
    client.check_hostname = False
    return Contexts(server, client)


class Echo(asyncio.Protocol):
    """Says what it speaks, then everything that it hears."""

    def __init__(self, speech: Speech, left: Callable[[], None]) -> None:
        self._speech = speech
        self._left = left

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._speech.name.encode() + b" ")

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._left()


class Port:
    """A port whose connections speak TLS; `left` is set when one is gone."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._lingering = Deadlines(3, loop.time)
        answers: dict[Speech, Answer] = {
            speech: lambda _turn, left: Farewell(b"What?", self._lingering, left)
            for speech in Speech
        }
        answers[Speech.FRAMES] = lambda _turn, left: Echo(Speech.FRAMES, left)
        answers[Speech.IRC] = lambda _turn, left: Echo(Speech.IRC, left)
        answers[Speech.HTTP] = lambda _turn, left: Echo(Speech.HTTP, left)
        self._doorkeeper = Doorkeeper(
            answers,
            Deadlines(60, loop.time),
            Partings(loop),
        )
        self.left = asyncio.Event()

    def stranger(self) -> Stranger:
        """Return the first protocol of a connection."""
        return self._doorkeeper.stranger(turn_of(""), self.left.set, may_be_silent=False)


async def answer(contexts: Contexts, pieces: list[bytes], expected: bytes) -> None:
    """Send `pieces`, each in a write of its own, and read what is expected; then hang up."""
    port = Port()
    loop = asyncio.get_running_loop()
    async with await loop.create_server(
        port.stranger, "127.0.0.1", 0, ssl=contexts.server
    ) as server:
        address = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(*address, ssl=contexts.client)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        assert await reader.readexactly(len(expected)) == expected
        writer.close()
        await port.left.wait()


def run(loop: Callable[[], asyncio.AbstractEventLoop], work: Awaitable[None]) -> None:
    """Run this on such a loop, within bounds."""

    async def bounded() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await work

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(bounded())


@pytest.mark.parametrize("loop", [new_event_loop, asyncio.SelectorEventLoop])
@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([b"G", b"ET", b" /"], b"HTTP GET /"),
        ([b"3     ", b"    ann"], b"FRAMES 3         ann"),
        ([b"P", b"!"], b"What?"),
        ([b"G"], b""),
    ],
)
def test_the_bytes_inside_say_who_answers(
    contexts: Contexts,
    loop: Callable[[], asyncio.AbstractEventLoop],
    pieces: list[bytes],
    expected: bytes,
) -> None:
    run(loop, answer(contexts, pieces, expected))
