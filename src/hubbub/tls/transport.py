"""TLS between a transport and whatever is spoken inside: to each of them it is the other one.

asyncio's own TLS would lose what was read before it began, hides the socket's buffers from those
who must bound them, and can close no half of a connection. Here, what stands inside finds all as it
is without TLS: pieces of bounded size, pauses, a half-closed connection, and the rest that a lost
one left.

What holds at all times: text goes in only while what stands inside wants to be read for, and at
most `piece_bytes` of it at a time. What waits is in the engine, no more than a record and a piece.
The transport below has the only buffer of what is to be sent, so its pauses are passed on.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from typing import TYPE_CHECKING, Any, Final, cast

from hubbub.tls.engine import Engine, Read

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Below(Protocol):
        """What still has the bytes of a connection that is being lost."""

        def recv(self, size: int, /) -> bytes:
            """Return the next piece, empty at the end; raise OSError if there is no more."""

        def close(self) -> None:
            """Forget it."""


RECEIVE_BYTES: Final = 65_536


class _Buffer(threading.local):
    """One for each event loop; a loop fills it and says so without anything between."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(RECEIVE_BYTES))


_BUFFER = _Buffer()


class Secured(asyncio.Transport, asyncio.BufferedProtocol):
    """A connection after its TLS handshake. `inside` is told of it once it has a transport below.

    `charge`: told how many records were looked at. `told`: what `get_extra_info` answers besides.
    """

    __slots__ = (
        "_below",
        "_charge",
        "_delivering",
        "_due",
        "_engine",
        "_error",
        "_has_ended",
        "_has_said_all",
        "_inside",
        "_is_closing",
        "_paused",
        "_told",
    )

    def __init__(
        self,
        engine: Engine,
        inside: asyncio.BaseProtocol,
        charge: Callable[[int], None] | None = None,
        **told: object,
    ) -> None:
        super().__init__()
        self._engine = engine
        self._inside = cast("asyncio.Protocol", inside)
        self._told = told
        self._below: asyncio.Transport
        self._delivering = False
        self._due: asyncio.Handle | None = None
        self._error: Exception | None = None
        self._has_ended = False
        self._has_said_all = False
        self._is_closing = False
        self._paused = False
        self._charge = charge

    # What the transport below tells us.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the place of a protocol at `transport`; those inside hear of this one."""
        self._below = cast("asyncio.Transport", transport)
        self._inside.connection_made(self)
        self._deliver()

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Return where the loop is to put what comes."""
        return _BUFFER.view[: self._piece_bytes]

    def buffer_updated(self, nbytes: int) -> None:
        """Take in what the loop has put there."""
        self.data_received(bytes(_BUFFER.view[:nbytes]))

    def data_received(self, data: bytes) -> None:
        """Take in what came of the network."""
        if self._has_ended:
            return  # what comes behind the peer's end does not count, and nobody would read it
        self._engine.feed(data)
        self._deliver()

    def eof_received(self) -> bool:
        """Take in that the peer closed its half of the connection below."""
        self._engine.feed_end()
        self._deliver()
        return True  # this transport closes it, if nothing is to be said any more

    def pause_writing(self) -> None:
        """Pass on that the transport below has enough for now."""
        self._inside.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that it takes more."""
        self._inside.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass on that the connection is gone, and why."""
        self._is_closing = True
        if self._due is not None:
            self._due.cancel()
        self._inside.connection_lost(self._error or exc)

    # What comes.

    @property
    def _piece_bytes(self) -> int:
        """How much text goes inside at a time, which knows by itself who its peer is."""
        return getattr(self._inside, "piece_bytes", RECEIVE_BYTES)

    def _deliver(self) -> None:
        """Let those inside have what came, piece by piece, as long as they want more."""
        if self._delivering:
            return
        self._delivering = True
        try:
            self._deliver_pieces()
        except ssl.SSLError as error:
            self._fail(error.reason or str(error))
        except BaseException:
            # As a transport ends whose protocol fails: nobody would ask for the next piece again.
            self.abort()
            raise
        finally:
            self._delivering = False
            if self._charge is not None:
                self._charge(self._engine.begun())
        self._send()  # TLS itself may have something to say

    def _deliver_pieces(self) -> None:
        while not (self._paused or self._has_ended or self._error):
            match self._engine.read(self._piece_bytes):
                case Read.NOTHING:
                    return
                case Read.END:
                    self._has_ended = True
                    if not (self._inside.eof_received() or self._is_closing):
                        self.close()
                case text:
                    self._inside.data_received(text)

    def _deliver_later(self) -> None:
        self._due = None
        self._deliver()

    def _fail(self, reason: str) -> None:
        """End the connection: its peer breaks the rules of TLS."""
        if self._error is not None:
            return
        self._error = ConnectionResetError(f"TLS failed: {reason}")
        self._is_closing = True
        if self._below.get_write_buffer_size():
            self._below.abort()  # a peer that reads nothing would keep it open
        else:
            self._send()
            self._below.close()

    # What those inside want.

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection; below or here."""
        match name:
            case "ssl_object":
                return self._engine.ssl_object
            case "sslcontext":
                return self._engine.ssl_object.context
        if name in self._told:
            return self._told[name]
        return self._below.get_extra_info(name, default)

    def tell(self, **told: object) -> None:
        """Have `get_extra_info` answer this as well."""
        self._told |= told

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Let another one stand inside."""
        self._inside = cast("asyncio.Protocol", protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return what stands inside."""
        return self._inside

    def is_closing(self) -> bool:
        """Whether nothing can be written any more."""
        return self._is_closing or self._below.is_closing()

    def is_reading(self) -> bool:
        """Whether those inside want what comes."""
        return not self._paused

    def pause_reading(self) -> None:
        """Deliver nothing, and read nothing from the network."""
        self._paused = True
        self._below.pause_reading()

    def resume_reading(self) -> None:
        """Deliver again, in the loop's next turn: as a transport does that reads a socket."""
        if not self._paused:
            return
        self._paused = False
        self._below.resume_reading()
        if not self._delivering and self._due is None:
            self._due = asyncio.get_running_loop().call_soon(self._deliver_later)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send text to the peer, after all that was written before."""
        if self.is_closing() or self._error is not None:
            return
        try:
            self._engine.write(data)
        except ssl.SSLError as error:
            self._fail(error.reason or str(error))
        except MemoryError:  # a part is missing, so nothing can follow; others are written to
            self.abort()
        else:
            self._send()

    def writelines(self, list_of_data: Any) -> None:
        """Send several texts in one write."""
        self.write(b"".join(list_of_data))

    def _send(self) -> None:
        # A peer may ask for new keys after our end. TLS answers, but TCP carries no more of ours.
        if (sent := self._engine.unsent()) and not self._has_said_all:
            self._below.write(sent)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set at how many unsent bytes to ask for a pause."""
        self._below.set_write_buffer_limits(high, low)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return at how many unsent bytes a pause ends and begins."""
        return self._below.get_write_buffer_limits()

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are unsent, encrypted."""
        return self._below.get_write_buffer_size()

    def can_write_eof(self) -> bool:
        """Return whether one half can be closed; both TLS and TCP can do that."""
        return self._below.can_write_eof()

    def write_eof(self) -> None:
        """Close our half, as TLS and TCP say it; the peer may go on."""
        if not self.is_closing():
            self._engine.finish()
            self._send()
            self._has_said_all = True
            self._below.write_eof()

    def close(self) -> None:
        """Send what is unsent, and close."""
        if not self._is_closing:
            self._is_closing = True
            self._engine.finish()
            self._send()
            self._below.close()

    def abort(self) -> None:
        """Close at once."""
        self._is_closing = True
        self._below.abort()

    @property
    def holds_text(self) -> bool:
        """Whether something came that those inside have not got."""
        return self._engine.holds_text

    def rest(self, below: Below) -> Rest:
        """Return what was not read of a connection that is being lost; `below`: the same of it."""
        return Rest(self._engine, below)


class Rest:
    """What a peer sent before its connection was lost; the pieces of the stream that are left."""

    def __init__(self, engine: Engine, below: Below) -> None:
        self._engine = engine
        self._below = below
        self.close = below.close

    def recv(self, size: int) -> bytes:
        """Return the next piece, empty at the end; raise OSError if there is none."""
        while True:
            match self._engine.read(size):
                case Read.END:
                    return b""
                case Read.NOTHING:
                    if not (data := self._below.recv(size)):
                        return b""
                    self._engine.feed(data)
                case text:
                    return text
