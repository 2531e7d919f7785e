"""The relay's end of a link: what the peers say goes up, what the server tells them comes down."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, cast

import msgspec

from hubbub.chat.errors import ProtocolError
from hubbub.faults import faults
from hubbub.server.notes import logger
from hubbub.wire.relay import (
    SILENT_SECONDS,
    Decoder,
    Kind,
    count_of,
    encode,
    encode_taken,
    told_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from hubbub.server.sockets.sending import Sending
    from hubbub.wire.relay import Message

    class Forwarded(Protocol):
        """A connection that the relay has accepted."""

        def grant(self, size: int) -> None:
            """Read so many bytes more."""

        def write(self, payload: bytes) -> None:
            """Send `payload` after everything written before."""

        def has_told(self) -> bool:
            """Let the server know what was taken; return whether that is all."""

        def end(self) -> None:
            """Send what is there, and close our half."""

        def close(self) -> None:
            """Send what is there, and close."""

        def cut(self) -> None:
            """Close at once."""


TAKEN_SECONDS: Final = 0.1
"""The server hears so late, at most, that a peer has taken the little that it was sent."""


class Uplink(asyncio.Protocol):
    """A link to the server.

    `lost` is called when it is gone, `told` with what it says of its log and of our copy.
    """

    def __init__(
        self,
        sending: Sending,
        lost: Callable[[], None],
        told: Callable[[Message], None] = lambda _: None,
    ) -> None:
        self.sending = sending
        self._lost = lost
        self.stop: Callable[[], None] = lambda: None
        """Called when no more connections are to be accepted."""

        self.left = asyncio.Event()
        """Set once all peers have been told that the relay stops, or nobody can tell them."""

        self._acts: dict[Kind, Callable[[Message], None]] = {
            Kind.TELL: self._tell,
            Kind.ASK: self._asked,
            Kind.STOP: lambda _: self.stop(),
            Kind.LEFT: lambda _: self.left.set(),
            **dict.fromkeys(
                [
                    *(Kind.HISTORY, Kind.COMMITTED, Kind.DROPPED, Kind.WHOLE),
                    *(Kind.ALIVE, Kind.PIECE),
                ],
                told,
            ),
        }
        self._loop = asyncio.get_running_loop()
        self._decoder = Decoder()
        self._forwarded: dict[int, Forwarded] = {}
        self._newest = 0
        self._words: list[bytes] = []
        self._taken: list[tuple[int, int]] = []
        self._untold: dict[Forwarded, None] = {}
        self._is_due = False
        self._is_telling = False

    # What comes down.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._heard_at = self._loop.time()

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        try:
            for message in self._decoder.receive(data):
                self._take(message)
        except (ProtocolError, msgspec.DecodeError) as error:
            logger.error("the link to the server is cut", reason=str(error))  # noqa: TRY400
            self._transport.abort()

    def connection_lost(self, _exc: Exception | None) -> None:
        for forwarding in list(self._forwarded.values()):
            forwarding.cut()
        self.left.set()
        self._lost()

    def _take(self, message: Message) -> None:
        if (act := self._acts.get(message.kind)) is not None:
            act(message)
        # What is gone is passed over: the server has yet to hear of it.
        elif (one := self._forwarded.get(message.number)) is not None:
            self._pass_on(one, message)

    def _pass_on(self, one: Forwarded, message: Message) -> None:
        match message.kind:
            case Kind.END:
                one.end()
            case Kind.CLOSE:
                one.close()
            case Kind.CUT:
                one.cut()
            case Kind.MORE:
                one.grant(count_of(message))

    def _tell(self, message: Message) -> None:
        numbers, told = told_of(message)
        forwarded = self._forwarded
        for number in numbers:
            if (one := forwarded.get(number)) is not None:
                one.write(told)

    def _asked(self, message: Message) -> None:
        self.sending.call_when_paid(lambda: self.say(encode(Kind.WRITTEN, message.number)))

    def look(self, how: bytes) -> None:
        """Say `how` we do, and end the link if the server is not there; call every second."""
        self.say(encode(Kind.ALIVE, 0, how))
        if self._loop.time() > self._heard_at + SILENT_SECONDS:
            self.hang_up()

    def hang_up(self) -> None:
        """End the link at once."""
        self._transport.abort()

    # What goes up.

    def add(self, forwarding: Forwarded) -> int:
        """Return the number of a new connection."""
        self._newest += 1
        self._forwarded[self._newest] = forwarding
        return self._newest

    def forget(self, number: int) -> None:
        """Tell a connection nothing more: it is gone."""
        self._forwarded.pop(number, None)

    def say(self, word: bytes) -> None:
        """Have this message leave with all others of this turn of the loop."""
        self._words.append(word)
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._leave)

    def taken(self, number: int, size: int) -> None:
        """Let the server know that a peer's system has taken so many bytes."""
        if not self._taken:
            self.say(b"")
        self._taken.append((number, size))

    def untold(self, forwarding: Forwarded) -> None:
        """Ask a connection soon what was taken of the little that it was sent."""
        self._untold[forwarding] = None
        if not self._is_telling:
            self._is_telling = True
            self._loop.call_later(TAKEN_SECONDS, self._ask)

    def _ask(self) -> None:
        self._is_telling = False
        asked, self._untold = self._untold, {}
        for one in asked:
            with faults.contained("what a peer has taken is not known"):
                if not one.has_told():
                    self.untold(one)

    def _leave(self) -> None:
        self._is_due = False
        words, self._words = self._words, []
        if self._taken:
            taken, self._taken = self._taken, []
            words.append(encode_taken(taken))
        if not self._transport.is_closing():
            self._transport.write(b"".join(words))
