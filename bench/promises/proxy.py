"""A way to the server that can be cut, or stand still: everybody goes through it."""

import asyncio
import random
import socket
import struct
from contextlib import suppress
from typing import Final, Self

from bench.peers.server import HOST

READ_BYTES: Final = 1 << 16
_RESETS: Final = struct.pack("ii", 1, 0)


class Proxy:
    """Carries bytes between its own `port` and the server's."""

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self._server_port = server_port
        self._listening: asyncio.Server | None = None
        self._pairs: dict[asyncio.Task[None], tuple[asyncio.StreamWriter, ...]] = {}
        self._there, self._back = asyncio.Event(), asyncio.Event()
        self._is_shut = False
        self._delay_seconds = 0.0
        self.release()

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_server(self._take, HOST, 0)
        self.port = self._listening.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._listening is not None
        self._listening.close()
        self.release()
        tasks = [*self._pairs]
        self.cut()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def hold(self, *, there: bool = True, back: bool = True) -> None:
        """Carry nothing for now to the server, to those who connected, or to both."""
        for way, is_held in ((self._there, there), (self._back, back)):
            if is_held:
                way.clear()

    def shut(self) -> None:
        """Reset all connections, and each that is made from now on."""
        self._is_shut = True
        self.cut()

    def slow(self, seconds: float) -> None:
        """Carry everything so much later."""
        self._delay_seconds = seconds

    def release(self) -> None:
        """Go on as at first."""
        self._is_shut = False
        self._delay_seconds = 0.0
        self._there.set()
        self._back.set()

    def cut(self, share: float = 1.0, chance: random.Random | None = None) -> None:
        """Reset connections, on both sides: all, or a `share` of them."""
        for writers in list(self._pairs.values()):
            if chance is None or chance.random() < share:
                for writer in writers:
                    _reset(writer)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pairs[task] = (writer,)
        try:
            if not self._is_shut:
                there, to_there = await asyncio.open_connection(HOST, self._server_port)
                self._pairs[task] = (writer, to_there)
                await asyncio.gather(
                    self._carry(reader, to_there, self._there),
                    self._carry(there, writer, self._back),
                )
        except (OSError, asyncio.CancelledError):  # asyncio would report the latter as a fault
            pass
        finally:
            for one in self._pairs.pop(task):
                _reset(one)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_open: asyncio.Event
    ) -> None:
        while piece := await reader.read(READ_BYTES):
            await is_open.wait()
            if self._delay_seconds:
                await asyncio.sleep(self._delay_seconds)
            writer.write(piece)
            await writer.drain()
        with suppress(OSError):
            writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as if its peer had vanished; an end that was said stays one."""
    sock = writer.get_extra_info("socket")
    if sock is not None and not writer.is_closing():
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETS)
    writer.transport.abort()
