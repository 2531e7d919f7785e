"""The server's end of a link to a relay: its connections, and what is told to them.

What is written to channels in one turn of the loop leaves together. Those that are told the same
object are one message: a fan-out to a thousand members is its bytes, once, and their numbers. The
order on each channel stays: it joins an earlier message only if none of its own comes after that.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, cast

import msgspec
from msgspec import structs

from hubbub import __version__
from hubbub.background import begin
from hubbub.chat.errors import ProtocolError
from hubbub.chat.listed import RelaySummary
from hubbub.faults import faults
from hubbub.server.fairness.addresses import is_loopback
from hubbub.server.notes import logger
from hubbub.server.relaying.ticker import Follow
from hubbub.server.sockets.channel import Channel
from hubbub.wire.relay import (
    SILENT_SECONDS,
    Arrived,
    Decoder,
    Kind,
    Lag,
    Message,
    Wanted,
    encode,
    encode_count,
    encode_told,
    taken_of,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hubbub.server.relaying.giving import Giving
    from hubbub.server.relaying.ticker import Ticker
    from hubbub.server.sockets.sending import Sending

CONGESTED_BYTES: Final = 8_388_608
"""With so much on its way to a relay, those who are told more are served from the log."""

CROWD: Final = 50
"""So many writes are waited for, before more is committed that a crowd hears."""

LOOK_SECONDS: Final = 1.0


class Downlink(asyncio.Protocol):
    """A link to a relay. `arrived` lets in a connection; `lost` is called when the link is gone.

    `host`: where the relay is, if that is another machine as far as we know: then who comes from
    its own machine does not come from this one. `sending`: if the relay is of this machine, what
    waits for it after a fan-out to a crowd. `ticker`: if it keeps a copy of the log, what tells it,
    and `giving` what has the files of that.
    `dismiss` tells all on these channels that the relay stops.
    """

    def __init__(
        self,
        arrived: Callable[[Channel], None],
        lost: Callable[[], None],
        *,
        host: str = "",
        sending: Sending | None = None,
        ticker: Ticker | None = None,
        giving: Giving | None = None,
        dismiss: Callable[[Downlink], Awaitable[None]] | None = None,
    ) -> None:
        self._arrived = arrived
        self._dismiss = dismiss
        self._dismissing: asyncio.Task[None] | None = None
        self._giving = giving
        self._given: asyncio.Task[None] | None = None
        self._lost = lost
        self._host = host
        self._sending = sending
        self._ticker = ticker
        self._loop = asyncio.get_running_loop()
        self._decoder = Decoder()
        self._channels: dict[int, Channel] = {}
        self._batch = 1
        self._groups: list[tuple[bytes, list[int]]] = []
        self._places: dict[int, int] = {}  # by the identity of what is told
        self._first: list[bytes] = []  # what goes before it
        self._words: list[bytes] = []  # what goes behind it
        self._is_due = False
        self._looking: asyncio.TimerHandle | None = None
        self._asked = 0
        self._summary: RelaySummary | None = None
        self.is_congested = False
        self._acts: dict[Kind, Callable[[Message], None]] = {
            Kind.READY: self._note_ready,
            Kind.ARRIVED: self._begin,
            Kind.TAKEN: self._taken,
            Kind.WRITTEN: self._written,
            Kind.FOLLOW: self._follow,
            Kind.APPLIED: self._applied,
            Kind.LEAVING: self._leaving,
            Kind.ALIVE: self._heard,
            Kind.WANT: self._want,
        }
        self.ready: asyncio.Future[bool] = self._loop.create_future()
        """Whether the relay accepts connections; known when it does, or the link is lost."""

    @property
    def is_relay(self) -> bool:
        """Whether there is a relay at its other end, and no worker."""
        return bool(self._host)

    # What the link tells us.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(CONGESTED_BYTES)
        self._heard_at = self._loop.time()
        if self._host:
            self._look()

    def _look(self) -> None:
        """Say that we are there, and end the link if the relay is not."""
        self._looking = self._loop.call_later(LOOK_SECONDS, self._look)
        self.say(encode(Kind.ALIVE, 0, msgspec.json.encode(Lag(__version__, self._behind()))))
        if self._loop.time() > self._heard_at + SILENT_SECONDS:
            self.cut_off()

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        try:
            for message in self._decoder.receive(data):
                self._take(message)
        except (ProtocolError, msgspec.DecodeError) as error:
            logger.error("a relay's link is cut", reason=str(error))  # noqa: TRY400
            self._transport.abort()

    def pause_writing(self) -> None:
        self.is_congested = True

    def resume_writing(self) -> None:
        self.is_congested = False
        for channel in list(self._channels.values()):
            channel.breathe()

    def connection_lost(self, _exc: Exception | None) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._settle(is_ready=False)
        channels, self._channels = self._channels, {}
        # Names are kept for members of a worker, who come back at once. A relay has a chatroom
        # of its own for its members meanwhile: they come back without our secrets.
        error = None if self._host else ConnectionResetError("the worker is gone")
        for channel in channels.values():
            channel.lose(error)
        for task in (self._dismissing, self._given):
            if task is not None:
                task.cancel()
        if self._sending is not None:
            self._sending.give_back(self)
        if self._ticker is not None:
            self._ticker.leave(self)
        self._lost()

    def _note_ready(self, message: Message) -> None:
        if (version := message.payload.decode()) != __version__:
            logger.warning(
                "a worker is of another version of hubbub, which took this one's place on the "
                "disk: it works, but start the server again soon",
                version=version,
                own=__version__,
            )
        self._settle(is_ready=True)

    def _settle(self, *, is_ready: bool) -> None:
        if not self.ready.done():
            self.ready.set_result(is_ready)

    def _take(self, message: Message) -> None:
        if (act := self._acts.get(message.kind)) is not None:
            act(message)
        # What is closed here is passed over: the relay has yet to hear of it.
        elif (channel := self._channels.get(message.number)) is not None:
            self._pass_on(channel, message)

    def _pass_on(self, channel: Channel, message: Message) -> None:
        match message.kind:
            case Kind.SAID:
                channel.receive(message.payload)
            case Kind.ENDED:
                channel.receive_end()
            case Kind.GONE:
                del self._channels[message.number]
                channel.lose(ConnectionResetError() if message.payload else None)

    def _heard(self, message: Message) -> None:
        is_new = self._summary is None
        self._summary = msgspec.json.decode(message.payload, type=RelaySummary)
        if is_new and self._summary.version != __version__:
            logger.warning(
                "a relay runs another version of hubbub: if it is linked over and over, or its "
                "copy does not go on, let both run the newer one",
                relay=self._host,
                version=self._summary.version,
                own=__version__,
            )

    def _begin(self, message: Message) -> None:
        arrived = msgspec.json.decode(message.payload, type=Arrived)
        host = self._host if self._host and is_loopback(arrived.host) else arrived.host
        channel = Channel(self, message.number, host, arrived)
        self._channels[message.number] = channel
        self._arrived(channel)

    def _taken(self, message: Message) -> None:
        for number, size in taken_of(message):
            if (channel := self._channels.get(number)) is not None:
                channel.taken(size)

    def _written(self, message: Message) -> None:
        if message.number == self._asked and self._sending is not None:
            self._sending.give_back(self)

    def _follow(self, message: Message) -> None:
        if self._ticker is not None:
            self._ticker.follow(self, msgspec.json.decode(message.payload, type=Follow))

    def _applied(self, _message: Message) -> None:
        if self._ticker is not None:
            self._ticker.applied(self)

    def _want(self, message: Message) -> None:
        if self._giving is None or (self._given is not None and not self._given.done()):
            raise ProtocolError("A relay asks for one piece of a file after the other.")
        wanted = msgspec.json.decode(message.payload, type=Wanted)
        self._given = begin(self._give(self._giving, wanted), "a relay is given no piece")

    async def _give(self, giving: Giving, wanted: Wanted) -> None:
        piece = None
        with faults.contained("a piece of a file cannot be read for a relay"):
            piece = await giving.piece(wanted)
        self.say(encode(Kind.PIECE, piece is None, piece or b""))

    def _leaving(self, _message: Message) -> None:
        if self._dismiss is not None and self._dismissing is None:
            self._dismissing = begin(
                self._say_goodbye(self._dismiss), "members of a relay hear no goodbye"
            )

    async def _say_goodbye(self, dismiss: Callable[[Downlink], Awaitable[None]]) -> None:
        await dismiss(self)
        self.say(encode(Kind.LEFT))

    def _behind(self) -> int | None:
        return None if self._ticker is None else self._ticker.behind(self)

    @property
    def summary(self) -> RelaySummary | None:
        """How the relay does, as it said less than a second ago; None before that."""
        if (summary := self._summary) is None:
            return None
        # It may listen on every network.
        port = summary.address.rpartition(":")[2]
        host = f"[{self._host}]" if ":" in self._host else self._host
        return structs.replace(summary, address=f"{host}:{port}", behind=self._behind())

    # What the channels want.

    def tell(self, channel: Channel, payload: bytes) -> None:
        """Bring this to the peer."""
        if channel.batch != self._batch:
            channel.batch, channel.place = self._batch, 0
        place = self._places.get(id(payload), -1)  # we hold it, so nothing else has its identity
        if place < channel.place:
            place = self._places[id(payload)] = len(self._groups)
            self._groups.append((payload, [channel.number]))
            self._soon()
        else:
            self._groups[place][1].append(channel.number)
        channel.place = place

    def end(self, channel: Channel) -> None:
        """Close our half behind all that was told."""
        self.say(encode(Kind.END, channel.number))

    def close(self, channel: Channel) -> None:
        """Close the connection behind all that was told."""
        self.say(encode(Kind.CLOSE, channel.number))

    def cut(self, channel: Channel) -> None:
        """Close the connection at once, and forget it."""
        if self._channels.pop(channel.number, None) is not None:
            self.say(encode(Kind.CUT, channel.number))

    def grant(self, channel: Channel, size: int) -> None:
        """Let the relay read so many bytes more."""
        self.say(encode_count(Kind.MORE, channel.number, size))

    # What leaves.

    def stop(self) -> None:
        """Have the relay accept no more."""
        self.say(encode(Kind.STOP))

    def hang_up(self) -> None:
        """Send what is there, and end the link."""
        self._leave()
        self._transport.close()

    def cut_off(self) -> None:
        """End the link at once."""
        self._transport.abort()

    def say_first(self, word: bytes) -> None:
        """Have this message leave before all that is told in this turn of the loop."""
        self._first.append(word)
        self._soon()

    def say(self, word: bytes) -> None:
        """Have this message leave behind all that is told in this turn of the loop."""
        self._words.append(word)
        self._soon()

    def _soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._leave)

    def _leave(self) -> None:
        self._is_due = False
        pieces = self._first
        for told, numbers in self._groups:
            pieces += encode_told(numbers, told)
        pieces += self._words
        if self._sending is not None and sum(len(one) for _, one in self._groups) >= CROWD:
            self._asked += 1
            pieces.append(encode(Kind.ASK, self._asked))
            self._sending.lend(self)
        self._batch += 1
        self._first, self._groups, self._words = [], [], []
        self._places.clear()
        if pieces and not self._transport.is_closing():
            self._transport.write(b"".join(pieces))
