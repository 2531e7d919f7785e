"""What every request passes: who may ask, from which page, and how fast.

Any page that somebody visits can send requests to any address, and have its own name lead to it.
So requests of a foreign origin are refused, and so are names that this server does not go by.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import TYPE_CHECKING, cast

from aiohttp import web

from hubbub.chat.errors import Refused
from hubbub.server.http.problems import problem_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from hubbub.server.chatroom import Chatroom
    from hubbub.server.http.visits import Visit

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Server": "hubbub",
    "X-Content-Type-Options": "nosniff",
}

_LOCAL = (".localhost", ".local")
_FOR_SCRIPTS = ("/api", "/metrics")
_SAFE_METHODS = {"GET", "HEAD"}


def visit_of(request: web.Request) -> Visit:
    """Return the connection of a request; raise ConnectionResetError if it is gone."""
    if request.transport is None:
        raise ConnectionResetError
    return cast("Visit", request.transport.get_protocol())


class Guard:
    """`hosts`: names that lead to this server, beside those that cannot be anybody else's."""

    def __init__(self, chatroom: Chatroom, hosts: Sequence[str]) -> None:
        self._chatroom = chatroom
        self._hosts = {host.lower() for host in hosts}
        # Without a network the answer may take long; only requests for an unknown name wait for it.
        self._full_name = chatroom.loop.run_in_executor(None, socket.getfqdn)

    @web.middleware
    async def middleware(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Answer a request, or say why not."""
        try:
            visit = visit_of(request)
            visit.asked()
            _check_text(request)
            await self._check_host(request)
            self._check_origin(request)
            if request.path.startswith(_FOR_SCRIPTS):
                self._check_password(request, visit.host)
                await visit.paced()
            return await handler(request)
        except ConnectionError:
            return web.Response()  # nobody is there to read it
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this request, no other)
            return problem_of(error)

    async def _check_host(self, request: web.Request) -> None:
        name = _host_name(request.host)
        if not (_is_certain(name) or name in self._hosts or await self._is_own(name)):
            raise Refused(
                f"This server does not know itself as '{name[:100]}'. If that is its name, add it "
                "to 'hosts' in the section [server] of its configuration.",
                code="unknown_host",
            )

    async def _is_own(self, name: str) -> bool:
        """Return whether this machine has this name."""
        full_name = await asyncio.shield(self._full_name)
        return name in {socket.gethostname().lower(), full_name.lower()}

    def _check_origin(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        if origin is None or (request.method in _SAFE_METHODS and not _is_open(request.path)):
            return
        # This machine's other ports are other sites, whatever it is called.
        scheme, _, place = origin.lower().partition("://")
        is_ours = place == request.host.lower() or _host_name(place) in self._hosts
        if scheme not in {"http", "https"} or not is_ours:
            raise Refused(
                "Pages of other sites may not use this chatroom. Open the page of this server.",
                code="foreign_origin",
            )

    def _check_password(self, request: web.Request, host: str) -> None:
        hub, guesses = self._chatroom.hub, self._chatroom.guesses
        if not hub.has_password:
            return
        scheme, _, password = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not password:
            raise Refused(
                "This chatroom has a password. Send it as 'Authorization: Bearer PASSWORD'.",
                code="password_needed",
            )
        guesses.check(host)
        try:
            hub.check_password(password.strip())
        except Refused:
            guesses.wrong(host)
            raise


async def add_security_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Tell browsers what the page may do, whatever is answered."""
    response.headers.update(SECURITY_HEADERS)


def _check_text(request: web.Request) -> None:
    """Refuse headers that are no UTF-8: aiohttp lets them pass as text that cannot be encoded."""
    try:
        "".join(request.headers.values()).encode()
    except UnicodeEncodeError:
        raise Refused("A header holds bytes that are not UTF-8.", code="bad_request") from None


def _is_open(path: str) -> bool:
    """Return whether a page of another site could read or do something here with a GET."""
    return path.startswith(("/ws", *_FOR_SCRIPTS))


def _host_name(host: str) -> str:
    """Return the name of a Host header, without the port and in lower case."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower().rstrip(".")


def _is_certain(name: str) -> bool:
    """Return whether no other site can point this name here."""
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return "." not in name or name.endswith(_LOCAL)
    return True
