"""A connection that a relay has accepted: what its peer sends goes to the server, as it is.

The server grants how much may be read; the rest stays with the system. What was not read when the
connection is lost is brought to the server first, and then that it is gone: nothing that a peer
sent before it hung up is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import msgspec

from hubbub.server.sockets.channel import GRANTED_FIRST
from hubbub.server.sockets.contained import contained
from hubbub.server.sockets.receiving import RECEIVE_BYTES, STRANGER_BYTES, Receiver
from hubbub.server.sockets.unread import rest_of
from hubbub.wire.relay import Arrived, Kind, encode

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from hubbub.server.fairness.turns import Turn
    from hubbub.server.relaying.uplink import Uplink
    from hubbub.server.sockets.unread import Rest

TOLD_BYTES: Final = 16_384
"""So many bytes are taken, and a peer has so much unsent, before the server is told at once."""

LOST: Final = b"!"


class Forwards:
    """Stands where others have a doorkeeper: every connection goes to the server."""

    def __init__(self, uplink: Uplink) -> None:
        self._uplink = uplink

    def stranger(
        self,
        turn: Turn,
        left: Callable[[], None],
        *,
        may_be_silent: bool,  # noqa: ARG002 (the server has its own patience)
    ) -> Forwarding:
        """Return the protocol of a connection; `left` is called when it is gone."""
        return Forwarding(self._uplink, turn.host, left)


class Forwarding(Receiver):
    """One connection, from `host`."""

    __slots__ = (
        "_granted",
        "_host",
        "_is_ending",
        "_is_gone",
        "_is_noted",
        "_left",
        "_lost",
        "_number",
        "_owed",
        "_reading",
        "_rest",
        "_transport",
        "_untaken",
        "_uplink",
    )

    def __init__(self, uplink: Uplink, host: str, left: Callable[[], None]) -> None:
        self._uplink = uplink
        self._host = host
        self._left = left
        self._number = 0
        self._granted = GRANTED_FIRST
        self._reading = True
        self._owed: list[bytes] | None = None  # what the loop has had no time to write
        self._untaken = 0
        self._is_noted = False
        self._is_ending = False  # as the server wants it
        self._is_gone = False
        self._lost = b""
        self._rest: Rest | None = None

    # What asyncio tells us.

    @property
    def piece_bytes(self) -> int:
        """How much is read at a time. A loop may read once more after it was told to stop."""
        return min(max(self._granted, STRANGER_BYTES), RECEIVE_BYTES)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(TOLD_BYTES)
        self._number = self._uplink.add(self)
        # Not every system knows it of a connection that was reset.
        at = (transport.get_extra_info("sockname") or ("", 0))[:2]
        arrived = msgspec.json.encode(Arrived(self._host, at))
        self._uplink.say(encode(Kind.ARRIVED, self._number, arrived))

    def data_received(self, data: bytes) -> None:
        self._granted -= len(data)
        self._uplink.say(encode(Kind.SAID, self._number, data))
        if self._granted <= 0 and self._reading:
            self._reading = False
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        self._uplink.say(encode(Kind.ENDED, self._number))
        return True  # the server says when it has said all

    def pause_writing(self) -> None:
        pass  # what is not taken is what the server counts

    def resume_writing(self) -> None:
        self._tell_taken()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_gone = True
        # As the server's own connections tell one from the other.
        if isinstance(exc, ConnectionError) and not isinstance(exc, BrokenPipeError):
            self._lost = LOST
        if not self._is_ending:
            self._rest = rest_of(self._transport)
        self._owed = None
        self._tell_taken()
        self._read_rest()

    def _read_rest(self) -> None:
        while self._rest is not None:
            if self._granted <= 0:
                return
            try:
                data = self._rest.recv(self.piece_bytes)
            except OSError:
                data = b""
            if data:
                self._granted -= len(data)
                self._uplink.say(encode(Kind.SAID, self._number, data))
            else:
                self._drop_rest()
        self._uplink.say(encode(Kind.GONE, self._number, self._lost))
        self._leave()

    def _drop_rest(self) -> None:
        if self._rest is not None:
            self._rest.close()
            self._rest = None

    def _leave(self) -> None:
        self._uplink.forget(self._number)
        self._left()

    # What the server wants.

    @contained
    def grant(self, size: int) -> None:
        """Read so many bytes more."""
        self._granted += size
        if self._is_gone:
            self._read_rest()
        elif not self._reading:
            self._reading = True
            self._transport.resume_reading()

    @contained
    def write(self, payload: bytes) -> None:
        """Send `payload` after everything written before."""
        self._untaken += len(payload)
        if self._is_gone:
            pass
        elif self._owed is not None:
            self._owed.append(payload)
        elif self._uplink.sending.may_write(len(payload)):
            self._transport.write(payload)
        else:
            self._owed = [payload]
            self._uplink.sending.put_off(self, len(payload))
        if not self._is_noted:
            self._is_noted = True
            self._uplink.untold(self)
        if self._untaken >= TOLD_BYTES:
            self._tell_taken()

    def pay(self) -> None:
        """Send what is owed, if anything is."""
        if self._owed is not None:
            owed, self._owed = self._owed, None
            self._transport.write(b"".join(owed))

    def has_told(self) -> bool:
        """Let the server know what was taken; return whether that is all."""
        self._tell_taken()
        self._is_noted = self._untaken > 0
        return not self._is_noted

    def _tell_taken(self) -> None:
        if self._owed is None:
            waiting = 0 if self._is_gone else self._transport.get_write_buffer_size()
            if (taken := self._untaken - waiting) > 0:
                self._uplink.taken(self._number, taken)
                self._untaken -= taken

    @contained
    def end(self) -> None:
        """Send what is there, and close our half."""
        self.pay()
        if self._is_gone or self._transport.is_closing():
            return
        try:
            self._transport.write_eof()
        except OSError:  # the peer has just reset the connection
            self._transport.abort()

    @contained
    def close(self) -> None:
        """Send what is there, and close. Nobody wants what the peer says from now on."""
        self._is_ending = True
        if self._is_gone:
            self._end_rest()
        else:
            self.pay()
            self._transport.close()

    @contained
    def cut(self) -> None:
        """Close at once."""
        self._is_ending = True
        self._owed = None
        if self._is_gone:
            self._end_rest()
        else:
            self._transport.abort()

    def _end_rest(self) -> None:
        if self._rest is not None:
            self._drop_rest()
            self._read_rest()
