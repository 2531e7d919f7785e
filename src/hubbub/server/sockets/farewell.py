"""The last words to a peer that nobody talks to, and a moment to read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from hubbub.server.sockets.receiving import RECEIVE_BYTES, Receiver

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from hubbub.server.sockets.deadlines import Deadlines

DISCARDED_BYTES_MAX = 1_048_576
"""What is read from a peer that goes on talking; to read costs, too."""

LINGER_SECONDS = 3
"""How long a peer may take to read the last words and hang up, before it is cut off."""


class Farewell(Receiver):
    """Says `words`, ends the sending half, and passes over what comes until the peer hangs up.

    Closing at once with bytes unread would reset the connection, and the peer might lose the words.
    `lingering` sees to it that the moment is short; `left` is called when the connection is gone.
    """

    __slots__ = ("_discarded_bytes", "_left", "_lingering", "_transport", "_words")

    def __init__(self, words: bytes, lingering: Deadlines, left: Callable[[], None]) -> None:
        self._words = words
        self._lingering = lingering
        self._left = left
        self._discarded_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._lingering.begin(self)
        self._transport.write(self._words)
        if not self._transport.can_write_eof():  # inside TLS there is no half of a connection
            self._transport.close()
            return
        try:
            self._transport.write_eof()
        except OSError:  # the peer has just reset the connection
            self._transport.abort()

    @property
    def piece_bytes(self) -> int:
        """How much is read at a time: nothing is done with it."""
        return RECEIVE_BYTES

    def buffer_updated(self, nbytes: int) -> None:
        """Pass over what the loop has put there: to make bytes of it would take longest."""
        self._discard(nbytes)

    def data_received(self, data: bytes) -> None:
        self._discard(len(data))

    def _discard(self, size: int) -> None:
        self._discarded_bytes += size
        if self._discarded_bytes > DISCARDED_BYTES_MAX:
            self._transport.pause_reading()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._lingering.end(self)
        self._left()

    def time_is_up(self) -> None:
        """Cut the peer off."""
        self._transport.abort()
