"""One TCP connection: frames in and out, and plain sentences for how it ends."""

import asyncio
import contextlib
import errno
import os
import socket
import ssl
import struct
import sys
from typing import Self

from hubbub.chat.errors import ProtocolError
from hubbub.chat.text import inert_line
from hubbub.client.address import Address
from hubbub.client.dialling import CONNECT_SECONDS, Line, dial
from hubbub.client.errors import Disconnected
from hubbub.client.trust import Trust
from hubbub.wire.frames import Frame, FrameDecoder

FAREWELL_SECONDS = 2
READ_BYTES = 65_536
WORDS_BYTES = 200
"""How much is kept of what a server said last."""

PAYLOAD_BYTES_MAX = 67_108_864
"""The longest frame taken: a page of the most and longest messages fits."""

_KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPALIVE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
"""Seconds of silence until TCP asks, seconds between its questions, and how many it asks: a peer
that vanished is noticed within 30 s. macOS calls the first one TCP_KEEPALIVE."""

_AT_ONCE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)

_UNTAKEN_MILLISECONDS = 30_000
"""How long the peer may leave what we sent without taking it. It is not reached by a server that
reads slowly on purpose: see `outbox.UNACKNOWLEDGED_BYTES_MAX`."""

CLOSED = "connection closed by the server"


class Connection:
    """Frames over one TCP stream; each is handed to the system in one write."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._reader = line.reader
        self._writer = line.writer
        self._decoder = FrameDecoder(PAYLOAD_BYTES_MAX)
        self._broken: ProtocolError | None = None
        self._has_frames = False
        self._latest = b""
        # `flushed` waits until the system has taken everything.
        line.writer.transport.set_write_buffer_limits(high=0)

    @classmethod
    async def open(cls, address: Address, password: str = "", trust: Trust | None = None) -> Self:
        """Connect; raise Disconnected with the reason if that fails, Refused if nothing helps."""
        try:
            line = await dial(address, password, trust or Trust())
        except TimeoutError:
            raise Disconnected(f"no answer within {CONNECT_SECONDS} s") from None
        except (OSError, UnicodeError) as error:
            raise Disconnected(_plain(error)) from error
        _keep_alive(line.writer.get_extra_info("socket"))
        return cls(line)

    def write(self, frame: bytes) -> None:
        """Send a whole frame after everything written before; never blocks.

        On a connection that is lost it does nothing: the next read says so.
        """
        if not self._writer.is_closing():
            self._writer.write(frame)

    @property
    def unsent_bytes(self) -> int:
        """How much of what was written the system has not taken yet."""
        return self._writer.transport.get_write_buffer_size()

    async def flushed(self) -> None:
        """Wait until the system has taken all that was written; raise Disconnected."""
        try:
            await self._writer.drain()
        except OSError as error:
            raise Disconnected(_plain(error)) from error

    async def read(self) -> list[Frame]:
        """Wait for bytes and return the frames they complete; raise Disconnected at the end."""
        if self._broken is not None:
            said = self._broken if self._has_frames else self._words(len(self._latest))
            raise Disconnected(f"the server sent something that is not chat: {said}")
        try:
            chunk = await self._reader.read(READ_BYTES)
        except OSError as error:
            raise Disconnected(_plain(error)) from error
        if not chunk:
            half = self._decoder.unfinished_bytes
            raise Disconnected(f"{CLOSED}, after it sent {self._words(half)}" if half else CLOSED)
        self._latest = (self._latest + chunk)[-WORDS_BYTES:]
        frames: list[Frame] = []
        try:
            frames.extend(self._decoder.receive(chunk))
        except ProtocolError as error:
            self._broken = error  # for the next read: the frames before it are good
        self._has_frames = self._has_frames or bool(frames)
        return frames

    def _words(self, unread_bytes: int) -> str:
        """Return what the server said last, and not in a frame: it may say why it hangs up."""
        text = self._latest[-unread_bytes:].decode("utf-8", "replace")
        return repr(inert_line(text).strip())

    async def close(self) -> bool:
        """Send what is written, and close; return whether the peer has heard that we leave.

        First only our half, then all when the peer has closed its own: to close with unread bytes
        resets the connection, and could take from the server what it has not read yet. A server
        whose client is cut off also keeps the name for it.
        """
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self._writer.drain()
                if self._writer.can_write_eof():
                    self._writer.write_eof()
                while await self._reader.read(READ_BYTES):
                    pass
        except (OSError, TimeoutError):
            return False
        else:
            return True
        finally:
            self._writer.transport.abort()  # nothing is left to send, or the peer takes nothing
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    def abort(self, *, returning: bool = False) -> None:
        """Close at once; what is not sent yet is lost.

        `returning`: reset the connection. A server that is told of an end in order frees our name.
        """
        sock = self._writer.get_extra_info("socket")
        if returning and sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._writer.transport.abort()


def _keep_alive(sock: socket.socket) -> None:
    """Have TCP notice a peer that vanished: a tutorial server answers no ping."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (_KEEPALIVE | {"TCP_USER_TIMEOUT": _UNTAKEN_MILLISECONDS}).items():
        if (option := getattr(socket, name, None)) is not None:
            with contextlib.suppress(OSError):  # the platform knows its name and nothing more
                sock.setsockopt(socket.IPPROTO_TCP, option, value)


_PLAIN = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset by the server",
    errno.ECONNABORTED: "connection reset by the server",
    errno.EPIPE: CLOSED,
    errno.ETIMEDOUT: "the server has vanished from the network",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "no network",
}


def _plain(error: OSError | UnicodeError) -> str:
    if isinstance(error, ssl.SSLError):
        return "TLS failed"
    if isinstance(error, socket.gaierror | UnicodeError):
        return "the host name is unknown"
    if error.errno is None:  # asyncio tried several addresses of the host
        return "none of the host's addresses answered"
    return _PLAIN.get(error.errno) or os.strerror(error.errno)
