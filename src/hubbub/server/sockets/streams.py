"""Transports of sockets that take a fifth of the memory of the loop's own, where there is epoll.

Most members only sit there, so what is kept of a quiet connection is most of what a server holds.
A transport of the loop takes 1.4 kB: what it calls, in which context, a record of the socket for
the loop's library. Here all sockets are in one epoll, which the loop watches as a single file; the
transport itself is one object, and a list leads to it from the socket's number.

A watched stream is told when its socket can be read from, or written to if it was full. What is
written first to a peer in a turn of the loop is sent at once: for most it is all, as in a fan-out.
The rest waits for the end of the turn, and goes out by one call of the system.

What holds at all times: a socket is in the epoll exactly while something is wanted of it. So one
that is not read from costs nothing, whatever its peer does; and a socket is taken out before it is
closed, for a copy of it (`sockets/unread.py`) would keep the epoll telling of it.
"""

from __future__ import annotations

import asyncio
import select
import sys
from contextlib import suppress
from socket import SHUT_WR
from typing import TYPE_CHECKING, Any, Final

from hubbub.server.sockets.contained import contained
from hubbub.server.sockets.transport import OwnTransport

if TYPE_CHECKING:
    import socket

    from hubbub.server.sockets.receiving import AnyProtocol

TOLD_AT_ONCE: Final = 64
"""How many sockets are seen to in one of the loop's turns; the others in the next. To read a piece
of what does not end takes 30 µs, and all else waits meanwhile."""

READ_BYTES: Final = 65_536
"""What is read at once for protocols that do not say."""

JOINED_BYTES_MAX: Final = 65_536
"""What was written in several pieces is put together up to this: to copy it is cheaper."""

TURNS: Final = 255
"""Turns are numbered from 1 to this, and anew: Python has one object for each small number."""


class Streams:
    """The open sockets of one loop; made in it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._epoll = select.epoll()
        self._watched: list[Stream | None] = []  # by the numbers of their sockets, which are small
        self._written: list[Stream] = []
        self._turns = 0
        self.turn = 0
        """The number of this turn, if anything was written in it; else 0."""
        loop.add_reader(self._epoll.fileno(), self._look)

    def open(self, sock: socket.socket, protocol: AnyProtocol) -> Stream:
        """Return the transport of a connected socket, which does not block, and have it read."""
        stream = Stream(self, sock, protocol)
        stream.begin()
        return stream

    def close(self) -> None:
        """Watch no more. All connections are gone; one that a fault has left is cut."""
        for stream in filter(None, self._watched):
            stream.abort()
        self.loop.remove_reader(self._epoll.fileno())
        self._epoll.close()

    def watch(self, stream: Stream, number: int, before: int, events: int) -> None:
        """Have a stream told of other `events` of its socket than `before`."""
        if not before:
            self._epoll.register(number, events)
            if (missing := number + 1 - len(self._watched)) > 0:
                self._watched += [None] * missing
            self._watched[number] = stream
        elif events:
            self._epoll.modify(number, events)
        else:
            self._epoll.unregister(number)
            self._watched[number] = None

    def begin_turn(self) -> int:
        """Begin a turn in which something is written; return its number."""
        self._turns = self.turn = self._turns % TURNS + 1
        self.loop.call_soon(self._end_turn)
        return self.turn

    def send_later(self, stream: Stream) -> None:
        """Have a stream send at the end of this turn, which has begun."""
        self._written.append(stream)

    def _end_turn(self) -> None:
        self.turn = 0
        written, self._written = self._written, []
        for stream in written:
            stream.send()

    def _look(self) -> None:
        for number, events in self._epoll.poll(0, TOLD_AT_ONCE):
            # One that was told before may have ended another one.
            if (stream := self._watched[number]) is not None:
                stream.look(events)


class Stream(OwnTransport):
    """The transport of one socket.

    `_unsent`: None if nothing is. While the socket `_is_full`, the system says when it is to be
    written to again.
    """

    __slots__ = (
        "_events",
        "_has_said_all",
        "_is_full",
        "_is_lost",
        "_is_pausing",
        "_sock",
        "_streams",
        "_turn",
        "_unsent",
        "_unsent_bytes",
    )

    def __init__(self, streams: Streams, sock: socket.socket, protocol: AnyProtocol) -> None:
        super().__init__()
        self._streams = streams
        self._sock = sock
        self._protocol = protocol
        self._events = 0  # that are watched
        self._has_said_all = False  # and is to close its half when all is sent
        self._is_full = self._is_lost = False
        self._is_pausing = False  # the protocol was asked to
        self._turn = 0  # in which it sent something at once
        self._unsent: list[bytes | memoryview] | None = None
        self._unsent_bytes = 0

    # What it can be asked.

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return its socket, or an address of one of both sides, if that is known."""
        sock = self._sock
        with suppress(OSError):
            match name:
                case "socket":
                    return sock
                case "sockname":
                    return sock.getsockname()
                case "peername":
                    return sock.getpeername()
        return default

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are unsent."""
        return self._unsent_bytes

    # Reading.

    def begin(self) -> None:
        """Tell the protocol, and have the socket read unless that asks for a pause or the end."""
        self._protocol.connection_made(self)
        self._watch()

    def pause_reading(self) -> None:
        """Read no more for now."""
        self._is_reading = False
        self._watch()

    def resume_reading(self) -> None:
        """Read again; an end that was read before comes once more."""
        if not self._is_closing:
            self._is_reading = True
            self._watch()

    def _watch(self) -> None:
        events = select.EPOLLIN if self._is_reading else 0
        if self._is_full:
            events |= select.EPOLLOUT
        if events != self._events:
            before, self._events = self._events, events
            try:
                self._streams.watch(self, self._sock.fileno(), before, events)
            except OSError as error:  # only to begin can fail, if the system has no room for more
                self._events = 0
                self._lose(error)

    @contained
    def look(self, events: int) -> None:
        """Take in what the system says of the socket."""
        # Of an error, whoever wants something hears by asking for it.
        if self._is_full and events & ~select.EPOLLIN:
            self._is_full = False
            self.send()
        if self._is_reading and events & ~select.EPOLLOUT:
            self._receive()

    def _receive(self) -> None:
        protocol = self._protocol
        try:
            if isinstance(protocol, asyncio.BufferedProtocol):
                size = self._sock.recv_into(protocol.get_buffer(-1))
            else:
                data = self._sock.recv(READ_BYTES)
                size = len(data)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(error)
            return
        if not size:
            self._hear_end()
        elif isinstance(protocol, asyncio.BufferedProtocol):
            protocol.buffer_updated(size)
        else:
            protocol.data_received(data)

    def _hear_end(self) -> None:
        if self._protocol.eof_received():
            self.pause_reading()
        else:
            self.close()

    # Writing.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send it, after all that was written before."""
        if type(data) is not bytes:
            data = bytes(data)  # its owner may change it
        turn = self._streams.turn or self._streams.begin_turn()
        if turn == self._turn or self._unsent is not None or self._has_said_all or self._is_lost:
            self._keep(data)
            return
        self._turn = turn
        try:
            sent = self._sock.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as error:
            self._lose(error)
            return
        if sent < len(data):
            self._is_full = True
            self._watch()
            self._keep(memoryview(data)[sent:])

    def _keep(self, data: bytes | memoryview) -> None:
        """Send it later."""
        assert not self._has_said_all, "its half is closed"
        if self._is_lost or not data:
            return
        self._unsent_bytes += len(data)
        if self._unsent is None:
            self._unsent = [data]
            self._streams.send_later(self)
        else:
            self._unsent.append(data)
        if self._unsent_bytes > self._high:
            self.send()  # most of it may find its way at once
            if self._unsent_bytes > self._high and not self._is_pausing:
                self._ask_for_pause()

    @contained
    def _ask_for_pause(self) -> None:
        self._is_pausing = True
        self._protocol.pause_writing()

    def write_eof(self) -> None:
        """Close the sending half when all is sent; raise OSError if it is over at once."""
        if not (self._has_said_all or self._is_closing):
            self._has_said_all = True
            if self._unsent is None:
                self._shut()

    def _shut(self) -> None:
        self._sock.shutdown(SHUT_WR)

    @contained
    def send(self) -> None:
        """Send what is unsent, as far as the system takes it."""
        if self._is_full or self._unsent is None:
            return
        try:
            self._send(self._unsent)
            if not self._unsent:
                self._unsent = None
                if self._has_said_all:
                    self._shut()
        except (BlockingIOError, InterruptedError):
            self._is_full = True
        except OSError as error:
            self._lose(error)
            return
        self._watch()
        if self._is_pausing and self._unsent_bytes <= self._low:
            self._is_pausing = False
            self._protocol.resume_writing()
        if self._is_closing and self._unsent is None:
            self._lose(None)

    def _send(self, unsent: list[bytes | memoryview]) -> None:
        while unsent:
            if len(unsent) > 1:
                _join_first(unsent)
            sent = self._sock.send(unsent[0])
            self._unsent_bytes -= sent
            if sent < len(unsent[0]):
                unsent[0] = memoryview(unsent[0])[sent:]
                self._is_full = True
                return
            del unsent[0]

    # The end.

    def close(self) -> None:
        """End when all is sent."""
        if not self._is_closing:
            self._is_closing, self._is_reading = True, False
            self._watch()
            if self._unsent is None:
                self._lose(None)

    def abort(self) -> None:
        """End at once."""
        self._lose(None)

    def _lose(self, why: Exception | None) -> None:
        if self._is_lost:
            return
        self._is_lost = self._is_closing = True
        self._is_reading = self._is_full = False
        self._watch()
        self._unsent, self._unsent_bytes = None, 0
        self._streams.loop.call_soon(self._end, why)

    def _end(self, why: Exception | None) -> None:
        try:
            self._protocol.connection_lost(why)
        finally:
            self._sock.close()
            del self._protocol  # or both would keep each other

    def fail_by_our_fault(self, error: Exception) -> None:
        """End this connection alone, for a fault in its protocol; the loop says what it was."""
        context = {"message": "A connection ended by a fault of ours.", "exception": error}
        self._streams.loop.call_exception_handler({**context, "transport": self})
        self._lose(error)


def _join_first(pieces: list[bytes | memoryview]) -> None:
    """Put together the first pieces that are short."""
    size = count = 0
    while count < len(pieces) and (size := size + len(pieces[count])) <= JOINED_BYTES_MAX:
        count += 1
    if count > 1:
        pieces[:count] = [b"".join(pieces[:count])]


def streams_of(loop: asyncio.AbstractEventLoop) -> Streams | None:
    """Return the open sockets of a loop, None where there is no epoll."""
    return Streams(loop) if sys.platform == "linux" else None
