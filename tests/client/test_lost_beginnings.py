"""A first connection that is lost after any frame, whether the server notices that or not."""

import asyncio
import socket
import struct
from contextlib import closing, suppress

import pytest

from hubbub.client import Backoff, connect
from hubbub.testing import LocalServer
from hubbub.wire.frames import FrameDecoder, encode_event_frame

from .servers import play

DEVICE = "device-of-ann-and-of-nobody-else"
FRAME_BYTES_MAX = 1_000_000
_RESETS = struct.pack("ii", 1, 0)


class Losing:
    """A way to a server whose first connection is lost after so many frames in each direction.

    If the server `notices_late`, it does so when the client has come for the third time, or never.
    """

    def __init__(
        self, server: LocalServer, said: int, answered: int, *, notices_late: bool
    ) -> None:
        self._server = server
        self._left = {"said": said, "answered": answered}
        self._notices_late = notices_late
        self._unnoticed: asyncio.StreamWriter | None = None
        self.connections = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        is_first = self.connections == 1
        if self.connections == 3 and self._unnoticed is not None:
            reset(self._unnoticed)
        with closing(writer):
            there, to_there = await asyncio.open_connection(self._server.host, self._server.port)
            ways = ((reader, to_there, "said"), (there, writer, "answered"))
            try:
                if not is_first:
                    await asyncio.gather(*(self._carry(source, to) for source, to, _ in ways))
                    return
                await asyncio.gather(*(self._carry_some(*way) for way in ways))
                reset(writer)
                if self._notices_late:
                    self._unnoticed = to_there
            finally:
                if self._unnoticed is not to_there:
                    reset(to_there)

    async def _carry(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await source.read(65_536):
                to.write(piece)
        to.transport.abort()

    async def _carry_some(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, way: str
    ) -> None:
        decoder = FrameDecoder(FRAME_BYTES_MAX)
        while self._left[way]:
            for frame in decoder.receive(await source.read(65_536)):
                if self._left[way]:
                    self._left[way] -= 1
                    to.write(encode_event_frame(frame.text.encode()))
        await to.drain()

    def close(self) -> None:
        if self._unnoticed is not None:
            reset(self._unnoticed)


def reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETS)
    writer.transport.abort()


@pytest.mark.parametrize("notices_late", [False, True])
@pytest.mark.parametrize("device", ["", DEVICE])
@pytest.mark.parametrize(("said", "answered"), [(0, 0), (1, 0), (1, 1), (2, 1), (2, 2), (3, 2)])
def test_a_first_connection_may_be_lost_after_any_frame(
    hubbub_server: LocalServer, said: int, answered: int, device: str, *, notices_late: bool
) -> None:
    async def scene() -> None:
        losing = Losing(hubbub_server, said, answered, notices_late=notices_late)
        listening = await asyncio.start_server(losing.take, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        try:
            async with connect(
                f"127.0.0.1:{port}",
                name="ann",
                device=device,
                reconnect=Backoff(0.05, 0.2),
                patient=True,
                spoke_events=True,
                remember=False,
            ) as chat:
                await chat.say("hello")
                assert chat.name == "ann"
                assert [one.text for one in (await chat.history("lobby")).messages] == ["hello"]
            assert losing.connections > 1
        finally:
            losing.close()
            listening.close()

    play(scene)
