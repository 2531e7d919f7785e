"""What a peer said that has hung up before it was let in, without its socket.

It is short, and kept here while those go first who are there. Then it stands where a transport
would: whatever is spoken hears it in pieces, and then the end, as of a connection.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from hubbub.faults import faults
from hubbub.server.sockets.contained import contained
from hubbub.server.sockets.transport import OwnTransport

if TYPE_CHECKING:
    import socket

    from hubbub.server.sockets.receiving import AnyProtocol

WORDS_BYTES_MAX: Final = 4096
PIECE_BYTES: Final = 2048
OBJECT_BYTES: Final = 1024
"""About what it takes besides its words."""


class Bequest(OwnTransport):
    """The words of a peer at `host`. Nobody hears what is written to it."""

    __slots__ = (
        "_has_ended",
        "_is_due",
        "_sockname",
        "_words",
        "host",
    )

    def __init__(self, host: str, words: bytes, sockname: object) -> None:
        super().__init__()
        self.host = host
        self._words = words
        self._sockname = sockname
        self._has_ended = self._is_due = False

    @property
    def size(self) -> int:
        """How many bytes it takes here."""
        return len(self._words) + OBJECT_BYTES

    def begin(self, protocol: AnyProtocol) -> None:
        """Let a protocol hear the words; call it in a turn of the loop."""
        self._protocol = protocol
        protocol.connection_made(self)
        self._deliver_soon()

    def _deliver_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._deliver)

    @contained
    def _deliver(self) -> None:
        self._is_due = False
        if not self._is_reading or self._is_closing or self._has_ended:
            return
        if self._words:
            size = getattr(self._protocol, "piece_bytes", PIECE_BYTES)
            piece, self._words = self._words[:size], self._words[size:]
            self._protocol.data_received(piece)
            self._deliver_soon()
        else:
            self._has_ended = True
            if not self._protocol.eof_received():
                self.close()

    def pause_reading(self) -> None:
        """Keep the rest for now."""
        self._is_reading = False

    def resume_reading(self) -> None:
        """Go on in the next turn of the loop."""
        self._is_reading = True
        self._deliver_soon()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return the server's own address; there is no socket."""
        return self._sockname if name == "sockname" else default

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Say it to nobody."""

    def get_write_buffer_size(self) -> int:
        """Return 0."""
        return 0

    def write_eof(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Tell whoever hears it, in the next turn of the loop, that it is over."""
        if not self._is_closing:
            self._is_closing = True
            asyncio.get_running_loop().call_soon(self._lose)

    def abort(self) -> None:
        """Do the same."""
        self.close()

    def _lose(self) -> None:
        self._protocol.connection_lost(None)

    def fail_by_our_fault(self, error: Exception) -> None:
        """End it, so that others of its address are heard, for a fault in its protocol."""
        faults.note("a connection failed", error)
        self.close()


def bequest_of(host: str, sock: socket.socket) -> Bequest | None:
    """Return what a peer left that has hung up, None if that is too long; its socket is read."""
    words = b""
    with suppress(OSError):  # it was reset, and this is the end of what came
        while len(words) <= WORDS_BYTES_MAX and (more := sock.recv(WORDS_BYTES_MAX + 1)):
            words += more
    if len(words) > WORDS_BYTES_MAX:
        return None
    try:
        return Bequest(host, words, sock.getsockname())
    except OSError:
        return Bequest(host, words, None)
