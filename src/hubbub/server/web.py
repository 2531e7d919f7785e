"""HTTP on the one port: hands connections to aiohttp, which is loaded for the first visitor."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from hubbub.server.chatroom import Chatroom


class Web:
    """The HTTP side of the port."""

    def __init__(self, chatroom: Chatroom) -> None:
        self._chatroom = chatroom
        self._opening: asyncio.Task[web.AppRunner] | None = None

    async def visit(self, left: Callable[[], None]) -> asyncio.Protocol:
        """Return a protocol for one connection; `left` is called when it is gone."""
        if self._opening is None:
            self._opening = self._chatroom.loop.create_task(self._open())
        runner = await asyncio.shield(self._opening)
        if runner.server is None:
            raise ConnectionAbortedError
        return _Visit(runner.server(), left)

    async def _open(self) -> web.AppRunner:
        # It takes a quarter of a second; in a thread, so that nobody waits but the first visitor.
        site = await self._chatroom.loop.run_in_executor(
            None, importlib.import_module, "hubbub.server.site"
        )
        runner: web.AppRunner = await site.Site(self._chatroom.log).runner()
        return runner

    async def close(self) -> None:
        """End all visits."""
        if self._opening is not None:
            await (await self._opening).cleanup()


class _Visit(asyncio.Protocol):
    """aiohttp's protocol, and word when the connection is gone."""

    def __init__(self, answering: asyncio.Protocol, left: Callable[[], None]) -> None:
        self._left = left
        self._answering = answering

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._answering.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self._answering.data_received(data)

    def eof_received(self) -> bool | None:
        return self._answering.eof_received()

    def pause_writing(self) -> None:
        self._answering.pause_writing()

    def resume_writing(self) -> None:
        self._answering.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._answering.connection_lost(exc)
        self._left()
