"""The HTTP routes. Imports aiohttp, so it is itself imported only when someone speaks HTTP."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

from aiohttp import web

from hubbub.chat.errors import LogError, Refused
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.chat.queries import PageQuery
from hubbub.server.chatroom import Chatroom
from hubbub.server.connection import Connection
from hubbub.server.http.api import Api
from hubbub.server.http.assets import Assets
from hubbub.server.http.guard import SECURITY_HEADERS, Guard, add_security_headers, visit_of
from hubbub.server.http.metrics import Metrics
from hubbub.server.http.problems import problem_of
from hubbub.server.http.websocket import accept_handshake
from hubbub.wire.web import WebSocketDialect

KEEPALIVE_SECONDS = 15.0
"""Browsers keep several connections open, and each takes one of the places there are."""

LINGER_SECONDS = 1.0
"""How long a body is still read of which nobody wants to know, so that its sender hears why."""

HEADER_BYTES_MAX = 8190
"""What aiohttp takes of the first line and of each header."""


class Site:
    """What is served at which path. `hosts`: names under which browsers may reach it."""

    def __init__(self, chatroom: Chatroom, hosts: Sequence[str]) -> None:
        self._chatroom = chatroom
        application = web.Application(
            middlewares=[Guard(chatroom, hosts).middleware],
            client_max_size=chatroom.limits.frame_bytes_max,
        )
        application.on_response_prepare.append(add_security_headers)
        for part in (Assets(), Api(chatroom), Metrics(chatroom)):
            application.add_routes(part.routes())
        application.add_routes([web.get("/healthz", self._health), web.get("/ws", self._websocket)])
        self._runner = web.AppRunner(application, shutdown_timeout=chatroom.limits.shutdown_seconds)

    async def open(self) -> None:
        """Get ready to answer."""
        await self._runner.setup()

    async def close(self) -> None:
        """Answer what was asked, and end all connections."""
        await self._runner.cleanup()

    def answering(self) -> "_Answering":
        """Return what answers one connection."""
        assert self._runner.server is not None, "no visit begins before `open` or after `close`"
        return _Answering(
            self._runner.server,
            loop=self._chatroom.loop,
            keepalive_timeout=KEEPALIVE_SECONDS,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,
        )

    async def _health(self, _request: web.Request) -> web.Response:
        try:
            await self._chatroom.log.page(PageQuery(room=DEFAULT_ROOM, limit=1))
        except LogError:
            return web.Response(status=503, text="The log cannot be read.\n")
        return web.Response(text="ok\n")

    async def _websocket(self, request: web.Request) -> web.Response:
        answer = accept_handshake(request.headers)
        visit = visit_of(request)
        dialect = WebSocketDialect(self._chatroom.limits.frame_bytes_max)
        visit.become(partial(Connection, self._chatroom, dialect, visit.host), answer)
        return web.Response()  # aiohttp finds the connection gone


class _Answering(web.RequestHandler):
    """Says what is wrong with requests that are no HTTP as it says everything else.

    A peer that closes its sending half is still answered, and the connection closed after that
    (docs/protocol.md, section 7); aiohttp alone would close it at once.
    """

    __slots__ = ("_ended",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._ended = False

    def unread(self) -> bytes:
        """Return what the peer sent after a request to leave HTTP."""
        return self._message_tail

    def hear_end(self) -> bool:
        """Return whether an answer is owed that can be given: half a body will not be completed."""
        self._ended = True
        request = self._current_request
        if request is not None and not request.content.is_eof():
            return False
        is_answering = self._request_count > 0 and self._waiter is None
        return is_answering or bool(self._messages)

    async def _handle_request(
        self,
        request: web.BaseRequest,
        start_time: float | None,
        request_handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
    ) -> tuple[web.StreamResponse, bool]:
        """Answer a request. If the end came before its turn, the rest of its body never comes."""
        if self._ended and not request.content.is_eof():
            request.content.set_exception(web.RequestPayloadError("the peer has said all"))
            request.content.feed_eof()
        return await super()._handle_request(request, start_time, request_handler)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Answer, and close the connection if nothing more can be asked on it."""
        outcome = await super().finish_response(request, resp, start_time)
        if self._ended and not self._messages:
            self.close()
        return outcome

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        _message: str | None = None,
    ) -> web.StreamResponse:
        if request.writer.output_size:
            raise ConnectionError("a part of the answer was sent already") from exc
        bad = Refused(
            "This is not a valid HTTP request. Check its first line and its headers, each of which "
            f"may have {HEADER_BYTES_MAX} bytes.",
            code="bad_request",
        )
        response = problem_of(bad if status == HTTPStatus.BAD_REQUEST else exc or bad)
        response.headers.update(SECURITY_HEADERS)
        response.force_close()
        return response
