"""A server of somebody who wants to know what clients show it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from hubbub.testing import LocalServer


class Ear:
    """Stands before a server at an address of its own, and notes what clients say."""

    def __init__(self, server: LocalServer) -> None:
        self._server = server
        self.heard = b""
        self.port = 0

    @property
    def address(self) -> str:
        """Where clients meet it."""
        return f"127.0.0.1:{self.port}"

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Go between a client and the server until both have ended."""
        with closing(writer):
            far_reader, far_writer = await asyncio.open_connection(*self._server)
            with closing(far_writer):
                await asyncio.gather(
                    self._pass(reader, far_writer, listens=True),
                    self._pass(far_reader, writer, listens=False),
                )

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, listens: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if listens:
                    self.heard += data
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def overheard(server: LocalServer) -> AsyncIterator[Ear]:
    """Listen to what is said to a server, until the block ends."""
    ear = Ear(server)
    listening = await asyncio.start_server(ear.meet, "127.0.0.1", 0)
    ear.port = listening.sockets[0].getsockname()[1]
    try:
        yield ear
    finally:
        listening.close()
