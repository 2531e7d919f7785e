"""One side of a TLS connection, without a socket: bytes of the network in, bytes for it out."""

from __future__ import annotations

import ssl
from contextlib import suppress
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

HEADER_BYTES = 5
"""Of a record: its kind, a version, and in the last two the bytes that follow (RFC 8446, 5.1)."""

SEALED = 23
"""The kind of a record that holds text, or in TLS 1.3 anything, such as the end of a handshake."""

VERSION_MAJOR = 3
"""The second byte of a record, in all versions of TLS."""

WRITE_BYTES = 65_536

RECORD_BYTES_MAX = 16_384 + 2_048
"""What may follow the head of a record in TLS 1.2 (RFC 5246, 6.2.3); in TLS 1.3 it is less."""

IDLE_RECORDS_MAX: Final = 16
"""Records that may come without any text. TLS itself has little to say once it has begun, and each
word of it, such as that there are new keys, costs more than it looks."""

IDLE: Final = "the peer sends TLS without any text in it"

FORGIVEN: Final = 1 + 1 / 256
"""What a text takes off that count: its own record, and after many of them one without text."""


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
    """Cuts a stream into its records, by their heads, which are not encrypted."""

    __slots__ = ("_at", "_received")

    def __init__(self) -> None:
        self._received = b""
        self._at = 0

    def add(self, data: bytes) -> None:
        """Take in what came of the network."""
        self._received, self._at = self._received[self._at :] + data, 0

    def next(self) -> bytes:
        """Return the next record, nothing if it is not whole; all there is of what is none."""
        received, at = self._received, self._at
        head = received[at : at + HEADER_BYTES]
        if len(head) < HEADER_BYTES:
            return b""
        length = int.from_bytes(head[3:])
        if head[1] == VERSION_MAJOR and length <= RECORD_BYTES_MAX:
            end = at + HEADER_BYTES + length
            if end > len(received):
                return b""
        else:
            end = len(received)  # TLS has something to say to it
        if end == len(received):
            self._received, self._at = b"", 0
        else:
            self._at = end
        return received[at:end]

    @property
    def kind(self) -> int:
        """The first byte of what comes next; 0 if that is nothing."""
        return self._received[self._at] if self._received else 0

    def __bool__(self) -> bool:
        return bool(self._received)


if TYPE_CHECKING:
    from hubbub.tls.asking import AskingContext

    AnyContext = ssl.SSLContext | AskingContext


class Engine:
    """Raises ssl.SSLError where the peer does not keep to TLS; `unsent` then says so to it.

    OpenSSL gets one record at a time. So whoever reads decides after each one whether to go on, and
    a record that brings no text is counted before the next one is looked at.
    """

    __slots__ = (
        "_begun",
        "_ended",
        "_error",
        "_idle_records",
        "_incoming",
        "_is_textless",
        "_kept",
        "_outgoing",
        "_records",
        "ssl_object",
    )

    def __init__(
        self, context: AnyContext, *, server_side: bool, hostname: str | None = None
    ) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._records = Records()
        self._begun = 0
        self._ended = False  # and nothing more is to be waited for
        self._error: ssl.SSLError | None = None  # that whoever reads next is to be told
        self._idle_records = 0.0
        self._is_textless = False  # whether the last record has brought no text so far
        self._kept = b""
        self.ssl_object = context.wrap_bio(
            self._incoming, self._outgoing, server_side=server_side, server_hostname=hostname
        )

    def feed(self, data: bytes) -> None:
        """Take in what came of the network."""
        self._records.add(data)

    def feed_end(self) -> None:
        """Take in that nothing more comes of the network."""
        # OpenSSL is not told: it would take this for an attack if the peer has not said so in TLS,
        # as many do not. What is spoken inside says by itself where it ends, so nobody takes a half
        # for a whole; and our answers are still wanted.
        self._ended = True

    def begun(self) -> int:
        """Return how many records OpenSSL was given since this was last asked."""
        begun, self._begun = self._begun, 0
        return begun

    def unsent(self) -> bytes:
        """Take what is to be sent over the network."""
        return self._outgoing.read() if self._outgoing.pending else b""

    def shake(self) -> bool:
        """Go on with the handshake; return whether it is done."""
        while True:
            try:
                self.ssl_object.do_handshake()
            except ssl.SSLWantReadError:
                if not self._take_handshake():
                    return False
            else:
                return True

    def _take_handshake(self) -> bool:
        """Give OpenSSL the next records, but no text behind the end of the handshake."""
        record = self._next_record()
        is_new = bool(record)
        while record and record[0] != SEALED != self._records.kind:
            record = self._next_record()
        return is_new

    def _next_record(self) -> bytes:
        if record := self._records.next():
            self._incoming.write(record)
            self._begun += 1
        return record

    def read(self, size: int) -> bytes | Read:
        """Return text that the peer has sent, at most so many bytes of it."""
        if self._kept:
            text, self._kept = self._kept[:size], self._kept[size:]
            return text
        if self._error is not None:
            raise self._error
        return self._read(size)

    def _read(self, size: int) -> bytes | Read:
        while self.ssl_object.pending() or self._incoming.pending or self._take_up():
            try:
                text = self.ssl_object.read(size)
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLZeroReturnError:
                text = b""
            if not text:
                self._ended = True
                break
            if self._is_textless:
                self._is_textless = False
                self._idle_records = max(0.0, self._idle_records - FORGIVEN)
            return text
        return Read.END if self._ended else Read.NOTHING

    def _take_up(self) -> bool:
        """Give OpenSSL the next record, if it is whole."""
        if self._idle_records > IDLE_RECORDS_MAX:
            error = ssl.SSLError(ssl.SSL_ERROR_SSL, IDLE)
            error.reason = IDLE
            raise error
        if not self._next_record():
            return False
        self._idle_records += 1
        self._is_textless = True
        return True

    def peer_certificate(self) -> bytes:
        """Return what the peer showed in the handshake, in DER; nothing if it showed none."""
        return self.ssl_object.getpeercert(binary_form=True) or b""

    @property
    def holds_text(self) -> bool:
        """Whether there is something to read without more of the network, as it seems."""
        return bool(self._kept or self.ssl_object.pending() or self._records)

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
        try:
            while isinstance(text := self._read(WRITE_BYTES), bytes):
                self._kept += text
        except ssl.SSLError as error:
            self._error = error
        with suppress(ssl.SSLError):  # it has not said the same yet, or says something else before
            self.ssl_object.unwrap()
