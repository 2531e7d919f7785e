"""The HTTP routes. Imports aiohttp, so it is itself imported only when someone speaks HTTP."""

import logging

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from hubbub.chat.errors import LogError
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.chat.queries import PageQuery
from hubbub.log.port import Log


def _is_our_fault(record: logging.LogRecord) -> bool:
    """Tell whether a note of aiohttp's is more than a peer's bad HTTP, which it answered."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


class Site:
    """What is served at which path."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def runner(self) -> web.AppRunner:
        """Return what answers connections, ready to."""
        application = web.Application()
        application.add_routes([web.get("/", self._page), web.get("/healthz", self._health)])
        logger = logging.getLogger("hubbub.http")
        logger.addFilter(_is_our_fault)
        runner = web.AppRunner(application, access_log=None, logger=logger)
        await runner.setup()
        return runner

    async def _page(self, request: web.Request) -> web.Response:
        return web.Response(text=f"A hubbub chatroom. Join it with: hubbub join {request.host}\n")

    async def _health(self, _request: web.Request) -> web.Response:
        try:
            await self._log.page(PageQuery(room=DEFAULT_ROOM, limit=1))
        except LogError:
            return web.Response(status=503, text="The log cannot be read.\n")
        return web.Response(text="ok\n")
