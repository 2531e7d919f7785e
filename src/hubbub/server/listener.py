"""One port for everyone: accepts, peeks at the first bytes, and picks who answers.

Peeking leaves the bytes in the socket, so whoever is picked reads them as if it had accepted.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import structlog

from hubbub.chat.errors import ConfigError
from hubbub.server.framed import FramedLine
from hubbub.server.http.visits import Web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from hubbub.server.chatroom import Chatroom

ACCEPTS_AT_ONCE = 128
BACKLOG_CONNECTIONS = 4096
EXHAUSTED_SECONDS = 1.0
SWEEP_SECONDS = 1.0
DISCARDED_BYTES = 65_536
PORT_MAX = 65_535
PARTIAL_SECONDS = 0.05
"""Until a look at a first word that has not come whole; the bytes peeked at stay readable."""

FRAME_STARTS = b"0123456789 +-"  # minus, so that the refusal of it is framed
HTTP_METHODS = (b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ", b"OPTIONS ", b"PATCH ")
PEEK_BYTES = max(map(len, HTTP_METHODS))
_NO_FAMILY = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}
UNKNOWN = (
    b"This is a hubbub chatroom. It speaks frames (a 10-byte header with the payload's length, "
    b"then the payload) and HTTP; what you sent is neither.\n"
)
TOO_MANY = b"This chatroom has as many connections as it allows. Try again later.\n"

logger = structlog.get_logger()


class Guest(NamedTuple):
    """A connection that has said nothing yet."""

    sock: socket.socket
    host: str
    deadline: float


class Listener:
    """The listening sockets and the connections that nobody answers yet.

    `hosts`: names under which browsers may reach them.
    """

    def __init__(self, chatroom: Chatroom, hosts: Sequence[str] = ()) -> None:
        self._chatroom = chatroom
        self._sockets: list[socket.socket] = []
        self._guests: dict[int, Guest] = {}
        self._handovers: set[asyncio.Task[None]] = set()
        self._per_host: dict[str, int] = {}
        self._connections = 0
        self._web = Web(chatroom, hosts)

    @property
    def address(self) -> str:
        """The first address listened on, as `host:port`."""
        host, port = self._sockets[0].getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def open(self, listen: str) -> None:
        """Listen on `host:port`, without a host on every network; raise ConfigError if it fails."""
        host, port = _split(listen)
        try:
            found = await self._chatroom.loop.getaddrinfo(
                host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
            for family, _, _, _, sockaddr in dict.fromkeys(found):
                try:
                    self._sockets.append(_listening(family, sockaddr))
                except OSError as error:
                    # A machine may know IPv6 by name alone.
                    if host or not self._sockets or error.errno not in _NO_FAMILY:
                        raise
                if port == 0:  # the first address chose a port; the others might choose another
                    break
        except OSError as error:
            await self.close()
            raise ConfigError(_why_not(listen, error), code="cannot_listen") from None
        for sock in self._sockets:
            self._chatroom.loop.add_reader(sock, self._accept, sock)

    async def close(self) -> None:
        """Accept no more, and let go of those that nobody answers yet."""
        for sock in self._sockets:
            self._chatroom.loop.remove_reader(sock)
            sock.close()
        for guest in list(self._guests.values()):
            self._dismiss(guest)
        await self._web.close()

    async def sweep(self) -> None:
        """Dismiss, for ever, those that say nothing for too long."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = self._chatroom.loop.time()
            for guest in list(self._guests.values()):
                if guest.deadline > now:
                    break
                self._dismiss(guest)

    # From a knock to somebody who answers.

    def _accept(self, listening: socket.socket) -> None:
        chatroom = self._chatroom
        for _ in range(ACCEPTS_AT_ONCE):
            try:
                sock, peer = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                # Out of descriptors, most likely: those that wait are accepted when some are free.
                logger.warning("cannot accept", reason=error.strerror)
                chatroom.loop.remove_reader(listening)
                chatroom.loop.call_later(EXHAUSTED_SECONDS, self._accept_again, listening)
                return
            sock.setblocking(False)
            host = peer[0]
            if not self._admit(host):
                _say_and_close(sock, TOO_MANY)
                continue
            guest = Guest(sock, host, chatroom.loop.time() + chatroom.limits.handshake_seconds)
            self._guests[sock.fileno()] = guest
            self._look(guest)

    def _accept_again(self, listening: socket.socket) -> None:
        if listening.fileno() != -1:
            self._chatroom.loop.add_reader(listening, self._accept, listening)

    def _look(self, guest: Guest) -> None:
        """Peek; wait for bytes, or for more of them, or hand the connection to who answers it."""
        loop, sock = self._chatroom.loop, guest.sock
        if sock.fileno() == -1:
            return
        try:
            start = sock.recv(PEEK_BYTES, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            loop.add_reader(sock, self._look, guest)
            return
        except OSError:
            start = b""
        loop.remove_reader(sock)
        if not start:
            self._dismiss(guest)
        elif start[:1] in FRAME_STARTS:
            self._hand_over(guest, self._frames(guest))
        elif start.startswith(HTTP_METHODS):
            self._hand_over(guest, self._web.visit(guest.host, partial(self.release, guest.host)))
        elif any(method.startswith(start) for method in HTTP_METHODS):
            loop.call_later(PARTIAL_SECONDS, self._look, guest)
        else:
            self._dismiss(guest, UNKNOWN)

    async def _frames(self, guest: Guest) -> asyncio.Protocol:
        return FramedLine(self._chatroom, guest.host, partial(self.release, guest.host))

    def _hand_over(self, guest: Guest, answering: Awaitable[asyncio.Protocol]) -> None:
        del self._guests[guest.sock.fileno()]
        task = self._chatroom.loop.create_task(self._connect(guest, answering))
        self._handovers.add(task)
        task.add_done_callback(self._handovers.discard)

    async def _connect(self, guest: Guest, answering: Awaitable[asyncio.Protocol]) -> None:
        sock, limits = guest.sock, self._chatroom.limits
        try:
            protocol = await answering
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if hasattr(socket, "TCP_KEEPIDLE"):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, limits.keepalive_seconds)
            await self._chatroom.loop.connect_accepted_socket(lambda: protocol, sock)
        except OSError:  # it was gone before it was answered
            sock.close()
            self.release(guest.host)

    def _dismiss(self, guest: Guest, sentence: bytes = b"") -> None:
        del self._guests[guest.sock.fileno()]
        self._chatroom.loop.remove_reader(guest.sock)
        self.release(guest.host)
        _say_and_close(guest.sock, sentence)

    # How many there may be.

    def _admit(self, host: str) -> bool:
        limits, here = self._chatroom.limits, self._per_host.get(host, 0)
        if self._connections >= limits.connections_max:
            return False
        if not _is_loopback(host):
            if 0 < limits.connections_per_address_max <= here:
                return False
            self._per_host[host] = here + 1
        self._connections += 1
        return True

    def release(self, host: str) -> None:
        """Take note that a connection from `host` is gone."""
        self._connections -= 1
        if host in self._per_host:
            self._per_host[host] -= 1
            if not self._per_host[host]:
                del self._per_host[host]


def _is_loopback(host: str) -> bool:
    return host.startswith(("127.", "::ffff:127.")) or host == "::1"


def _split(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not (colon and port.isascii() and port.isdigit() and int(port) <= PORT_MAX):
        raise ConfigError(
            f"Cannot listen on '{listen}': give HOST:PORT, such as 127.0.0.1:1234.",
            code="bad_address",
        )
    return host.strip("[]"), int(port)


def _listening(family: int, sockaddr: tuple[object, ...]) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere this would let two servers share the port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setblocking(False)
        sock.bind(sockaddr)
        sock.listen(BACKLOG_CONNECTIONS)
    except BaseException:
        sock.close()
        raise
    return sock


def _why_not(listen: str, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Cannot listen on {listen}: another program uses that port, perhaps another hubbub. "
            "Stop it, or choose another port with --listen HOST:PORT."
        )
    if error.errno == errno.EACCES:
        return f"Cannot listen on {listen}: ports below 1024 need more rights. Choose a higher one."
    return f"Cannot listen on {listen}: {error.strerror}. Choose an address of this machine."


def _say_and_close(sock: socket.socket, sentence: bytes) -> None:
    with suppress(OSError):
        sock.send(sentence)
        # Closing with bytes unread would reset the connection, and the sentence might be lost.
        sock.shutdown(socket.SHUT_WR)
        sock.recv(DISCARDED_BYTES)
    sock.close()
