"""The one port for everyone: the sockets that listen, and what they accept.

An accepted connection gets its place and its socket options here, and is then the doorkeeper's.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import structlog

from hubbub.chat.errors import ConfigError
from hubbub.chat.text import whole_number
from hubbub.server.control.reloading import Part, keys_of
from hubbub.server.door import Door
from hubbub.server.doorkeeper import Doorkeeper, Speech, Stranger
from hubbub.server.fairness.addresses import is_loopback
from hubbub.server.http.loading import Web
from hubbub.server.irc import IrcFigures
from hubbub.server.sessions.connection import Connection
from hubbub.server.sockets.deadlines import Deadlines
from hubbub.server.sockets.farewell import LINGER_SECONDS, Farewell
from hubbub.server.sockets.keepalive import Keepalive
from hubbub.server.sockets.places import Places
from hubbub.server.tls.handshaking import Handshaking
from hubbub.server.tls.plaintext import TLS_NEEDED, Plaintext, Unprotected
from hubbub.server.tls.proving import ProvingSide
from hubbub.wire.framed import FramedDialect
from hubbub.wire.irc.dialect import IrcDialect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hubbub.server.config import Config
    from hubbub.server.fairness.turns import Turn
    from hubbub.server.sessions.chatroom import Chatroom
    from hubbub.server.sockets.receiving import AnyProtocol
    from hubbub.server.tls.certificates import Certificates

ACCEPTS_AT_ONCE = 64
"""In one of the loop's turns; the others wait in the system's queue."""

FULL_SECONDS = 0.01
"""After so long the door is looked at again that was full."""

BACKLOG_CONNECTIONS = 4096
EXHAUSTED_SECONDS = 1.0
SWEEP_SECONDS = 1.0
LOOKS_AT_ONCE = 500
"""Connections looked at in one of the loop's turns; each takes some microseconds."""

DISCARDED_BYTES = 65_536
PORT_MAX = 65_535

_NO_FAMILY = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}
UNKNOWN = (
    b"This is a hubbub chatroom. It speaks frames (a 10-byte header with the payload's length, "
    b"then the payload), HTTP and IRC; what you sent is none of these.\n"
)
TOO_MANY = b"This chatroom has as many connections as it allows. Try again later.\n"

logger = structlog.get_logger()


class Listener:
    """The listening sockets, and how long what they accept may stay without being heard of.

    `hosts`: names under which browsers may reach them. `proxies`: those on other machines which are
    believed when they say for whom they ask. `certificates`: None if there is no TLS; `plaintext`:
    who need not use it.
    """

    def __init__(
        self,
        chatroom: Chatroom,
        hosts: Sequence[str] = (),
        proxies: Sequence[str] = (),
        certificates: Certificates | None = None,
        plaintext: Plaintext = Plaintext.ALLOWED,
    ) -> None:
        limits, clock = chatroom.limits, chatroom.loop.time
        self._chatroom = chatroom
        self._loop = chatroom.loop
        self._sockets: list[socket.socket] = []
        self._is_exhausted = False
        self.irc = IrcFigures(chatroom, certificates)
        self._places = Places(limits)
        self._keepalive = Keepalive(limits.keepalive_seconds)
        self._handshakes = Deadlines(limits.handshake_seconds, clock)
        self._lingering = Deadlines(LINGER_SECONDS, clock)
        self._certificates, self._plaintext = certificates, plaintext
        self._web = Web(
            chatroom,
            hosts,
            proxies,
            self._handshakes,
            self._lingering,
            plaintext=plaintext,
            challenges=None if certificates is None else certificates.challenges,
            irc=self.irc,
        )
        unknown = self._say_what_is_spoken
        known = {
            Speech.FRAMES: self._framed,
            Speech.HTTP: self._web.visit,
            Speech.IRC: self._irc,
        }
        others = {Speech.TLS: unknown, Speech.PROOF: unknown, Speech.UNKNOWN: unknown}
        self._doorkeeper = Doorkeeper(
            {
                **known,
                **others,
                Speech.FRAMES: self._framed_plainly,
                Speech.IRC: self._irc_plainly,
                Speech.TLS: unknown if certificates is None else self._begin_tls,
            },
            self._handshakes,
            chatroom.partings,
        )
        self._inside = Doorkeeper(
            {**known, **others, Speech.PROOF: self._have_proven},
            self._handshakes,
            chatroom.partings,
        )
        self._behind_proof = Doorkeeper({**known, **others}, self._handshakes, chatroom.partings)
        self._door = Door(
            chatroom.turns,
            self._doorkeeper,
            self._keepalive,
            chatroom.loop,
            limits.connections_max,
        )

    def part(self) -> Part:
        """Return what of the configuration it can take in while it listens."""

        def prepare(config: Config) -> Callable[[], None]:
            server = config.server
            return lambda: self._web.know(server.hosts, server.trusted_proxies)

        return Part(keys_of("server", ("hosts", "trusted_proxies")), prepare)

    def _framed(self, turn: Turn, left: Callable[[], None]) -> Connection:
        dialect = FramedDialect(self._chatroom.limits.frame_bytes_max)
        return Connection(self._chatroom, dialect, turn, left)

    def _framed_plainly(self, turn: Turn, left: Callable[[], None]) -> AnyProtocol:
        if self._plaintext.may(turn.peer):
            return self._framed(turn, left)
        return Unprotected(self._handshakes, self._lingering, left)

    def _irc(self, turn: Turn, left: Callable[[], None]) -> Connection:
        dialect = IrcDialect(self.irc, self._chatroom.clock.milliseconds)
        return Connection(self._chatroom, dialect, turn, left)

    def _irc_plainly(self, turn: Turn, left: Callable[[], None]) -> AnyProtocol:
        if self._plaintext.may(turn.peer):
            return self._irc(turn, left)
        return Farewell(b"ERROR :%b\r\n" % str(TLS_NEEDED).encode(), self._lingering, left)

    def _begin_tls(self, turn: Turn, left: Callable[[], None]) -> Handshaking:
        assert self._certificates is not None, "else TLS is not spoken"
        inside = partial(_stranger, self._inside)
        return Handshaking(
            self._certificates,
            inside,
            self._handshakes,
            turn,
            left,
            counts=self._chatroom.tls_counts,
            partings=self._chatroom.partings,
        )

    def _have_proven(self, turn: Turn, left: Callable[[], None]) -> ProvingSide:
        inside = partial(_stranger, self._behind_proof)
        return ProvingSide(
            self._chatroom,
            inside,
            turn,
            left,
            deadlines=self._handshakes,
            lingering=self._lingering,
        )

    def _say_what_is_spoken(self, turn: Turn, left: Callable[[], None]) -> Farewell:
        turn.turned_away("unknown_protocol")
        return Farewell(UNKNOWN, self._lingering, left)

    @property
    def address(self) -> str:
        """The first address listened on, as `host:port`."""
        host, port = self._sockets[0].getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def open(self, listen: str, passed: Sequence[socket.socket] = ()) -> None:
        """Listen on `host:port`, without a host on every network; raise ConfigError if it fails.

        `passed`: the sockets on which somebody listens for us, instead.
        """
        self._sockets += passed
        if not passed:
            await self._bind(listen)
        for sock in self._sockets:
            self._loop.add_reader(sock, self._accept, sock)

    async def _bind(self, listen: str) -> None:
        host, port = _split(listen)
        try:
            found = await self._loop.getaddrinfo(
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
        except UnicodeError:
            raise ConfigError(
                f"Cannot listen on {listen[:100]!r}: no host can have this name.",
                code="bad_address",
            ) from None
        except OSError as error:
            await self.close()
            raise ConfigError(_why_not(listen, error), code="cannot_listen") from None

    async def close(self) -> None:
        """Accept no more, and let go of those that nobody answers yet."""
        for sock in self._sockets:
            self._loop.remove_reader(sock)
            sock.close()
        await self._door.close()
        for doorkeeper in (self._doorkeeper, self._inside, self._behind_proof):
            doorkeeper.close()
        await self._web.close()

    async def cut(self) -> None:
        """Cut all connections that are left, and return when they are gone.

        A peer that does not read its last words would otherwise keep the event loop from closing.
        """
        for place in self._places:
            if place.transport is not None:
                place.transport.abort()
        await self._places.emptied()

    async def sweep(self) -> None:
        """End, for ever, what is silent for too long, and what has vanished without a word."""
        looked_at = self._loop.time()
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self._handshakes.sweep()
            self._lingering.sweep()
            self._door.tell()
            if self._loop.time() - looked_at >= self._keepalive.interval_seconds:
                await self._cut_off_vanished()
                looked_at = self._loop.time()

    async def _cut_off_vanished(self) -> None:
        for number, place in enumerate(self._places, 1):
            if number % LOOKS_AT_ONCE == 0:
                await asyncio.sleep(0)
            # In the turns between looks, a place may have become free: it has no transport then.
            # It may also be kept for a while after its connection is gone.
            transport = place.transport
            if transport is None or transport.is_closing():
                continue
            if self._keepalive.vanished(place.sock):
                transport.abort()

    # Who comes.

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(ACCEPTS_AT_ONCE):
            if self._door.is_full:
                self._rest(listening, FULL_SECONDS)
                return
            try:
                sock, peer = listening.accept()
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionError:  # it hung up before it was accepted
                continue
            except OSError as error:
                # Out of descriptors, most likely. The peers stay in the system's queue, and are
                # accepted when there are some again; until then, asking would be a busy loop.
                if not self._is_exhausted:
                    logger.warning("cannot accept", reason=error.strerror)
                self._is_exhausted = True
                self._rest(listening, EXHAUSTED_SECONDS)
                return
            self._is_exhausted = False
            sock.setblocking(False)
            if (place := self._places.take(peer[0], sock)) is None:
                self._chatroom.turns.unwelcome.note("too_many_connections", peer[0])
                _say_and_close(sock, TOO_MANY)
                continue
            self._door.knock(place)

    def _rest(self, listening: socket.socket, seconds: float) -> None:
        """Accept no more for a while, and do not even be told that somebody is there."""
        self._loop.remove_reader(listening)
        self._loop.call_later(seconds, self._accept_again, listening)

    def _accept_again(self, listening: socket.socket) -> None:
        if listening.fileno() != -1:
            self._loop.add_reader(listening, self._accept, listening)


def _stranger(doorkeeper: Doorkeeper, turn: Turn, left: Callable[[], None]) -> Stranger:
    """Have a connection begin anew, inside what has been agreed upon so far."""
    return doorkeeper.stranger(turn, left, may_be_silent=is_loopback(turn.peer))


def _split(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    number = whole_number(port, PORT_MAX)
    if not colon or number is None:
        raise ConfigError(
            f"Cannot listen on '{listen}': give HOST:PORT, such as 127.0.0.1:1234.",
            code="bad_address",
        )
    return host.strip("[]"), number


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
