"""HTTP on the one port: hands connections to aiohttp, which is loaded for the first visitor."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, cast

from hubbub.server.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aiohttp import web

    from hubbub.chat.limits import Limits
    from hubbub.server.chatroom import Chatroom
    from hubbub.server.http.site import Site
    from hubbub.server.stream import StreamLine


class Web:
    """The HTTP side of the port. `hosts`: names under which browsers may reach it."""

    def __init__(self, chatroom: Chatroom, hosts: Sequence[str]) -> None:
        self._chatroom = chatroom
        self._hosts = hosts
        self._opening: asyncio.Task[Site] | None = None

    async def visit(self, host: str, left: Callable[[], None]) -> asyncio.Protocol:
        """Return a protocol for one connection from `host`; `left` is called when it is gone."""
        if self._opening is None:
            self._opening = self._chatroom.loop.create_task(self._open())
        site = await asyncio.shield(self._opening)
        return Visit(site.answering(), self._chatroom.limits, host, left)

    async def _open(self) -> Site:
        # It takes a quarter of a second; in a thread, so that nobody waits but the first visitor.
        module = await self._chatroom.loop.run_in_executor(
            None, importlib.import_module, "hubbub.server.http.site"
        )
        site: Site = module.Site(self._chatroom, self._hosts)
        await site.open()
        return site

    async def close(self) -> None:
        """End all visits."""
        if self._opening is not None:
            await (await self._opening).close()


class Visit(asyncio.Protocol):
    """A connection that aiohttp answers, until it is gone or becomes a WebSocket.

    It is cut off if its first request is not complete in time; for later ones aiohttp sees to that.
    """

    def __init__(
        self,
        answering: web.RequestHandler,
        limits: Limits,
        host: str,
        left: Callable[[], None],
    ) -> None:
        self._answering = answering
        self._limits = limits
        self._left = left
        self._impatience: asyncio.TimerHandle | None = None
        self._pace: Pace | None = None
        self.host = host

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._impatience = asyncio.get_running_loop().call_later(
            self._limits.handshake_seconds, transport.close
        )
        self._answering.connection_made(transport)

    def asked(self) -> None:
        """Take note that a request is complete, up to its body."""
        if self._impatience is not None:
            self._impatience.cancel()
            self._impatience = None

    async def paced(self) -> None:
        """Wait until the connection may ask for more: who asks too fast is slowed down."""
        per_second = self._limits.messages_per_second
        if not per_second:
            return
        clock = asyncio.get_running_loop().time
        if self._pace is None:
            self._pace = Pace(per_second, self._limits.burst, clock())
        if delay := self._pace.delay(clock()):
            await asyncio.sleep(delay)
        self._pace.take()

    def become(self, line: Callable[[Callable[[], None]], StreamLine], answer: bytes) -> None:
        """Send `answer` instead of aiohttp's, and give the connection to a line."""
        self.asked()
        transport, answering = self._transport, self._answering
        successor = line(self._left)
        transport.set_protocol(successor)
        transport.write(answer)
        successor.connection_made(transport)
        # aiohttp forgets the connection and what it kept for it, and must not close it.
        answering.transport = None
        answering.connection_lost(None)

    def data_received(self, data: bytes) -> None:
        self._answering.data_received(data)

    def eof_received(self) -> None:
        self._answering.eof_received()

    def pause_writing(self) -> None:
        self._answering.pause_writing()

    def resume_writing(self) -> None:
        self._answering.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self.asked()
        self._answering.connection_lost(exc)
        self._left()
