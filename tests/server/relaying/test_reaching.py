"""A relay that looks for its server: where that may be, and how long people wait for it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hubbub.chat.errors import ConfigError
from hubbub.chat.limits import Limits
from hubbub.log.port import Log
from hubbub.server.config import Config, RelaySection, ServerSection
from hubbub.server.relaying import relay as relays
from hubbub.server.relaying.meeting import Introducing, Stranger
from hubbub.server.relaying.relay import place_of, relaying
from hubbub.server.stopgap import Stopgap
from tests.server.relaying.links import PATIENCE_SECONDS

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "address",
    [
        *("", "somewhere", "host:", ":1234", "host:99999", "host:0", "host:٣", "..:1", "[]:1"),
        *("http://host:80", f"{'x' * 70}.org:1234", "hubbubs://:1"),
    ],
)
def test_where_no_server_can_be_is_said_at_once(address: str) -> None:
    with pytest.raises(ConfigError, match="write HOST:PORT"):
        place_of(address)


def test_a_server_can_be_at_a_name_or_an_address() -> None:
    assert place_of("chat.example.org:1234") == ("chat.example.org", 1234, False)
    assert place_of("hubbub://bücher.example:1") == ("bücher.example", 1, False)
    assert place_of("hubbubs://[::1]:65535") == ("::1", 65535, True)


def test_nobody_waits_for_a_server_that_takes_connections_and_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "DIAL_SECONDS", 3600.0)
    monkeypatch.setattr(relays, "PATIENCE_SECONDS", 0.05)
    serves = asyncio.Event()

    @asynccontextmanager
    async def alone(
        _log: Log, sockets: Sequence[socket.socket], stopgap: Stopgap
    ) -> AsyncIterator[object]:
        assert "cannot reach its server" in stopgap.greeting
        serves.set()
        try:
            yield None
        finally:
            for sock in sockets:
                sock.close()

    async def scene(silent: socket.socket) -> None:
        of = f"127.0.0.1:{silent.getsockname()[1]}"
        config = Config(
            server=ServerSection(listen="127.0.0.1:0"), relay=RelaySection(of=of, secret=SECRET)
        )
        async with relaying(config, Limits(connections_max=100), tmp_path, alone):
            await asyncio.wait_for(serves.wait(), PATIENCE_SECONDS)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        asyncio.run(scene(silent))


@pytest.mark.parametrize(
    ("said", "error"),
    [(b"", ConnectionResetError), (b"This is a hubbub chatroom.\n", Stranger)],
)
def test_who_hangs_up_without_an_answer_is_no_stranger(said: bytes, error: type[Exception]) -> None:
    """A server that is just being stopped hangs up, too."""

    async def scene() -> None:
        meeting = Introducing(SECRET, asyncio.Protocol())
        if said:
            meeting.data_received(said)
        meeting.connection_lost(None)
        with pytest.raises(error):
            await meeting.met

    asyncio.run(scene())


def test_a_relay_that_cannot_listen_keeps_nothing_open(tmp_path: Path) -> None:
    async def scene(address: str) -> None:
        config = Config(
            server=ServerSection(listen=address),
            relay=RelaySection(of="127.0.0.1:9", secret=SECRET),
        )
        for _ in range(2):  # the second one finds no folder in use
            with pytest.raises(ConfigError, match="another program uses that port"):
                async with relaying(config, Limits(connections_max=100), tmp_path, None):  # type: ignore[arg-type]
                    pass

    with socket.create_server(("127.0.0.1", 0)) as taken:
        asyncio.run(scene(f"127.0.0.1:{taken.getsockname()[1]}"))
