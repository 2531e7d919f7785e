"""What the side-car serves: the page of this installation, and what it carries to the server."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web

from hubbub.server.http.guard import add_security_headers
from hubbub.server.http.page.assets import Assets
from hubbub.server.http.page.places import Places
from hubbub.sidecar.answering import Answering, answering_of
from hubbub.sidecar.carrying import Carrier
from hubbub.sidecar.guard import Asker, Guard
from hubbub.sidecar.ports import BACKLOG
from hubbub.sidecar.presence import Presence
from hubbub.sidecar.refusals import stranger
from hubbub.sidecar.strangers import Strangers
from hubbub.sidecar.tickets import Tickets

ACCEPTS_AT_ONCE: Final = 16
"""In one of the loop's turns: it sees to those who are there in between."""

KEEPALIVE_SECONDS: Final = 60.0
CLOSING_SECONDS: Final = 1.0
TICKET: Final = "open"
"""The parameter of an address that has a ticket."""

_KNOWN = web.RequestKey("known", bool)
"""Set on a request of which it is known that the person makes it."""

_READING: Final = {"GET", "HEAD"}


class Asked(msgspec.Struct):
    """What another program of the person wants: a place to be opened, in the window if need be."""

    place: str = "/"
    window: bool = False


class Entrance(msgspec.Struct):
    """The address to open; none if a window is open, which `is_front` unless it cannot be told."""

    address: str | None
    is_front: bool = False


class Site:
    """Serves on one socket. `origin`: where the chatroom's own page would come from.

    `show`: brings the window of this side-car to the front; returns False if it cannot, and None if
    there is none.
    """

    def __init__(
        self,
        guard: Guard,
        carrier: Carrier,
        presence: Presence,
        origin: str,
        show: Callable[[], Awaitable[bool | None]],
    ) -> None:
        self._guard = guard
        self._presence = presence
        self._tickets = Tickets()
        self._show = show
        application = web.Application(middlewares=[self._let_in])
        application.on_response_prepare.append(_add_headers)
        assets = Assets(home=origin)
        application.add_routes(
            [
                web.get("/ws", carrier.websocket),
                web.route("*", "/api{rest:(?:/.*)?}", carrier.request),
                web.route("*", "/files/{rest:.*}", carrier.request),
                web.post("/open", self._open),
            ]
        )
        application.add_routes(assets.routes())
        application.add_routes(Places(assets).routes())
        self._runner = web.AppRunner(
            application, handler_cancellation=True, shutdown_timeout=CLOSING_SECONDS
        )

    def entrance(self, place: str) -> str:
        """Return an address that leads to a place, once."""
        return f"{self._guard.origin}/?{TICKET}={self._tickets.issue(place)}"

    async def serve(self, listening: socket.socket) -> asyncio.Server:
        """Answer on a socket from now on."""
        await self._runner.setup()
        self._strangers = Strangers()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._answering, sock=listening, backlog=ACCEPTS_AT_ONCE)
        listening.listen(BACKLOG)  # the loop has made it as short as that
        return server

    async def close(self) -> None:
        """End all connections."""
        await self._runner.cleanup()

    def _answering(self) -> Answering:
        assert self._runner.server is not None, "no connection comes before `serve`"
        answering = Answering(
            self._runner.server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=KEEPALIVE_SECONDS,
            lingering_time=CLOSING_SECONDS,
            auto_decompress=False,
            access_log=None,  # type: ignore[arg-type]  # addresses may hold tickets
        )
        answering.strangers = self._strangers
        return answering

    @web.middleware
    async def _let_in(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Answer the person, and nobody else."""
        asker = self._guard.asker(request.headers)
        is_for_programs = request.method == "POST" and request.path == "/open"
        if not request.raw_path.startswith("/"):  # an address of elsewhere: we are no proxy
            return stranger()
        if asker is Asker.STRANGER or (asker is Asker.PROGRAM) != is_for_programs:
            return stranger()
        if asker is not Asker.PROGRAM:
            if TICKET in request.query and request.path == "/" and request.method == "GET":
                return self._admit(request, asker)
            is_reading = request.method in _READING and request.path != "/ws"
            is_sure = is_reading or self._guard.is_from_script(request.headers)
            if asker is not Asker.PAGE or not is_sure:
                return stranger()
            self._presence.heard()
        answering_of(request).known()
        request[_KNOWN] = True
        return await handler(request)

    def _admit(self, request: web.Request, asker: Asker) -> web.StreamResponse:
        """Take a ticket, give the cookie for it, and lead on to an address without it."""
        place = self._tickets.use(request.query[TICKET])
        if place is None and asker is not Asker.PAGE:
            return stranger()
        answering_of(request).known()
        request[_KNOWN] = True
        headers = {"Location": place or "/", "Cache-Control": "no-store"}
        if place is not None:
            headers["Set-Cookie"] = self._guard.cookie
        self._presence.heard()
        return web.Response(status=HTTPStatus.SEE_OTHER, headers=headers)

    async def _open(self, request: web.Request) -> web.StreamResponse:
        """Do what another program of the person wants."""
        asked = msgspec.json.decode(await request.read(), type=Asked)
        is_front = await self._show() if asked.window else None
        address = self.entrance(asked.place) if is_front is None else None
        entrance = Entrance(address, is_front=bool(is_front))
        return web.Response(body=msgspec.json.encode(entrance), content_type="application/json")


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Tell the person's browser what the page may do; strangers are told nothing, nor heard."""
    if request.get(_KNOWN):
        await add_security_headers(request, response)
    else:
        answering_of(request).refused()
