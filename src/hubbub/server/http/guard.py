"""What every request passes: who may ask, from which page, and how fast.

Any page that somebody visits can send requests to any address, and have its own name lead to it.
So requests of a foreign origin are refused, and so are names that this server does not go by.
"""

from __future__ import annotations

import asyncio
import ipaddress
from http import HTTPStatus
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote_to_bytes

from aiohttp import web

from hubbub.chat.codes import is_token
from hubbub.chat.errors import HubbubError, Refused, WrongSecret
from hubbub.chat.roles import Scope
from hubbub.faults import faults
from hubbub.server.http.fellows import is_fellow
from hubbub.server.http.forwarded import client_of
from hubbub.server.http.own_name import OwnName
from hubbub.server.http.problems import problem_of
from hubbub.server.notes import logger
from hubbub.server.tls.plaintext import TLS_NEEDED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from hubbub.server.fairness.reading import Asker, Reading
    from hubbub.server.http.visit import Visit
    from hubbub.server.sessions.chatroom import Chatroom
    from hubbub.server.tls.acme.challenges import Challenges
    from hubbub.server.tls.plaintext import Plaintext


POLICY = "Content-Security-Policy"

SECURITY_HEADERS = {
    POLICY: "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; media-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Server": "hubbub",
    "X-Content-Type-Options": "nosniff",
}

TOKEN = web.RequestKey("token", str)
"""Under which a request keeps the token of the bot that makes it."""

PROVEN = web.RequestKey("proven", bool)
"""Under which a request keeps that it gave the password, or a token, if one is needed."""

_BEGUN = web.RequestKey("begun", bool)
"""Set on a request whose answer has begun: there is no other one."""

_LOCAL = (".localhost", ".local")
_FOR_SCRIPTS = ("/api", "/metrics")
_FOR_OPERATORS = "/api/admin/"
_SAFE_METHODS = {"GET", "HEAD"}


def visit_of(request: web.BaseRequest) -> Visit:
    """Return the connection of a request; raise ConnectionResetError if it is gone."""
    if request.transport is None:
        raise ConnectionResetError
    return cast("Visit", request.transport.get_protocol())


def asker_of(request: web.Request, reading: Reading) -> Asker:
    """Return who asks; raise ConnectionResetError if they are gone."""
    turn = visit_of(request).turn
    return reading.asker(turn.host, lambda: request.transport is None, turn.proxy)


class Guard:
    """`hosts`: names that lead to this server, beside those that cannot be anybody else's.

    `proxies`: which are believed when they say for whom they ask. `plaintext`: who may ask without
    TLS. `challenges`: what an authority looks for, which knows no names and no TLS yet.
    """

    def __init__(
        self,
        chatroom: Chatroom,
        hosts: Sequence[str],
        proxies: Sequence[str],
        plaintext: Plaintext,
        challenges: Challenges | None,
    ) -> None:
        self._chatroom = chatroom
        self._plaintext = plaintext
        self._challenges = challenges
        self.know(hosts, proxies)
        self._own_name = OwnName(chatroom.loop)

    def know(self, hosts: Sequence[str], proxies: Sequence[str]) -> None:
        """Go by these names and proxies from now on."""
        self._proxies = frozenset(proxies)
        self._hosts = {host.lower() for host in hosts}

    @web.middleware
    async def middleware(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Answer a request, or say why not."""
        try:
            visit = visit_of(request)
        except ConnectionError:
            return web.Response()  # nobody is there to read it
        try:
            visit.asked()
            await visit.may_ask(client_of(visit.turn.peer, request.headers, self._proxies))
            if self._challenges and (text := self._challenges.text_at(request.path)):
                return web.Response(text=text)
            _check_text(request)
            await self._check_host(request)
            if not (request.secure or self._plaintext.may(visit.turn.peer)):
                return _moved(request)
            self._check_origin(request)
            if request.path.startswith(_FOR_SCRIPTS) or _may_prove(request):
                await self._check_bearer(request, visit)
                request[PROVEN] = True
            return await handler(request)
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this request, no other)
            if has_begun := _BEGUN in request:
                _break_off(visit, error)
            is_gone = isinstance(error, Refused) and request.transport is None
            if has_begun or is_gone or isinstance(error, ConnectionError):
                return web.Response()  # nobody reads it
            if isinstance(error, HubbubError):
                visit.turn.turned_away(error.code)
            return problem_of(error, visit.turn.id)

    async def _check_host(self, request: web.Request) -> None:
        name = _host_name(request.host)
        if not (_is_certain(name) or name in self._hosts or await self._own_name.has(name)):
            raise Refused(
                f"This server does not know itself as '{name[:100]}'. If that is its name, add it "
                "to 'hosts' in the section [server] of its configuration.",
                code="unknown_host",
            )

    def _check_origin(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        if origin is None or (request.method in _SAFE_METHODS and not _is_open(request.path)):
            return
        # This machine's other ports are other sites, whatever it is called.
        scheme, _, place = origin.lower().partition("://")
        is_ours = place == request.host.lower() or _host_name(place) in self._hosts
        if scheme not in {"http", "https"} or not (is_ours or self._is_fellow(request, origin)):
            raise Refused(
                "Pages of other sites may not use this chatroom. Open the page of this server.",
                code="foreign_origin",
            )

    def _is_fellow(self, request: web.Request, origin: str) -> bool:
        """Return whether the page of another node wants to go on here."""
        node = self._chatroom.node
        if node is None or request.path != "/ws":
            return False
        return is_fellow(origin, node.addresses, secure=request.secure)

    async def _check_bearer(self, request: web.Request, visit: Visit) -> None:
        hub, guesses = self._chatroom.hub, self._chatroom.guesses
        scheme, _, password = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and is_token(password := password.strip()):
            hub.outside.check_token(password, _scope_of(request))
            request[TOKEN] = password
            return
        is_proven = request.transport is not None and request.transport.get_extra_info("is_proven")
        if is_proven or not hub.has_password:
            return
        if scheme.lower() != "bearer" or not password:
            raise Refused(
                "This chatroom has a password. Send it as 'Authorization: Bearer PASSWORD'.",
                code="password_needed",
            )
        # Once it was right, a connection need not wait: it guesses nothing.
        if visit.trusted_host != visit.host and (seconds := guesses.delay(visit.host)):
            await asyncio.sleep(seconds)
        try:
            hub.check_password(password)
        except WrongSecret as refusal:
            visit.trusted_host = ""
            raise guesses.wrong(visit.host, refusal) from None
        visit.trusted_host = visit.host


async def note_beginning(request: web.Request, _response: web.StreamResponse) -> None:
    """Take in that a request is being answered."""
    request[_BEGUN] = True


def _break_off(visit: Visit, error: Exception) -> None:
    """End a connection on which an answer stops too early: what came next would be taken for it."""
    if isinstance(error, HubbubError):
        reason = str(error)
        logger.error("an answer is broken off", connection=visit.turn.id, reason=reason)
    elif not isinstance(error, ConnectionError):  # else the peer has hung up
        faults.note("an answer is broken off", error, connection=visit.turn.id)
    visit.hang_up()


async def add_security_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Tell browsers what the page may do, whatever is answered; files may do less."""
    policy = response.headers.get(POLICY, SECURITY_HEADERS[POLICY])
    response.headers.update(SECURITY_HEADERS | {POLICY: policy})


def _scope_of(request: web.Request) -> Scope | None:
    """Return what a bot's token must be for; None where the table of rights says so later."""
    if request.path.startswith(_FOR_OPERATORS):
        return None
    return Scope.READ if request.method in _SAFE_METHODS else Scope.WRITE


def _check_text(request: web.Request) -> None:
    """Refuse what is no UTF-8. aiohttp lets headers pass as text that cannot be encoded."""
    try:
        "".join(request.headers.values()).encode()
    except UnicodeEncodeError:
        raise Refused("A header holds bytes that are not UTF-8.", code="bad_request") from None
    try:
        unquote_to_bytes(request.raw_path).decode()
    except UnicodeDecodeError:
        raise Refused("The address holds bytes that are not UTF-8.", code="bad_request") from None


def _may_prove(request: web.Request) -> bool:
    """Return whether a request for a file brings the password, or a token, which it need not."""
    bearer = request.headers.get("Authorization", "")[:7].lower()
    return request.path.startswith("/files/") and bearer == "bearer "


def _moved(request: web.Request) -> web.Response:
    """Lead a browser to TLS; raise Refused where something else asks."""
    if request.method in _SAFE_METHODS and not _is_open(request.path):
        place = f"https://{request.host}{request.raw_path}"
        return web.Response(status=HTTPStatus.PERMANENT_REDIRECT, headers={"Location": place})
    raise Refused(str(TLS_NEEDED), code=TLS_NEEDED.code)


def _is_open(path: str) -> bool:
    """Return whether a page of another site could read or do something here with a GET."""
    return path == "/irc" or path.startswith(("/ws", *_FOR_SCRIPTS))


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
