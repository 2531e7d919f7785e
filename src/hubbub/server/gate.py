"""The gate: the sockets that listen, and the place that each connection takes which they accept.

An accepted connection gets its place and its socket options here, and goes on to the door.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from hubbub.chat.errors import ConfigError
from hubbub.chat.text import whole_number
from hubbub.server.door import Door
from hubbub.server.notes import logger
from hubbub.server.sockets.channel import Channel
from hubbub.server.sockets.keepalive import Keepalive
from hubbub.server.sockets.places import Places
from hubbub.server.sockets.streams import streams_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hubbub.chat.limits import Limits
    from hubbub.server.door import Welcoming
    from hubbub.server.fairness.turns import Turns

ACCEPTS_AT_ONCE = 16
"""In one of the loop's turns: up to a millisecond, if all have said something and hung up. The
others wait in the system's queue."""

FULL_SECONDS = 0.01
"""After so long the door is looked at again that was full."""

BACKLOG_CONNECTIONS = 4096
EXHAUSTED_SECONDS = 1.0
LOOKS_AT_ONCE = 500
"""Connections looked at in one of the loop's turns; each takes some microseconds."""

ENDING_SECONDS = 2.0
DISCARDED_BYTES = 65_536
PORT_MAX = 65_535

_NO_FAMILY = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}
TOO_MANY = b"This chatroom has as many connections as it allows. Try again later.\n"

Address = tuple[int, tuple[str, int]]
"""A family of addresses, and one of these."""


class Gate:
    """The sockets that listen, and all connections. `welcoming` answers whoever is let in."""

    def __init__(self, limits: Limits, turns: Turns, welcoming: Welcoming) -> None:
        self._loop = asyncio.get_running_loop()
        self._turns = turns
        self._sockets: list[socket.socket] = []
        self._is_exhausted = False
        self._places = Places(limits)
        self._keepalive = Keepalive(limits.keepalive_seconds)
        self._looked_at = self._loop.time()
        self._streams = streams_of(self._loop)
        self._door = Door(
            turns,
            welcoming,
            self._keepalive,
            self._loop,
            limits.connections_max,
            streams=self._streams,
        )

    @property
    def address(self) -> str:
        """The first address listened on, as `host:port`."""
        host, port = self._sockets[0].getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    @property
    def connections(self) -> int:
        """How many there are, whoever lets them in."""
        return len(self._places)

    async def open(self, listen: str, passed: Sequence[socket.socket] = ()) -> None:
        """Listen on `host:port` (see `listening_on`), or on sockets that are `passed` to us."""
        self._listen_on(passed or await listening_on(listen))

    async def reserve(self, listen: str) -> list[Address]:
        """Keep `host:port` for processes that `share` what is returned; raises ConfigError."""
        reserved: list[Address] = []
        for sock in await _listening_soon(listen):
            family, name = sock.family, sock.getsockname()
            # Nobody else has it: now it can be shared. One that does not listen gets nothing.
            sock.close()
            self._sockets.append(_bound_to(family, name, shared=True))
            reserved.append((family, name[:2]))
        return reserved

    def share(self, addresses: Iterable[Address]) -> None:
        """Listen on these beside other processes; the system divides up who comes."""
        sockets = [_bound_to(*address, shared=True) for address in addresses]
        for sock in sockets:
            sock.listen(BACKLOG_CONNECTIONS)
        self._listen_on(sockets)

    def _listen_on(self, sockets: Sequence[socket.socket]) -> None:
        self._sockets += sockets
        for sock in sockets:
            self._loop.add_reader(sock, self._accept, sock)

    async def close(self) -> None:
        """Accept no more, and let go of those that are not let in yet."""
        self.accept_no_more()
        await self._door.close()

    def accept_no_more(self) -> None:
        """Let go of the sockets that listen."""
        sockets, self._sockets = self._sockets, []
        for sock in sockets:
            self._loop.remove_reader(sock)
            sock.close()

    async def cut(self) -> None:
        """Cut all connections that are left, and return when they are gone.

        A peer that does not read its last words would otherwise keep the event loop from closing.
        """
        for place in self._places:
            if place.transport is not None:
                place.transport.abort()
        await self._places.emptied()
        if self._streams is not None:
            self._streams.close()

    async def look(self) -> None:
        """End what has vanished without a word; call about once a second."""
        self._door.tell()
        if self._loop.time() - self._looked_at < self._keepalive.interval_seconds:
            return
        for number, place in enumerate(self._places, 1):
            if number % LOOKS_AT_ONCE == 0:
                await asyncio.sleep(0)
            # In the turns between looks, a place may have become free: it has no transport then.
            # It may also be kept for a while after its connection is gone.
            # A relay looks at its own.
            transport = place.transport
            if transport is None or transport.is_closing() or isinstance(transport, Channel):
                continue
            if self._keepalive.vanished(place.sock):
                transport.abort()
        self._looked_at = self._loop.time()

    # Who comes.

    def bring(self, channel: Channel) -> None:
        """Let in a connection that a relay has accepted."""
        if (place := self._places.take(channel.host, None)) is None:
            self._turns.unwelcome.note("too_many_connections", channel.host)
            channel.set_protocol(asyncio.Protocol())
            channel.write(TOO_MANY)
            channel.close()
        else:
            self._door.bring(place, channel)

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(ACCEPTS_AT_ONCE):
            if self._door.is_full:
                self._accept_later(listening, FULL_SECONDS)
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
                self._accept_later(listening, EXHAUSTED_SECONDS)
                return
            self._is_exhausted = False
            sock.setblocking(False)
            host = sys.intern(peer[0])  # one for all who come from there
            if (place := self._places.take(host, sock)) is None:
                self._turns.unwelcome.note("too_many_connections", host)
                _say_and_close(sock, TOO_MANY)
                continue
            self._door.knock(place)

    def _accept_later(self, listening: socket.socket, seconds: float) -> None:
        """Accept no more for a while, and do not even be told that somebody is there."""
        self._loop.remove_reader(listening)
        self._loop.call_later(seconds, self._accept_again, listening)

    def _accept_again(self, listening: socket.socket) -> None:
        if listening.fileno() != -1:
            self._loop.add_reader(listening, self._accept, listening)


async def listening_on(listen: str) -> list[socket.socket]:
    """Return sockets that listen on `host:port`, without a host on every network.

    Raises ConfigError.
    """
    host, port = _split(listen)
    sockets: list[socket.socket] = []
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, _, _, _, sockaddr in dict.fromkeys(found):
            try:
                sockets.append(_bound_to(family, sockaddr))
                sockets[-1].listen(BACKLOG_CONNECTIONS)
            except OSError as error:
                # A machine may know IPv6 by name alone.
                if host or not sockets or error.errno not in _NO_FAMILY:
                    raise
            if port == 0:  # the first address chose a port; the others might choose another
                break
    except UnicodeError:
        raise ConfigError(
            f"Cannot listen on {listen[:100]!r}: no host can have this name.",
            code="bad_address",
        ) from None
    except OSError as error:
        for sock in sockets:
            sock.close()
        raise ConfigError(_why_not(listen, error), code="cannot_listen") from None
    return sockets


async def _listening_soon(listen: str) -> list[socket.socket]:
    """Do the same, and wait for the workers of a server that was killed to let go of the port."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + ENDING_SECONDS
    while True:
        try:
            return await listening_on(listen)
        except ConfigError:
            if loop.time() >= give_up_at:
                raise
        await asyncio.sleep(ENDING_SECONDS / 20)


def _split(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    number = whole_number(port, PORT_MAX)
    if not colon or number is None:
        raise ConfigError(
            f"Cannot listen on '{listen}': give HOST:PORT, such as 127.0.0.1:1234.",
            code="bad_address",
        )
    return host.strip("[]"), number


def _bound_to(family: int, sockaddr: tuple[object, ...], *, shared: bool = False) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere this would let two servers share the port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setblocking(False)
        sock.bind(sockaddr)
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
