"""One side of a TLS connection, without a socket: bytes of the network in, bytes for it out."""

from __future__ import annotations

import ssl
from contextlib import suppress
from enum import Enum, auto
from typing import TYPE_CHECKING

HEADER_BYTES = 5
"""Of a record: its kind, a version, and in the last two the bytes that follow (RFC 8446, 5.1)."""

WRITE_BYTES = 65_536


RECORD_BYTES_MAX = 16_384 + 256
"""What may follow the head of a record, in either version of TLS."""


def may_begin(received: bytes) -> bool:
    """Return whether the first record is whole, or can never be: then TLS has something to say."""
    length = int.from_bytes(received[3:HEADER_BYTES])
    is_headed = len(received) >= HEADER_BYTES
    return is_headed and (length > RECORD_BYTES_MAX or len(received) >= HEADER_BYTES + length)


class Read(Enum):
    """What there is instead of text."""

    NOTHING = auto()
    """Not before more has come of the network."""

    END = auto()
    """The peer says nothing more."""


class Records:
    """Counts the records of a stream, by their heads, which are not encrypted."""

    __slots__ = ("_head", "_skips")

    def __init__(self) -> None:
        self._head = b""
        self._skips = 0

    def begun_in(self, data: bytes) -> int:
        """Return how many records have their head, or the end of it, in the next piece."""
        begun = at = 0
        while True:
            if self._skips >= len(data) - at:
                self._skips -= len(data) - at
                return begun
            at += self._skips
            self._skips = 0
            missing = HEADER_BYTES - len(self._head)
            self._head += data[at : at + missing]
            at = min(len(data), at + missing)
            if len(self._head) == HEADER_BYTES:
                begun += 1
                self._skips = int.from_bytes(self._head[-2:])
                self._head = b""


if TYPE_CHECKING:
    from hubbub.tls.asking import AskingContext

    AnyContext = ssl.SSLContext | AskingContext


class Engine:
    """Raises ssl.SSLError where the peer does not keep to TLS; `unsent` then says so to it."""

    __slots__ = ("_ended", "_incoming", "_kept", "_outgoing", "_records", "ssl_object")

    def __init__(
        self, context: AnyContext, *, server_side: bool, hostname: str | None = None
    ) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._records = Records()
        self._ended = False
        self._kept = b""
        self.ssl_object = context.wrap_bio(
            self._incoming, self._outgoing, server_side=server_side, server_hostname=hostname
        )

    def feed(self, data: bytes) -> int:
        """Take in what came of the network; return how many records began with it."""
        self._incoming.write(data)
        return self._records.begun_in(data)

    def feed_end(self) -> None:
        """Take in that nothing more comes of the network."""
        # OpenSSL is not told: it would take this for an attack if the peer has not said so in TLS,
        # as many do not. What is spoken inside says by itself where it ends, so nobody takes a half
        # for a whole; and our answers are still wanted.
        self._ended = True

    def unsent(self) -> bytes:
        """Take what is to be sent over the network."""
        return self._outgoing.read() if self._outgoing.pending else b""

    def shake(self) -> bool:
        """Go on with the handshake; return whether it is done."""
        try:
            self.ssl_object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def read(self, size: int) -> bytes | Read:
        """Return text that the peer has sent, at most so many bytes of it."""
        if self._kept:
            text, self._kept = self._kept[:size], self._kept[size:]
            return text
        return self._read(size)

    def _read(self, size: int) -> bytes | Read:
        try:
            return self.ssl_object.read(size) or Read.END
        except ssl.SSLWantReadError:
            return Read.END if self._ended else Read.NOTHING
        except ssl.SSLZeroReturnError:
            return Read.END

    def peer_certificate(self) -> bytes:
        """Return what the peer showed in the handshake, in DER; nothing if it showed none."""
        return self.ssl_object.getpeercert(binary_form=True) or b""

    @property
    def holds_text(self) -> bool:
        """Whether there is something to read without more of the network, as it seems."""
        return bool(self._kept or self.ssl_object.pending() or self._incoming.pending)

    def write(self, text: bytes | bytearray | memoryview) -> None:
        """Encrypt text for the peer."""
        with memoryview(text) as rest:
            done = 0
            while done < len(rest):
                done += self.ssl_object.write(rest[done : done + WRITE_BYTES])

    def finish(self) -> None:
        """Tell the peer that nothing more comes. It may go on, and be read."""
        # What waits comes first: OpenSSL looks for the peer's own end, and if it finds text in its
        # place, it takes that for an attack and reads nothing any more.
        with suppress(ssl.SSLError):  # whoever reads next is told
            while isinstance(text := self._read(WRITE_BYTES), bytes):
                self._kept += text
        with suppress(ssl.SSLError):  # it has not said the same yet, or says something else before
            self.ssl_object.unwrap()
