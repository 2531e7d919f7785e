"""HTTP on the one port: hands connections to aiohttp, which is loaded for the first visitor.

aiohttp takes a quarter of a second to load, and most chatrooms never need it. A connection that
speaks HTTP before it is there is an `EarlyVisit`: it keeps what comes, within bounds, and the end
of what comes, and hands both over when aiohttp is there. So every visit has the same three ways to
end: its requests are answered, its time is up, or the peer is gone. If aiohttp cannot be loaded,
those who wait for it are told so, and the next visitor makes us try again: perhaps nothing was
missing but a free descriptor.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

import msgspec
import structlog

from hubbub.chat.errors import HubbubError
from hubbub.server.farewell import Farewell
from hubbub.server.handover import hand_over
from hubbub.server.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hubbub.chat.limits import Limits
    from hubbub.server.chatroom import Chatroom
    from hubbub.server.patience import Patience

EARLY_BYTES_MAX = 65_536
"""What is kept of a connection while aiohttp loads, before it is read from no further."""

_NO_HTTP = HubbubError(
    "This server cannot answer HTTP now. Its journal says why. Try again in a while.",
    code="http_unavailable",
)


def _unavailable() -> bytes:
    """Return a refusal like those of `http/problems.py`, which needs aiohttp."""
    status = HTTPStatus.SERVICE_UNAVAILABLE
    problem = {
        "title": status.phrase,
        "status": status,
        "detail": str(_NO_HTTP),
        "code": _NO_HTTP.code,
        "type": "about:blank",
    }
    body = msgspec.json.encode(problem)
    return (
        b"HTTP/1.1 503 Service Unavailable\r\n"
        b"Content-Type: application/problem+json\r\n"
        b"Content-Length: %d\r\n"
        b"Connection: close\r\n"
        b"Retry-After: 5\r\n"
        b"Server: hubbub\r\n\r\n%b" % (len(body), body)
    )


logger = structlog.get_logger()


class Answering(Protocol):
    """What answers the requests of one connection; it is aiohttp's, and knows what it owes."""

    transport: asyncio.Transport | None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""

    def data_received(self, data: bytes) -> None:
        """Read requests."""

    def hear_end(self) -> bool:
        """Expect no more requests; return whether the connection is needed for an answer."""

    def pause_writing(self) -> None:
        """Write no more for now."""

    def resume_writing(self) -> None:
        """Write again."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""

    def unread(self) -> bytes:
        """Return what the peer sent after a request to leave HTTP."""


class Site(Protocol):
    """What `http/site.py` makes, which is loaded late."""

    async def open(self) -> None:
        """Get ready to answer."""

    async def close(self) -> None:
        """Answer what was asked, and end all connections."""

    def answering(self) -> Answering:
        """Return what answers one connection."""


class Web:
    """The HTTP side of the port. `hosts`: names under which browsers may reach it.

    `handshakes`: how long a first request may take. `lingering`: how long last words may.
    """

    def __init__(
        self,
        chatroom: Chatroom,
        hosts: Sequence[str],
        handshakes: Patience,
        lingering: Patience,
    ) -> None:
        self._chatroom = chatroom
        self._hosts = hosts
        self._lingering = lingering
        self._site: Site | None = None
        self._opening: asyncio.Task[None] | None = None
        self._early: set[EarlyVisit] = set()
        self.handshakes = handshakes

    def visit(self, host: str, left: Callable[[], None]) -> asyncio.Protocol:
        """Return a protocol for one connection from `host`; `left` is called when it is gone."""
        if self._site is None:
            return EarlyVisit(self, host, left)
        return Visit(self._site.answering(), self._chatroom.limits, self.handshakes, host, left)

    def wait(self, early: EarlyVisit) -> None:
        """Have aiohttp loaded, and `early` told when it is."""
        self._early.add(early)
        if self._opening is None:
            self._opening = self._chatroom.loop.create_task(self._open())

    def gone(self, early: EarlyVisit) -> None:
        """Forget one that waits."""
        self._early.discard(early)

    async def _open(self) -> None:
        try:
            # In a thread, so that nobody waits but those who ask for it.
            module = await self._chatroom.loop.run_in_executor(
                None, import_module, "hubbub.server.http.site"
            )
            site: Site = module.Site(self._chatroom, self._hosts)
            await site.open()
        except Exception:  # whatever it is, visitors must hear of it
            logger.exception("HTTP cannot be answered")
        else:
            self._site = site
        # Nothing is awaited from here on, so no visit can begin to wait that is not looked after:
        # the next one finds the site, or has it tried anew.
        self._opening = None
        for early in list(self._early):
            early.proceed()

    def successor(self, host: str, left: Callable[[], None]) -> asyncio.Protocol:
        """Return the protocol that goes on with a connection that waited."""
        if self._site is None:
            return Farewell(_unavailable(), self._lingering, left)
        return self.visit(host, left)

    async def close(self) -> None:
        """End all visits. None may begin any more."""
        for early in list(self._early):
            early.time_is_up()
        if self._opening is not None:  # a thread that imports cannot be stopped
            await self._opening
        if self._site is not None:
            await self._site.close()


class EarlyVisit(asyncio.Protocol):
    """A connection that speaks HTTP while aiohttp is being loaded."""

    def __init__(self, web: Web, host: str, left: Callable[[], None]) -> None:
        self._web = web
        self._host = host
        self._left = left
        self._received = b""
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._web.handshakes.begin(self)
        self._web.wait(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        # Not sooner: while nothing is read, a peer that hangs up is not noticed.
        if len(self._received) >= EARLY_BYTES_MAX:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        # Once a head is complete, the peer may be waiting for the answer. The successor can tell,
        # but would not hear of the end: so it is kept, as the bytes are.
        self._ended = True
        return b"\r\n\r\n" in self._received

    def proceed(self) -> None:
        """Hand the connection to aiohttp, or say that there is none."""
        self._forget()
        if self._transport.is_closing():
            # Lost, and about to be told so. Nobody else must have it then, but `left` is called.
            return
        successor = self._web.successor(self._host, self._left)
        hand_over(self._transport, successor, self._received, ended=self._ended)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._forget()
        self._left()

    def time_is_up(self) -> None:
        """Cut the peer off: it cannot be answered in time."""
        self._transport.abort()

    def _forget(self) -> None:
        self._web.gone(self)
        self._web.handshakes.end(self)


class Visit(asyncio.Protocol):
    """A connection that aiohttp answers, until it is gone or becomes a WebSocket.

    It is cut off if its first request is not complete in time; for later ones aiohttp sees to that.
    """

    def __init__(
        self,
        answering: Answering,
        limits: Limits,
        handshakes: Patience,
        host: str,
        left: Callable[[], None],
    ) -> None:
        self._answering = answering
        self._limits = limits
        self._handshakes = handshakes
        self._left = left
        self._pace: Pace | None = None
        self._ended = False
        self._congested = False
        self.host = host

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._handshakes.begin(self)
        self._answering.connection_made(transport)

    def asked(self) -> None:
        """Be patient from now on: a request is complete, up to its body."""
        self._handshakes.end(self)

    def time_is_up(self) -> None:
        """Let the peer go: its first request did not come."""
        self._transport.close()

    async def paced(self) -> None:
        """Wait until the connection may ask for more: one that asks too fast is slowed down."""
        per_second = self._limits.messages_per_second
        if not per_second:
            return
        clock = asyncio.get_running_loop().time
        if self._pace is None:
            self._pace = Pace(per_second, self._limits.burst, clock())
        if delay := self._pace.delay(clock()):
            await asyncio.sleep(delay)
        self._pace.take()

    def become(
        self,
        successor: Callable[[Callable[[], None]], asyncio.Protocol],
        answer: bytes,
    ) -> None:
        """Send `answer` instead of aiohttp's, and give the connection to `successor`."""
        self.asked()
        answering = self._answering
        # Before the hand-over: if it fills the transport, this visit hears of it and passes it on.
        self._transport.write(answer)
        hand_over(
            self._transport,
            successor(self._left),
            answering.unread(),
            ended=self._ended,
            congested=self._congested,
        )
        # aiohttp forgets the connection and what it kept for it, and must not close it.
        answering.transport = None
        answering.connection_lost(None)

    def data_received(self, data: bytes) -> None:
        self._answering.data_received(data)

    def eof_received(self) -> bool:
        self._ended = True
        return self._answering.hear_end()

    def pause_writing(self) -> None:
        self._congested = True
        self._answering.pause_writing()

    def resume_writing(self) -> None:
        self._congested = False
        self._answering.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self.asked()
        try:
            self._answering.connection_lost(exc)
        finally:  # whatever aiohttp makes of it, the place must be free
            self._left()
