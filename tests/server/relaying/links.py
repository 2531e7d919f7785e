"""A server's end and a relay's end of a link in one event loop, with real sockets between."""

import asyncio
import socket
import time
from collections.abc import Callable
from typing import cast

from hubbub.chat.limits import Limits
from hubbub.server.fairness.accounts import Accounts
from hubbub.server.fairness.turns import Turns
from hubbub.server.gate import Gate
from hubbub.server.relaying.downlink import Downlink
from hubbub.server.relaying.forwarding import Forwards
from hubbub.server.relaying.uplink import Uplink
from hubbub.server.sockets.channel import Channel
from hubbub.server.sockets.receiving import Receiver
from hubbub.server.sockets.sending import Sending

PATIENCE_SECONDS = 30


class Inside(Receiver):
    """What stands on a channel: notes what it is told."""

    piece = 2048
    keeps_half = True

    def __init__(self) -> None:
        self.heard = bytearray()
        self.pieces: list[int] = []
        self.has_ended = False
        self.is_paused = False
        self.pauses = 0
        self.lost: list[Exception | None] = []

    @property
    def piece_bytes(self) -> int:
        return self.piece

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("Channel", transport)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        self.pieces.append(len(data))

    def eof_received(self) -> bool:
        self.has_ended = True
        return self.keeps_half

    def pause_writing(self) -> None:
        self.is_paused = True
        self.pauses += 1

    def resume_writing(self) -> None:
        self.is_paused = False

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.append(exc)


class Linked:
    """A relay that accepts at `port`; `inside` are those whom the server has let in, in order."""

    def __init__(self) -> None:
        self.limits = Limits(connections_max=1000)
        self.inside: list[Inside] = []
        self.is_lost = False

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        self.downlink = Downlink(self._arrive, self._lose)
        self.uplink = Uplink(Sending(loop), lambda: None)
        await loop.create_unix_connection(lambda: self.downlink, sock=ours)
        await loop.create_unix_connection(lambda: self.uplink, sock=theirs)
        turns = Turns(Accounts(self.limits, time.monotonic), time.monotonic, loop)
        self.gate = Gate(self.limits, turns, Forwards(self.uplink))
        await self.gate.open("127.0.0.1:0")
        self.port = int(self.gate.address.rpartition(":")[2])

    async def close(self) -> None:
        self.downlink.hang_up()
        await self.gate.close()
        await self.gate.cut()

    def _arrive(self, channel: Channel) -> None:
        inside = Inside()
        self.inside.append(inside)
        channel.set_protocol(inside)
        inside.connection_made(channel)

    def _lose(self) -> None:
        self.is_lost = True

    async def connect(self) -> tuple[socket.socket, Inside]:
        """Return a peer's socket, which does not block, and what stands on its connection."""
        known = len(self.inside)
        sock = socket.socket()
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.port))
        await until(lambda: len(self.inside) > known)
        return sock, self.inside[-1]


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():  # noqa: ASYNC110 (it is about what no task can tell)
            await asyncio.sleep(0.005)


async def received(sock: socket.socket, size: int) -> bytes:
    """Return so many bytes that a peer receives, or less at the end."""
    got = b""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(got) < size:
            chunk = await asyncio.get_running_loop().sock_recv(sock, size - len(got))
            if not chunk:
                break
            got += chunk
    return got
