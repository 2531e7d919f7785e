"""A connection that a relay holds, as a transport: what stands on it need not know.

Reading: the relay may have read so many bytes of the peer as it was granted, and a channel keeps
those that its protocol does not want yet. It grants as much as the protocol reads at a time, so a
stranger has little here, as on a socket.

Writing: we hear late what the peer's system has taken. So what it has not is *unsent* only beyond
`ON_THE_WAY_BYTES`; or all of it, once our half is closed: whoever waits for the end wants to know.
If too much is unsent, the protocol is asked for a pause, as by any transport.

What may race: the relay hears of a close, a cut or a grant later than we say it, so whatever it
says of a channel that is forgotten is passed over.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, Protocol

from hubbub.faults import faults
from hubbub.server.sockets.contained import contained
from hubbub.server.sockets.receiving import RECEIVE_BYTES, STRANGER_BYTES
from hubbub.server.sockets.transport import OwnTransport

if TYPE_CHECKING:
    from hubbub.wire.relay import Arrived

GRANTED_FIRST: Final = 2 * STRANGER_BYTES
"""What a relay may read of a peer before it is granted more."""

ON_THE_WAY_BYTES: Final = 262_144
"""What may be on its way to the relay, or from there to a system, and does not count as unsent."""


class Link(Protocol):
    """The server's end of a link, as its channels see it."""

    @property
    def is_congested(self) -> bool:
        """Whether the relay takes no more for now."""

    @property
    def is_relay(self) -> bool:
        """Whether there is a relay at its other end, and no worker."""

    def tell(self, channel: Channel, payload: bytes) -> None:
        """Bring this to the peer."""

    def end(self, channel: Channel) -> None:
        """Close our half behind all that was told."""

    def close(self, channel: Channel) -> None:
        """Close the connection behind all that was told."""

    def cut(self, channel: Channel) -> None:
        """Close the connection at once, and forget it."""

    def grant(self, channel: Channel, size: int) -> None:
        """Let the relay read so many bytes more."""


class Unread:
    """What came of a peer that is gone, and was not read."""

    def __init__(self, held: bytes) -> None:
        self._held = held

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Return the next piece, empty at the end; with any `flags` it stays."""
        piece = self._held[:size]
        if not flags:
            self._held = self._held[size:]
        return piece

    def close(self) -> None:
        """Forget it."""
        self._held = b""


class Channel(OwnTransport):
    """The connection with this `number` on a link, from `host`. It begins without a protocol."""

    __slots__ = (
        "_arrived",
        "_due",
        "_granted",
        "_has_ended",
        "_held",
        "_is_delivering",
        "_is_ending",
        "_is_full",
        "_is_lost",
        "_link",
        "_untaken",
        "batch",
        "host",
        "number",
        "place",
    )

    def __init__(self, link: Link, number: int, host: str, arrived: Arrived) -> None:
        super().__init__()
        self._link = link
        self.number = number
        self.host = host
        self._arrived = arrived
        self._granted = GRANTED_FIRST
        self._held = b""
        self._is_delivering = False
        self._due: asyncio.Handle | None = None
        self._has_ended = False  # the peer, and the protocol has not heard of it
        self._untaken = 0
        self._is_full = False
        self._is_ending = self._is_lost = False
        self.batch = self.place = 0
        """Where the link has put what was written last."""

    # What the link tells us.

    @contained
    def receive(self, data: bytes) -> None:
        """Take in what the peer sent."""
        self._granted -= len(data)
        self._held = self._held + data if self._held else data
        self._deliver()

    @contained
    def receive_end(self) -> None:
        """Take in that the peer has closed its half."""
        self._has_ended = True
        self._deliver()

    def taken(self, size: int) -> None:
        """Take in that the peer's system has so many bytes more."""
        self._untaken -= size
        self.breathe()

    @contained
    def breathe(self) -> None:
        """Have the protocol write on, if there is room now."""
        has_room = self.get_write_buffer_size() <= self._low and not self._link.is_congested
        if self._is_full and has_room:
            self._is_full = False
            self._protocol.resume_writing()

    @contained
    def lose(self, error: Exception | None) -> None:
        """Take in that the connection is gone."""
        if self._is_lost:
            return
        self._is_lost = self._is_closing = True
        self._untaken = 0
        if self._due is not None:
            self._due.cancel()
        self._protocol.connection_lost(error)

    def fail_by_our_fault(self, error: Exception) -> None:
        """End the connection, and not the link with all others, for a fault in its protocol."""
        faults.note("a connection failed", error)
        self.abort()

    # What comes.

    def _deliver(self) -> None:
        if self._is_delivering:
            return
        self._is_delivering = True
        try:
            while self._held and self._is_reading and not self._is_closing:
                size = self._piece_bytes
                piece, self._held = self._held[:size], self._held[size:]
                self._protocol.data_received(piece)
            if self._has_ended and self._wants_more:
                self._has_ended = False
                if not (self._protocol.eof_received() or self._is_closing):
                    self.close()
        finally:
            self._is_delivering = False
        if self._wants_more:
            self._grant()

    @property
    def _wants_more(self) -> bool:
        return self._is_reading and not (self._held or self._is_closing)

    def _grant(self) -> None:
        wanted = max(GRANTED_FIRST, self._piece_bytes)
        if self._granted <= wanted // 2:
            self._link.grant(self, wanted - self._granted)
            self._granted = wanted

    @property
    def _piece_bytes(self) -> int:
        protocol = self._protocol
        if isinstance(protocol, asyncio.BufferedProtocol):
            return len(protocol.get_buffer(-1))
        return RECEIVE_BYTES

    @contained
    def _deliver_later(self) -> None:
        self._due = None
        self._deliver()

    # What the protocol wants.

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection: its ends, and what was not read of it."""
        match name:
            case "peername":
                return (self.host, 0)
            case "sockname":
                return self._arrived.at
            case "unread":
                return Unread(self._held)
            case "link":
                return self._link
            case "is_relayed":
                return self._link.is_relay
        return default

    def pause_reading(self) -> None:
        """Deliver nothing; the relay reads no more than it was granted."""
        self._is_reading = False

    def resume_reading(self) -> None:
        """Deliver again, in the loop's next turn: as a transport does that reads a socket."""
        if not self._is_reading:
            self._is_reading = True
            if self._due is None:
                self._due = asyncio.get_running_loop().call_soon(self._deliver_later)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send to the peer, after all that was written before."""
        if self._is_closing or not data:
            return
        self._untaken += len(data)
        self._link.tell(self, data if type(data) is bytes else bytes(data))
        is_much = self._untaken > self._high + ON_THE_WAY_BYTES
        if not self._is_full and (is_much or self._link.is_congested):
            self._is_full = True
            self._protocol.pause_writing()

    def may_write(self, _size: int) -> bool:
        """Return True: what a turn writes to sockets, the relay writes in its own turns."""
        return True

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are unsent, as far as we have heard."""
        return self._untaken if self._is_ending else max(0, self._untaken - ON_THE_WAY_BYTES)

    def write_eof(self) -> None:
        """Close our half; the peer may go on."""
        if not self._is_closing:
            self._is_ending = True
            self._link.end(self)

    def close(self) -> None:
        """Send what is unsent, and close; the relay says when that is done."""
        if not self._is_closing:
            self._is_closing = self._is_ending = True
            self._link.close(self)

    def abort(self) -> None:
        """Close at once."""
        if not self._is_lost:
            self._is_closing = True
            self._link.cut(self)
            asyncio.get_running_loop().call_soon(self.lose, None)
