"""Servers, relays and workers of different versions of hubbub: they say so, or are not linked."""

import asyncio
import subprocess
import sys

import msgspec
import pytest

from hubbub import __version__
from hubbub.chat.limits import Limits
from hubbub.chat.listed import RelaySummary
from hubbub.server.config import Config, RelaySection, ServerSection
from hubbub.server.relaying import workers
from hubbub.server.relaying.downlink import Downlink
from hubbub.server.relaying.meeting import Introducing, Stranger
from hubbub.server.relaying.worker import Orders
from hubbub.testing import serving
from hubbub.wire.relay import VERSION, Kind, encode
from tests.interop.raw import RawPeer
from tests.server.noted import noted
from tests.server.relaying.nodes import SECRET

PATIENCE_SECONDS = 60
ELSE = "9.9.9"


def test_a_relay_of_another_link_hears_which_one_the_server_speaks() -> None:
    relay = RelaySection(secret=SECRET)
    config = Config(server=ServerSection(listen="127.0.0.1:0"), relay=relay)
    with serving(config) as server, RawPeer(server.host, server.port) as peer:
        peer.send(b"RELAY %d abc\n" % (VERSION + 1))
        assert peer.rest() == b"RELAY %d\n" % VERSION


def test_a_relay_says_that_its_server_speaks_another_link() -> None:
    async def scene() -> None:
        meeting = Introducing(SECRET, asyncio.Protocol())
        meeting.data_received(b"RELAY 7\n")
        with pytest.raises(Stranger, match="let both run the same version"):
            await meeting.met

    asyncio.run(scene())


@pytest.mark.parametrize("version", [ELSE, __version__])
def test_a_server_notes_that_a_relay_is_of_another_version(version: str) -> None:
    summary = RelaySummary(
        address="0.0.0.0:1", version=version, linked=True, since=0, connections=0, last=0
    )

    async def scene() -> None:
        link = Downlink(lambda _: None, lambda: None, host="10.0.0.7")
        for _ in range(2):
            link.data_received(encode(Kind.ALIVE, 0, msgspec.json.encode(summary)))
        assert link.summary is not None
        assert link.summary.address == "10.0.0.7:1"

    with noted() as notes:
        asyncio.run(scene())
    versions = [(one["relay"], one["version"]) for one in notes]
    assert versions == ([("10.0.0.7", ELSE)] if version == ELSE else [])


@pytest.mark.parametrize("version", [ELSE, __version__])
def test_a_server_notes_that_a_worker_is_of_another_version_and_uses_it(version: str) -> None:
    async def scene() -> None:
        link = Downlink(lambda _: None, lambda: None)
        link.data_received(encode(Kind.READY, 0, version.encode()))
        assert await link.ready

    with noted() as notes:
        asyncio.run(scene())
    assert [one["version"] for one in notes] == ([ELSE] if version == ELSE else [])


def test_a_worker_that_the_server_cannot_use_says_what_to_do() -> None:
    orders = Orders(limits=Limits(), addresses=[], form="json", level="info", version=VERSION + 1)
    worker = subprocess.run(
        [sys.executable, "-P", "-m", workers.MODULE, "0", msgspec.json.encode(orders).decode()],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert worker.returncode == 1
    assert b"Start the server again." in worker.stderr
