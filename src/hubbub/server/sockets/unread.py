"""What only the system knows of a connection: what is unread, and if its peer is gone."""

import asyncio
import socket
import struct
import sys
from contextlib import suppress
from typing import Protocol

from hubbub.tls.transport import Secured

_TCP_CLOSE, _TCP_CLOSE_WAIT = 7, 8
"""Of the states in Linux's `struct tcp_info`: both sides have hung up, and the other one has."""

if sys.platform == "linux":
    import fcntl
    import termios

    _SENDING = termios.TIOCOUTQ  # SIOCOUTQ: what TCP has not seen acknowledged
    _RECEIVED = termios.FIONREAD  # SIOCINQ: what came and was not read
    _SIZE = struct.Struct("i")

    def _queued(sock: socket.socket, request: int) -> int:
        found: int = _SIZE.unpack(fcntl.ioctl(sock, request, bytes(_SIZE.size)))[0]
        return found

    def _system_bytes(sock: socket.socket) -> int:
        return _queued(sock, _SENDING)

    def _is_read(sock: socket.socket) -> bool:
        """Whether nothing is left to be read, as far as that is known."""
        try:
            return not _queued(sock, _RECEIVED)
        except (OSError, ValueError):  # it has no descriptor any more
            return True

    def _state(sock: socket.socket) -> int:
        return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]

else:

    def _state(_sock: socket.socket) -> int:
        return 0

    def _system_bytes(_sock: socket.socket) -> int:
        return 0

    def _is_read(_sock: socket.socket) -> bool:
        return False


def unread_bytes(transport: asyncio.WriteTransport) -> int:
    """Return the bytes that wait here, and on Linux those that the peer's system has not taken."""
    waiting = transport.get_write_buffer_size()
    sock = transport.get_extra_info("socket")
    try:
        return waiting + (_system_bytes(sock) if sock is not None else 0)
    except (OSError, ValueError):  # the connection is gone, and perhaps its descriptor
        return waiting


def was_reset(transport: asyncio.BaseTransport) -> bool:
    """Whether the peer has reset the connection; False where the system cannot say."""
    return _is_in(transport.get_extra_info("socket"), _TCP_CLOSE)


def has_hung_up(transport: asyncio.BaseTransport) -> bool:
    """Whether the peer sends nothing more, read or not; False where the system cannot say."""
    return _is_in(transport.get_extra_info("socket"), _TCP_CLOSE, _TCP_CLOSE_WAIT)


class Rest(Protocol):
    """What was not read of a connection that is lost."""

    def recv(self, size: int, /) -> bytes:
        """Return the next piece of it, empty at the end; raise OSError if there is no more."""

    def close(self) -> None:
        """Forget it."""


class Below(Rest, Protocol):
    """The same of a connection without TLS, or below it."""

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Return the next piece; with MSG_PEEK it stays there."""


def rest_of(transport: asyncio.BaseTransport) -> Rest | None:
    """Return what still has what was not read of a connection that is being lost.

    None if there is nothing. What the peer sent before it hung up, or was cut off, is there until
    all descriptors of the connection are closed.
    """
    rest: Below | None = transport.get_extra_info("unread")  # a relay has the socket
    holds_text = isinstance(transport, Secured) and transport.holds_text
    if rest is None and (rest := _duplicate(transport, holds_text=holds_text)) is None:
        return None
    if holds_text or _holds_bytes(rest):
        return transport.rest(rest) if isinstance(transport, Secured) else rest
    rest.close()
    return None


def _duplicate(transport: asyncio.BaseTransport, *, holds_text: bool) -> socket.socket | None:
    sock = transport.get_extra_info("socket")
    if sock is None or (_is_read(sock) and not holds_text):
        return None  # as for most, and what follows takes several calls of the system
    try:
        duplicate = socket.fromfd(sock.fileno(), sock.family, sock.type)
    except (AttributeError, OSError):  # it has no socket, or there is no descriptor
        return None
    duplicate.setblocking(False)
    return duplicate


def _holds_bytes(sock: Below) -> bool:
    with suppress(OSError):
        return bool(sock.recv(1, socket.MSG_PEEK))
    return False


def has_left(sock: socket.socket) -> bool | None:
    """Whether a peer that hung up left something to be read; None: it did not, or who knows."""
    if not _is_in(sock, _TCP_CLOSE, _TCP_CLOSE_WAIT):
        return None
    try:
        return bool(sock.recv(1, socket.MSG_PEEK))
    except OSError:  # it was reset
        return False


def _is_in(sock: socket.socket | None, *states: int) -> bool:
    try:
        return sock is not None and _state(sock) in states
    except OSError:  # the connection is gone
        return True
