"""The HTTP routes. Imports aiohttp, so it is itself imported only when someone speaks HTTP."""

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

from aiohttp import StreamReader, web
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import _ErrInfo

from hubbub.chat.errors import LogError, Refused
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.chat.queries import PageQuery
from hubbub.hub.cost import REQUEST
from hubbub.server.fairness.turns import Turn
from hubbub.server.http.api import Api
from hubbub.server.http.files import Files, cookie, cookie_name
from hubbub.server.http.guard import (
    SECURITY_HEADERS,
    Guard,
    add_security_headers,
    asker_of,
    note_beginning,
    visit_of,
)
from hubbub.server.http.hosting import Hosting
from hubbub.server.http.metrics import Metrics
from hubbub.server.http.page.assets import Assets
from hubbub.server.http.page.places import Places
from hubbub.server.http.problems import problem_of
from hubbub.server.http.relay_figures import sentence
from hubbub.server.http.request_line import in_ascii
from hubbub.server.http.visit import HEAD_BYTES_MAX
from hubbub.server.http.websocket import accept_handshake
from hubbub.server.readiness import complaints
from hubbub.server.sessions.chatroom import Chatroom
from hubbub.server.sessions.connection import Connection
from hubbub.server.sockets.deadlines import Deadlines
from hubbub.server.sockets.farewell import Farewell
from hubbub.server.tls.acme.challenges import Challenges
from hubbub.server.tls.plaintext import Plaintext
from hubbub.wire.irc.figures import Figures
from hubbub.wire.irc.websocket import DEFAULT, SUBPROTOCOLS, IrcWebSocketDialect
from hubbub.wire.web import WebSocketDialect

KEEPALIVE_SECONDS = 15.0
"""Browsers keep several connections open, and each takes one of the places there are."""

LINGER_SECONDS = 1.0
"""How long a body is still read of which nobody wants to know, so that its sender hears why."""

REQUEST_SECONDS = 3.0
"""How long a request may take to become whole once the server stops."""

HEADER_BYTES_MAX = 8190
"""What aiohttp takes of the first line and of each header."""


class Site:
    """What is served at which path. `hosts`: names under which browsers may reach it."""

    def __init__(
        self,
        chatroom: Chatroom,
        hosts: Sequence[str],
        proxies: Sequence[str],
        lingering: Deadlines,
        *,
        plaintext: Plaintext,
        challenges: Challenges | None,
        irc: Figures,
    ) -> None:
        self._chatroom = chatroom
        self._figures = irc
        self._lingering = lingering
        self._guard = Guard(chatroom, hosts, proxies, plaintext, challenges)
        application = web.Application(
            middlewares=[self._guard.middleware],
            client_max_size=chatroom.limits.frame_bytes_max,
        )
        application.on_response_prepare.extend([add_security_headers, note_beginning])
        assets = self._assets = Assets(addresses=self._addresses)
        for part in (assets, Api(chatroom), Files(chatroom), Hosting(chatroom), Metrics(chatroom)):
            application.add_routes(part.routes())
        application.add_routes(
            [
                web.get("/healthz", self._health),
                web.get("/readyz", self._ready),
                web.get("/irc", self._irc),
                web.get("/ws", self._websocket),
            ]
        )
        application.add_routes(Places(assets).routes())
        # For requests that are not whole yet; what is whole is answered in far less.
        seconds = min(REQUEST_SECONDS, chatroom.limits.shutdown_seconds)
        # No request is noted with its path: in some, that is a secret.
        self._runner = web.AppRunner(application, shutdown_timeout=seconds, access_log=None)

    def _addresses(self) -> Sequence[str]:
        """Return where the nodes are of which members are told, if there are several."""
        node = self._chatroom.node
        return () if node is None else node.addresses

    def know(self, hosts: Sequence[str], proxies: Sequence[str]) -> None:
        """Go by these names and proxies from now on."""
        self._guard.know(hosts, proxies)

    async def open(self) -> None:
        """Get ready to answer."""
        await self._runner.setup()

    async def close(self) -> None:
        """Answer what was asked, and end all connections."""
        await self._runner.cleanup()

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is answered, because the server stops."""
        return self._runner.server is None

    def answering(self) -> "_Answering":
        """Return what answers one connection."""
        assert self._runner.server is not None, "no visit begins before `open` or after `close`"
        return _Answering(
            self._runner.server,
            self._lingering,
            loop=self._chatroom.loop,
            keepalive_timeout=KEEPALIVE_SECONDS,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,
        )

    async def _health(self, request: web.Request) -> web.Response:
        reading = self._chatroom.reading
        try:
            await reading.page(asker_of(request, reading), PageQuery(room=DEFAULT_ROOM, limit=1))
        except LogError:
            return web.Response(status=503, text="The log cannot be read.\n")
        if damaged := len(self._chatroom.damage):
            return web.Response(
                status=503,
                text=f"The log is damaged (places found: {damaged}). All else is served. The "
                "journal says where; 'hubbub check' says what is whole.\n",
            )
        return self._ok(request)

    async def _ready(self, request: web.Request) -> web.Response:
        if sentences := list(complaints(self._chatroom)):
            raise Refused(" ".join(sentences), code="not_ready")
        return self._ok(request)

    def _ok(self, request: web.Request) -> web.Response:
        relay = self._chatroom.relay_of(visit_of(request).link)
        return web.Response(text="ok\n" if relay is None else f"ok\n{sentence(relay)}")

    async def _websocket(self, request: web.Request) -> web.Response:
        visit, keys = visit_of(request), self._chatroom.files.keys
        key, more = "", []
        if "Origin" in request.headers:  # a browser's
            presented = request.cookies.get(cookie_name(request), "")
            key = keys.key_for(presented, visit.host)
            more = [cookie(request, key)] if key != presented else []
        answer = accept_handshake(request.headers, more)
        dialect = WebSocketDialect(self._chatroom.limits.frame_bytes_max)

        def conversing(turn: Turn, left: Callable[[], None]) -> Connection:
            connection = Connection(self._chatroom, dialect, turn, left)
            if key:
                keys.hold(key, connection)
            return connection

        visit.become(conversing, answer)
        return web.Response()  # aiohttp finds the connection gone

    async def _irc(self, request: web.Request) -> web.Response:
        """Go on in IRC, inside a WebSocket, in the way that the client likes best.

        Whoever wants no WebSocket wants the page of the room `irc`.
        """
        if "Upgrade" not in request.headers:
            return await self._assets.document(request)
        asked = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        agreed = next((one for name in asked if (one := name.strip()) in SUBPROTOCOLS), "")
        more = [f"Sec-WebSocket-Protocol: {agreed}".encode()] if agreed else []
        answer = accept_handshake(request.headers, more)
        pack = SUBPROTOCOLS[agreed or DEFAULT]
        dialect = IrcWebSocketDialect(self._figures, self._chatroom.clock.milliseconds, pack)

        def conversing(turn: Turn, left: Callable[[], None]) -> Connection:
            return Connection(self._chatroom, dialect, turn, left)

        visit_of(request).become(conversing, answer)
        return web.Response()  # aiohttp finds the connection gone


class _Answering(web.RequestHandler):
    """Says what is wrong with requests that are no HTTP as it says everything else.

    A peer that closes its sending half is still answered, and the connection closed after that
    (docs/protocol.md, section 7); aiohttp alone would close it at once.
    """

    __slots__ = (
        "_answered",
        "_begun",
        "_body",
        "_ended",
        "_has_failed",
        "_in_line",
        "_is_bad",
        "_lingering",
        "is_held",
    )

    def __init__(self, server: web.Server, lingering: Deadlines, **options: Any) -> None:
        super().__init__(server, **options)
        self._lingering = lingering
        self._is_bad = False  # what came is no HTTP, and more of it may come
        self._has_failed = False  # to read a request, and reads nothing more
        self._ended = False
        self._answered = 0  # requests whose answers are written
        self._begun = 0  # requests whose first line has come
        self._body: StreamReader = EMPTY_PAYLOAD  # of the request whose head came last
        self._in_line = False
        self.is_held = False

    async def start(self) -> None:
        """Answer what is asked, unless the connection was lost before this could begin."""
        if self._manager is not None:
            await super().start()

    def _resume_transport_reading(self) -> None:
        if not self.is_held:
            super()._resume_transport_reading()

    def data_received(self, data: bytes) -> None:
        """Take in what the peer sent; raw text in an address counts as if it were encoded.

        Where a request begins within `data`, behind another one, its address must be in ASCII.
        """
        self._in_line = self._in_line or self._is_between
        if self._in_line:
            line, end, rest = data.partition(b"\n")
            if end:
                self._in_line = False
                self._begun = self._request_count + 1
            data = in_ascii(line) + end + rest
        heads = self._request_count
        super().data_received(data)
        if self._messages:
            former = self._body
            newest, self._body = self._messages[-1]
            self._has_failed = isinstance(newest, _ErrInfo)
            is_broken = self._body is not former and not former.is_eof()
            # aiohttp takes what cannot be a body for the next request, a bad one, and does not tell
            # whoever waits for the rest. Behind the answer, only aiohttp reads it, to discard it.
            if is_broken and self._answered < heads:
                _break_off(former, "what came is no body")

    @property
    def _is_between(self) -> bool:
        """Whether aiohttp has taken in what came, and the next byte begins a request."""
        return (
            not self._upgraded
            and self._request_count >= self._begun
            and self._body.is_eof()
            and not self._buffer_paused
        )

    @property
    def stops_reading(self) -> bool:
        """Whether it wants nothing to be read for now."""
        return self._reading_paused or self._buffer_paused

    @property
    def is_leaving(self) -> bool:
        """Whether what follows is no head: a request to leave HTTP has come, or none at all."""
        return self._upgraded or self._has_failed

    @property
    def heads(self) -> int:
        """How many requests have come, up to their bodies."""
        return self._request_count

    @property
    def is_in_body(self) -> bool:
        """Whether a part of a body is still to come."""
        return not self._body.is_eof()

    def unread(self) -> bytes:
        """Return what the peer sent after a request to leave HTTP."""
        return self._message_tail

    def _make_error_handler(
        self, err_info: Any
    ) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        refuse = super()._make_error_handler(err_info)

        async def refuse_in_turn(request: web.BaseRequest) -> web.StreamResponse:
            # Many may fill their heads at the same moment, and no middleware meets what is no HTTP.
            if request.transport is not None:
                await visit_of(request).may_spend(REQUEST)
            return await refuse(request)

        return refuse_in_turn

    def hear_end(self) -> bool:
        """Return whether an answer is owed that can be given: half a body will not be completed."""
        self._ended = True
        request = self._current_request
        if request is not None and not request.content.is_eof():
            return False
        return self._answered < self._request_count

    async def _handle_request(
        self,
        request: web.BaseRequest,
        start_time: float | None,
        request_handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
    ) -> tuple[web.StreamResponse, bool]:
        """Answer a request. If the end came before its turn, the rest of its body never comes."""
        if self._ended and not request.content.is_eof():
            _break_off(request.content, "the peer has said all")
        return await super()._handle_request(request, start_time, request_handler)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Answer, and close the connection if nothing more can be asked on it."""
        if isinstance(request.content.exception(), web.RequestPayloadError):
            self._is_bad = True  # where a body was broken off, no other request begins
            resp.force_close()
        outcome = await super().finish_response(request, resp, start_time)
        self._answered += 1
        if request.transport is not None and not request.transport.is_closing():
            if self._is_bad and request.content.is_eof():  # else aiohttp reads the rest of the body
                visit_of(request).become(self._farewell, b"")
            else:
                visit_of(request).answered()
        if self._ended and not self._messages:
            self.close()
        return outcome

    def log_exception(self, *args: Any, **kwargs: Any) -> None:
        """Log a fault; that a peer is gone while aiohttp reads on for it is none."""
        if self.transport is not None:
            super().log_exception(*args, **kwargs)

    def _farewell(self, _turn: Turn, left: Callable[[], None]) -> Farewell:
        return Farewell(b"", self._lingering, left)

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
            f"may have {HEADER_BYTES_MAX} bytes, and all of them {HEAD_BYTES_MAX}.",
            code="bad_request",
        )
        if request.transport is not None:
            visit_of(request).turn.turned_away(bad.code)
        response = problem_of(bad if status == HTTPStatus.BAD_REQUEST else exc or bad)
        response.headers.update(SECURITY_HEADERS)
        response.force_close()
        self._is_bad = True
        return response


def _break_off(body: StreamReader, why: str) -> None:
    """Have whoever reads a body hear at once that the rest of it will not come."""
    body.set_exception(web.RequestPayloadError(why))
    body.feed_eof()
