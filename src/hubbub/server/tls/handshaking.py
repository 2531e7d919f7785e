"""A connection until its TLS handshake is done; what comes then is read like any first word.

A handshake is the dearest thing that a stranger can have done, so it takes its turn and is charged
as one before it begins. It has a time, and a bound for what it may bring. A peer that breaks it off
or does it wrong has paid for it, and hears no more than TLS says.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final, cast

from hubbub.hub.cost import BYTE, CHUNK, HANDSHAKE, RECORD
from hubbub.server.protection import Handshake, why
from hubbub.server.sockets.contained import contained
from hubbub.server.sockets.handover import hand_over
from hubbub.server.sockets.receiving import Receiver
from hubbub.tls.certificates import fingerprint_of
from hubbub.tls.engine import Engine, may_begin
from hubbub.tls.transport import Secured

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from hubbub.server.fairness.turns import Turn
    from hubbub.server.protection import TlsCounts
    from hubbub.server.sockets.deadlines import Deadlines
    from hubbub.server.sockets.partings import Partings
    from hubbub.server.sockets.receiving import AnyProtocol
    from hubbub.server.tls.certificates import Certificates

HANDSHAKE_BYTES_MAX: Final = 32_768
"""All that a client says in a handshake, and what it may say behind it before that is looked at."""


class Handshaking(Receiver):
    """`inside` makes what goes on with the connection inside TLS, and gets the turn for that."""

    __slots__ = (
        "_began_at",
        "_certificates",
        "_counts",
        "_deadlines",
        "_engine",
        "_fingerprint",
        "_hello",
        "_inside",
        "_is_begun",
        "_is_counted",
        "_left",
        "_partings",
        "_received_bytes",
        "_transport",
        "_turn",
    )

    def __init__(
        self,
        certificates: Certificates,
        inside: Callable[[Turn, Callable[[], None]], AnyProtocol],
        deadlines: Deadlines,
        turn: Turn,
        left: Callable[[], None],
        *,
        counts: TlsCounts,
        partings: Partings,
    ) -> None:
        self._certificates = certificates
        self._partings = partings
        self._counts = counts
        self._began_at = 0.0  # with the whole hello
        self._engine: Engine | None = None  # once the hello is there
        self._hello = b""
        self._fingerprint = ""
        self._inside = inside
        self._deadlines = deadlines
        self._turn = turn
        self._left = left
        self._is_begun = False
        self._is_counted = False
        self._received_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._deadlines.begin(self)

    def data_received(self, data: bytes) -> None:
        self._turn.spend(CHUNK + len(data) * BYTE)
        self._received_bytes += len(data)
        if self._received_bytes > HANDSHAKE_BYTES_MAX:
            self._count(Handshake.BROKEN)
            self._transport.abort()
            return
        if self._engine is None:
            # Not sooner: one that waits for half a hello takes three times the memory.
            self._hello += data
            if not may_begin(self._hello):
                return
            data, self._hello = self._hello, b""
            context, self._fingerprint, _ = self._certificates.context_for(data)
            self._engine = Engine(context, server_side=True)
            self._began_at = self._counts.clock()
        self._engine.feed(data)
        if self._turn.grant():
            self._shake()
        else:
            self._transport.pause_reading()
            self._turn.wait(self._take_turn)

    @contained
    def _take_turn(self) -> None:
        self._transport.resume_reading()
        self._shake()

    def _shake(self) -> None:
        assert self._engine is not None, "something has come"
        if not self._is_begun:
            self._is_begun = True
            self._turn.spend(HANDSHAKE)
        try:
            is_done = self._engine.shake()
        except ssl.SSLError as error:
            self._count(why(error))
            self._deadlines.end(self)
            self._send()  # TLS says what was wrong
            self._transport.close()
            return
        finally:  # a record may hold a single byte, and each one is looked at
            self._charge_records(self._engine.begun())
        self._send()
        if is_done:
            self._count(Handshake.DONE)
            self._counts.durations.observe(self._counts.clock() - self._began_at)
            self._deadlines.end(self)
            inside, shown = self._inside(self._turn, self._left), self._engine.peer_certificate()
            secured = Secured(
                self._engine,
                inside,
                self._charge_records,
                fingerprint=self._fingerprint,
                peer_fingerprint=fingerprint_of(shown) if shown else "",
            )
            hand_over(self._transport, secured)

    def _charge_records(self, count: int) -> None:
        self._turn.spend(count * RECORD)

    def _send(self) -> None:
        if self._engine is not None and (unsent := self._engine.unsent()):
            self._transport.write(unsent)

    def _count(self, outcome: Handshake) -> None:
        if not self._is_counted:  # the end of the connection comes after any other
            self._is_counted = True
            self._counts.handshakes[outcome] += 1

    def eof_received(self) -> bool:
        self._partings.see_to(self._transport.close)
        return True  # until then

    def connection_lost(self, _exc: Exception | None) -> None:
        self._count(Handshake.LEFT)
        self._deadlines.end(self)
        self._left()

    def time_is_up(self) -> None:
        """Let the peer go: the handshake takes too long."""
        self._count(Handshake.LATE)
        self._transport.abort()
