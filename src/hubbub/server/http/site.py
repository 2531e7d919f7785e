"""The HTTP routes. Imports aiohttp, so it is itself imported only when someone speaks HTTP."""

import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from hubbub.chat.errors import LogError, Refused
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.chat.queries import PageQuery
from hubbub.server.chatroom import Chatroom
from hubbub.server.http.page import Page
from hubbub.server.http.websocket import WebSocketLine, accept_handshake

if TYPE_CHECKING:
    from hubbub.server.http.visits import Visit


def _is_our_fault(record: logging.LogRecord) -> bool:
    """Tell whether a note of aiohttp's is more than a peer's bad HTTP, which it answered."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


class Site:
    """What is served at which path."""

    def __init__(self, chatroom: Chatroom, hosts: Sequence[str]) -> None:
        self._chatroom = chatroom
        self._hosts = hosts

    async def runner(self) -> web.AppRunner:
        """Return what answers connections, ready to."""
        application = web.Application()
        application.add_routes(
            [
                *Page().routes(),
                web.get("/healthz", self._health),
                web.get("/ws", self._websocket),
            ]
        )
        logger = logging.getLogger("hubbub.http")
        logger.addFilter(_is_our_fault)
        runner = web.AppRunner(application, access_log=None, logger=logger)
        await runner.setup()
        return runner

    async def _health(self, _request: web.Request) -> web.Response:
        try:
            await self._chatroom.log.page(PageQuery(room=DEFAULT_ROOM, limit=1))
        except LogError:
            return web.Response(status=503, text="The log cannot be read.\n")
        return web.Response(text="ok\n")

    async def _websocket(self, request: web.Request) -> web.Response:
        try:
            answer = accept_handshake(request.headers)
        except Refused as error:
            return web.Response(status=400, text=f"{error}\n")
        transport = request.transport
        if transport is not None:
            visit = cast("Visit", transport.get_protocol())
            visit.become(partial(WebSocketLine, self._chatroom, visit.host), answer)
        return web.Response()  # aiohttp finds the connection gone
