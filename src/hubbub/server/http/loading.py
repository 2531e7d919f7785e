"""HTTP on the one port: aiohttp, which is loaded for the first visitor, gets the connections.

It takes a quarter of a second to load. What comes meanwhile waits (`server/late.py`).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

import msgspec

from hubbub.chat.errors import HubbubError
from hubbub.server.http.visit import Visit
from hubbub.server.late import Late
from hubbub.server.sockets.farewell import Farewell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from hubbub.server.fairness.turns import Turn
    from hubbub.server.http.visit import Answering
    from hubbub.server.sessions.chatroom import Chatroom
    from hubbub.server.sockets.deadlines import Deadlines
    from hubbub.server.sockets.receiving import AnyProtocol
    from hubbub.server.tls.acme.challenges import Challenges
    from hubbub.server.tls.plaintext import Plaintext
    from hubbub.wire.irc.figures import Figures

_NO_HTTP = HubbubError(
    "This server cannot answer HTTP now. Its journal says why. Try again in a while.",
    code="http_unavailable",
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


class Web(Late):
    """The HTTP side of the port. `hosts`: names under which browsers may reach it.

    `proxies`: those that are believed when they say for whom they ask. `handshakes`: how long a
    first request may take. `lingering`: how long last words may. `plaintext`: who may ask without
    TLS. `challenges`: what an authority looks for here.
    """

    spoken = "HTTP"
    module = "hubbub.server.http.site"

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
        super().__init__(chatroom.loop, handshakes, lingering)
        self._chatroom = chatroom
        self._hosts = hosts
        self._proxies = proxies
        self._plaintext = plaintext
        self._challenges = challenges
        self._irc = irc
        self._site: Site | None = None

    def know(self, hosts: Sequence[str], proxies: Sequence[str]) -> None:
        """Go by these names and proxies from now on."""
        self._hosts, self._proxies = hosts, proxies
        if self._site is not None:
            self._site.know(hosts, proxies)

    async def _open(self, module: ModuleType) -> None:
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

    def _answered(self, turn: Turn, left: Callable[[], None]) -> AnyProtocol:
        assert self._site is not None, "it is there"
        if self._site.is_closed:
            return Farewell(b"", self._lingering, left)
        return Visit(
            self._site.answering(),
            self.handshakes,
            self._chatroom.unfinished_of_strangers,
            turn,
            left,
            partings=self._chatroom.partings,
        )

    def _refusal(self) -> bytes:
        """Return one like those of `http/problems.py`, which needs aiohttp."""
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

    def may_wait(self, received: bytes) -> bool:
        """Return whether a head is complete."""
        return b"\r\n\r\n" in received

    async def close(self) -> None:
        """End all visits. None may begin any more."""
        await super().close()
        if self._site is not None:
            await self._site.close()
