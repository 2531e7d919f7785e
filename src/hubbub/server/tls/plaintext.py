"""Who may speak without TLS where there is TLS, and what the others are told in their protocol."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, cast

from hubbub.chat.errors import ProtocolError, Refused
from hubbub.chat.events import Error
from hubbub.server.fairness.addresses import is_loopback
from hubbub.server.sockets.farewell import Farewell
from hubbub.server.sockets.handover import hand_over
from hubbub.server.sockets.receiving import Receiver
from hubbub.wire.framed import CLASSIC, EVENTS
from hubbub.wire.frames import FrameDecoder

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from hubbub.server.sockets.deadlines import Deadlines

TLS_NEEDED = Refused(
    "This chatroom speaks only TLS, so that nobody on the way can read along. Connect with "
    "hubbub to hubbubs://HOST:PORT, or open https://HOST:PORT/ in a browser.",
    code="tls_needed",
)

NAME_BYTES_MAX = 1024
"""The longest first frame that is read to its end; no name is as long."""


class Plaintext(Enum):
    """Who may speak without TLS."""

    ALLOWED = "allowed"
    LOOPBACK = "loopback"
    FORBIDDEN = "forbidden"

    def may(self, host: str) -> bool:
        """Return whether a peer at `host` may."""
        return self is Plaintext.ALLOWED or (self is Plaintext.LOOPBACK and is_loopback(host))


class Unprotected(Receiver):
    """A peer that speaks frames, and may not without TLS: it is told so in frames.

    Its first frame is waited for, because that says what it understands.
    """

    def __init__(self, handshakes: Deadlines, lingering: Deadlines, left: Callable[[], None]):
        self._handshakes = handshakes
        self._lingering = lingering
        self._left = left
        self._decoder = FrameDecoder(NAME_BYTES_MAX)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._handshakes.begin(self)

    def data_received(self, data: bytes) -> None:
        event = Error(code=TLS_NEEDED.code, message=str(TLS_NEEDED))
        try:
            frame = next((one for one in self._decoder.receive(data) if one.text), None)
        except ProtocolError:
            self._say(CLASSIC.encode(event))
            return
        if frame is not None:
            self._say(EVENTS.encode(event) if frame.event else CLASSIC.encode(event))

    def _say(self, words: bytes) -> None:
        self._handshakes.end(self)
        hand_over(self._transport, Farewell(words, self._lingering, self._left))

    def connection_lost(self, _exc: Exception | None) -> None:
        self._handshakes.end(self)
        self._left()

    def time_is_up(self) -> None:
        """Let the peer go: it said nothing."""
        self._transport.close()
