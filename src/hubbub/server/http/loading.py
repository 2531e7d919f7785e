"""HTTP on the one port: aiohttp, which is loaded for the first visitor, gets the connections.

aiohttp takes a quarter of a second to load, and most chatrooms never need it. A connection that
speaks HTTP before it is there is an `EarlyVisit`: it keeps what comes, within bounds, and the end
of what comes, and hands both over when aiohttp is there (visit.py). So every visit has the same
three ways to end: its requests are answered, its time is up, or the peer is gone. If aiohttp
cannot be loaded, those who wait for it are told so, and the next visitor makes us try again:
perhaps nothing was missing but a free descriptor.
"""

from __future__ import annotations

from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

import msgspec

from hubbub.chat.errors import HubbubError
from hubbub.server.http.visit import Visit
from hubbub.server.notes import logger
from hubbub.server.sockets.farewell import Farewell
from hubbub.server.sockets.handover import hand_over
from hubbub.server.sockets.receiving import STRANGER_BYTES, Receiver

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from hubbub.server.fairness.turns import Turn
    from hubbub.server.http.visit import Answering
    from hubbub.server.sessions.chatroom import Chatroom
    from hubbub.server.sockets.deadlines import Deadlines
    from hubbub.server.sockets.receiving import AnyProtocol
    from hubbub.server.tls.acme.challenges import Challenges
    from hubbub.server.tls.plaintext import Plaintext
    from hubbub.wire.irc.figures import Figures

EARLY_BYTES_MAX = 4 * STRANGER_BYTES
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


class Site(Protocol):
    """What `http/site.py` makes, which is loaded late."""

    async def open(self) -> None:
        """Get ready to answer."""

    async def close(self) -> None:
        """Answer what was asked, and end all connections."""

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is answered, because the server stops."""

    def answering(self) -> Answering:
        """Return what answers one connection."""

    def know(self, hosts: Sequence[str], proxies: Sequence[str]) -> None:
        """Go by these names and proxies from now on."""


class Web:
    """The HTTP side of the port. `hosts`: names under which browsers may reach it.

    `proxies`: those that are believed when they say for whom they ask. `handshakes`: how long a
    first request may take. `lingering`: how long last words may. `plaintext`: who may ask without
    TLS. `challenges`: what an authority looks for here.
    """

    def __init__(
        self,
        chatroom: Chatroom,
        hosts: Sequence[str],
        proxies: Sequence[str],
        handshakes: Deadlines,
        lingering: Deadlines,
        *,
        plaintext: Plaintext,
        challenges: Challenges | None,
        irc: Figures,
    ) -> None:
        self._chatroom = chatroom
        self._hosts = hosts
        self._proxies = proxies
        self._plaintext = plaintext
        self._challenges = challenges
        self._irc = irc
        self._lingering = lingering
        self._site: Site | None = None
        self._opening: asyncio.Task[None] | None = None
        self._early: set[EarlyVisit] = set()
        self.handshakes = handshakes

    def know(self, hosts: Sequence[str], proxies: Sequence[str]) -> None:
        """Go by these names and proxies from now on."""
        self._hosts, self._proxies = hosts, proxies
        if self._site is not None:
            self._site.know(hosts, proxies)

    def visit(self, turn: Turn, left: Callable[[], None]) -> AnyProtocol:
        """Return a protocol for one connection; `left` is called when it is gone."""
        if self._site is None:
            return EarlyVisit(self, turn, left)
        if self._site.is_closed:
            return Farewell(b"", self._lingering, left)
        unfinished = self._chatroom.unfinished_of_strangers
        return Visit(
            self._site.answering(),
            self.handshakes,
            unfinished,
            turn,
            left,
            partings=self._chatroom.partings,
        )

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
            site: Site = module.Site(
                self._chatroom,
                self._hosts,
                self._proxies,
                self._lingering,
                plaintext=self._plaintext,
                challenges=self._challenges,
                irc=self._irc,
            )
            await site.open()
            site.know(self._hosts, self._proxies)  # others may have come meanwhile
            self._site = site
        except (ImportError, OSError) as error:  # as when no more files can be opened
            logger.warning("HTTP cannot be answered", reason=str(error))
        except Exception:  # whatever it is, visitors must hear of it
            logger.exception("HTTP cannot be answered")
        finally:
            # Whatever comes in between, the next visitor finds the site, or has it tried anew.
            # Nothing is awaited here, so none can begin to wait that is not looked after.
            self._opening = None
            for early in list(self._early):
                early.proceed()

    def successor(self, turn: Turn, left: Callable[[], None]) -> AnyProtocol:
        """Return the protocol that goes on with a connection that waited."""
        if self._site is None:
            return Farewell(_unavailable(), self._lingering, left)
        return self.visit(turn, left)

    async def close(self) -> None:
        """End all visits. None may begin any more."""
        for early in list(self._early):
            early.time_is_up()
        if self._opening is not None:  # a thread that imports cannot be stopped
            await self._opening
        if self._site is not None:
            await self._site.close()


class EarlyVisit(Receiver):
    """A connection that speaks HTTP while aiohttp is being loaded."""

    def __init__(self, web: Web, turn: Turn, left: Callable[[], None]) -> None:
        self._web = web
        self._turn = turn
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
        successor = self._web.successor(self._turn, self._left)
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
