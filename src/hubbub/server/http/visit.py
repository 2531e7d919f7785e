"""A connection that aiohttp answers: what it may have read, and when it is its turn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, cast

from hubbub.hub.cost import BYTE, CHUNK, FILE_BYTE, FRAGMENT, LINE, REQUEST
from hubbub.server.sockets.contained import contained
from hubbub.server.sockets.handover import hand_over
from hubbub.server.sockets.receiving import RECEIVE_BYTES, STRANGER_BYTES, Receiver

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.server.fairness.turns import Turn
    from hubbub.server.sockets.deadlines import Deadlines
    from hubbub.server.sockets.partings import Partings
    from hubbub.server.sockets.receiving import AnyProtocol
    from hubbub.server.sockets.unfinished import UnfinishedFrames

PIECE_BYTES = STRANGER_BYTES
"""What aiohttp gets at once. It may hold hundreds of lines, or of chunks of a body."""

KEPT_BYTES_MAX = 16_384
"""How much of a file may gather before aiohttp gets it, and whoever waits for it is woken."""

BROKEN_OFF = 5
"""As how many peers one counts that hangs up in the midst of a request, which comes to its end."""

HEAD_BYTES_MAX = 32_768
"""The longest head of a request. aiohttp alone bounds only its lines, and their number."""

NO_HEADER = b"\x00"
"""In a head, aiohttp refuses this, and says so as it says everything else."""


class Answering(Protocol):
    """What answers the requests of one connection; it is aiohttp's, and knows what it owes."""

    transport: asyncio.Transport | None
    is_held: bool
    """Whether nothing may be read, even if there is nothing to read for it."""

    @property
    def stops_reading(self) -> bool:
        """Whether it wants nothing to be read for now."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""

    def data_received(self, data: bytes) -> None:
        """Read requests."""

    def hear_end(self) -> bool:
        """Expect no more requests; return whether the connection is needed for an answer."""

    def pause_writing(self) -> None:
        """Write no more for now."""

    def resume_writing(self) -> None:
        """Write again."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""

    def unread(self) -> bytes:
        """Return what the peer sent after a request to leave HTTP."""

    @property
    def is_leaving(self) -> bool:
        """Whether what follows is no head: a request to leave HTTP has come, or none at all."""

    @property
    def heads(self) -> int:
        """How many requests have come, up to their bodies."""

    @property
    def is_in_body(self) -> bool:
        """Whether a part of a body is still to come."""


class Visit(Receiver):
    """A connection that aiohttp answers, until it is gone or becomes a WebSocket.

    It is cut off if its first request is not complete in time; for later ones aiohttp sees to that.

    Requests take turns, and so does what comes for them: while it waits for its turn, it is kept
    here, and nothing more is read. What may race: aiohttp stops and resumes the reading, too, when
    it has many requests; so reading is resumed only if neither of us wants it stopped.
    """

    def __init__(
        self,
        answering: Answering,
        handshakes: Deadlines,
        unfinished: UnfinishedFrames,
        turn: Turn,
        left: Callable[[], None],
        *,
        partings: Partings,
    ) -> None:
        self._answering = answering
        self._partings = partings
        self._handshakes = handshakes
        self._unfinished = unfinished
        self._unfinished_bytes = 0
        self._left = left
        self._ended = False
        self._congested = False
        self.trusted_host = ""
        """Where the latest request with the right password came from."""
        self._unfed = b""
        self._asking: asyncio.Future[None] | None = None
        self._asked_units = 0.0
        self.is_carrying = False
        """Whether what comes is the body of a file, which is taken away as it comes."""
        self._is_in_chunks = False  # as far as is known: any of these may be one byte
        self._kept = b""
        self._to_come = 0
        self.turn = turn

    @property
    def piece_bytes(self) -> int:
        """How much is read at a time, and given to aiohttp."""
        return RECEIVE_BYTES if self.is_carrying and not self._is_in_chunks else PIECE_BYTES

    @property
    def host(self) -> str:
        """Where the request comes from that was let in last."""
        return self.turn.host

    @property
    def link(self) -> object:
        """The link to the relay that holds the socket; None if nobody does for us."""
        return self._transport.get_extra_info("link")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._handshakes.begin(self)
        self._answering.connection_made(transport)

    def asked(self) -> None:
        """Be patient from now on: a request is complete, up to its body."""
        self._handshakes.end(self)

    def carry(self, to_come: int) -> None:
        """Take in a body, of which more is to come, as a file, which is taken away as it comes.

        `to_come`: how much of it aiohttp has not yet, 0 if nobody knows. If that is known, it is
        read in larger pieces, and little is kept here until there is more, as one byte at a time
        would cost more than a large piece.
        """
        self.is_carrying, self._is_in_chunks = True, not to_come
        self._to_come = 0 if self._answering.stops_reading else to_come

    def hang_up(self) -> None:
        """Let the peer go: another of its connections goes on with what this one brings."""
        self._transport.close()

    def time_is_up(self) -> None:
        """Let the peer go: its first request did not come."""
        self._transport.close()

    async def may_ask(self, host: str) -> None:
        """Wait until it is the turn of the next request, which comes from `host`."""
        if host != self.turn.host:  # a proxy asks for many
            self.turn.move(host)
            if self._unfed:
                self.turn.wait(self._take_turn)
        await self.may_spend(REQUEST)

    async def may_give(self, size: int) -> None:
        """Wait until it is the turn of so many bytes of a file that are to be given out."""
        await self.may_spend(CHUNK + size * FILE_BYTE)

    async def may_spend(self, units: float) -> None:
        """Wait for a turn for what costs so many units; what is dear is done alone in it."""
        if self.turn.grant():
            self.turn.spend(units)
            return
        self._asking, self._asked_units = asyncio.get_running_loop().create_future(), units
        self.turn.wait(self._take_turn)
        await self._asking

    @contained
    def _take_turn(self) -> None:
        asking, self._asking = self._asking, None
        if asking is not None:
            self.turn.spend(self._asked_units)
            if not asking.done():
                asking.set_result(None)
            # If it is not for aiohttp, whoever gets it by the answer waits for turns of their own.
            if self._unfed and not self._answering.is_leaving:
                self.turn.wait(self._take_turn)
        elif self._unfed:
            self._feed_on()
            if self._unfed:
                return
            self._read_on()
            if self._ended and not self._answering.hear_end():
                self._transport.close()

    def become(
        self,
        successor: Callable[[Turn, Callable[[], None]], AnyProtocol],
        answer: bytes,
    ) -> None:
        """Send `answer` instead of aiohttp's, and give the connection to `successor`."""
        self.asked()
        self._unfinished.gone(self)
        answering = self._answering
        # Before the hand-over: if it fills the transport, this visit hears of it and passes it on.
        self._transport.write(answer)
        hand_over(
            self._transport,
            successor(self.turn, self._left),
            answering.unread() + self._unfed,
            ended=self._ended,
            congested=self._congested,
        )
        # aiohttp forgets the connection and what it kept for it, and must not close it.
        answering.transport = None
        answering.connection_lost(None)

    def data_received(self, data: bytes) -> None:
        if self.is_carrying and not self._unfed:
            kept = self._kept + data
            if len(kept) < min(KEPT_BYTES_MAX, self._to_come):
                self._kept = kept
                self.turn.spend(FRAGMENT + len(data) * FILE_BYTE)
                return
            data, self._kept = kept, b""
        is_waiting = bool(self._unfed)
        self._unfed += data
        if is_waiting:
            self._transport.pause_reading()
        else:
            self._feed_on()

    def _feed_on(self) -> None:
        """Let aiohttp have what came, piece by piece, and wait for a turn where there is none.

        What follows a request to leave HTTP may not be for aiohttp, and what follows no HTTP at all
        would be refused piece by piece: it waits for the answer.
        """
        spent = granted = 0.0
        while self._unfed and not self._answering.is_leaving:
            if spent >= granted:
                self.turn.spend(spent)
                spent, granted = 0.0, self.turn.grant()
                if not granted:
                    self._transport.pause_reading()
                    self.turn.wait(self._take_turn)
                    return
            size = self.piece_bytes
            piece, self._unfed = self._unfed[:size], self._unfed[size:]
            if self.is_carrying and not self._is_in_chunks:
                self._to_come -= len(piece)
                spent += FRAGMENT + len(piece) * FILE_BYTE
            else:
                spent += FRAGMENT + len(piece) * BYTE + piece.count(b"\n") * LINE
            self._feed(piece)
        self.turn.spend(spent)

    def _feed(self, data: bytes) -> None:
        """Let aiohttp have what came, and see whether there is room for the rest of a request.

        What is not finished is what came since the last piece in which a head or a body ended.
        """
        answering = self._answering
        heads, was_in_body = answering.heads, answering.is_in_body
        answering.data_received(data)
        is_over = was_in_body and (answering.heads > heads or not answering.is_in_body)
        if answering.heads > heads or is_over or self.is_carrying:
            self._unfinished_bytes = 0
            self.is_carrying = self.is_carrying and not is_over
        else:
            self._unfinished_bytes += len(data)
            is_in_head = not (answering.is_in_body or answering.is_leaving)
            if self._unfinished_bytes > HEAD_BYTES_MAX and is_in_head:
                answering.data_received(NO_HEADER)
        answering.is_held = not self._unfinished.may_grow(self, self._unfinished_bytes)
        if answering.is_held:
            self._transport.pause_reading()

    def feed_kept(self) -> bool:
        """Let aiohttp have what little of a file has come; return whether there was any."""
        kept, self._kept = self._kept, b""
        if kept:
            self._to_come -= len(kept)
            self._feed(kept)
        return bool(kept)

    def _read_on(self) -> None:
        if not (self._unfed or self._answering.is_held or self._answering.stops_reading):
            self._transport.resume_reading()

    def go_on(self) -> None:
        """Read on: there is room now."""
        self._answering.is_held = False
        self._read_on()

    def answered(self) -> None:
        """Give back the room that the request took, and go on with what came behind it."""
        if not self._answering.is_in_body:
            self._unfinished_bytes = 0
            self._unfinished.gone(self)
        if self._unfed:
            self.turn.wait(self._take_turn)

    def frame_is_late(self) -> None:
        """End the connection: others wait for the room that half its request takes."""
        self._transport.close()

    def eof_received(self) -> bool:
        self._ended = True
        self._partings.see_to(self._hear_end, BROKEN_OFF if self._answering.is_in_body else 1)
        return True  # until then

    def _hear_end(self) -> None:
        if self._transport.is_closing() or self._transport.get_protocol() is not self:
            return  # meanwhile it was lost, or handed over together with its end
        if not (self._unfed or self._answering.hear_end()):
            self._transport.close()

    def pause_writing(self) -> None:
        self._congested = True
        self._answering.pause_writing()

    def resume_writing(self) -> None:
        self._congested = False
        self._answering.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self.asked()
        self._unfinished.gone(self)
        self._unfed = b""
        self._take_turn()  # whoever waits for it goes on, and finds the connection gone
        try:
            self.feed_kept()
            self._answering.connection_lost(exc)
        finally:  # whatever aiohttp makes of it, the place must be free
            self._left()
