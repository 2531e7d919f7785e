"""Reads a connection's first bytes, and gives it to the protocol that they begin.

Each connection starts as a `Stranger`. It keeps what comes until the table says what the peer
speaks; then a successor takes its place at the transport, and is told of the connection and of
every byte, as if it had been there from the start (`handover.py`).

What holds at all times:

- The decision depends on the bytes alone, not on the pieces in which they come: no word of the
  table begins another, so more bytes never change a decision. Undecided bytes are fewer than the
  longest word has, and that is all that is kept of a stranger.
- A connection has one protocol, and the one that hears `connection_lost` calls `left`, once.
- Hand-overs take turns: many may say their first word at the same moment, and to make a protocol
  for one takes as long as some messages do. Nothing is read between decision and hand-over, or
  hardly: not every event loop stops reading at once. What comes all the same is handed over.
- A transport is all that is needed, no socket. So a doorkeeper can stand inside TLS as well.

A stranger may hang up, reset the connection or run out of time with half a word said. The transport
notices the first two by itself, because it reads on until then; half a word wins no time.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, cast

from hubbub.server.sockets.contained import contained
from hubbub.server.sockets.handover import hand_over
from hubbub.server.sockets.receiving import Receiver

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

    from hubbub.server.fairness.turns import Turn
    from hubbub.server.sockets.deadlines import Deadlines
    from hubbub.server.sockets.partings import Partings
    from hubbub.server.sockets.receiving import AnyProtocol


class Speech(Enum):
    """What a peer speaks, by its first bytes."""

    FRAMES = auto()
    HTTP = auto()
    IRC = auto()
    TLS = auto()
    RELAY = auto()
    PROOF = auto()
    """A proof of the password, which comes before anything else that is said inside TLS."""
    UNKNOWN = auto()


FIRST_WORDS = {
    # The minus sign stands here so that its refusal comes in frames.
    **dict.fromkeys([bytes([octet]) for octet in b"0123456789 +-"], Speech.FRAMES),
    **dict.fromkeys(
        [b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ", b"OPTIONS ", b"PATCH "], Speech.HTTP
    ),
    b"\x16": Speech.TLS,
    b"RELAY ": Speech.RELAY,
    b"{": Speech.PROOF,
}
"""The words with which a peer may begin; none of them begins another."""

IRC_WORDS = (b"CAP ", b"NICK ", b"PASS ", b"PING ", b"QUIT", b"USER ")
"""The same, in whatever case they come."""


def speech_of(first: bytes) -> Speech | None:
    """Return what a peer speaks that begins with these bytes, None while that is open."""
    for word, speech in FIRST_WORDS.items():
        if first.startswith(word):
            return speech
    upper = first.upper()
    if upper.startswith(IRC_WORDS):
        return Speech.IRC
    is_open = any(word.startswith(first) for word in FIRST_WORDS)
    if is_open or any(word.startswith(upper) for word in IRC_WORDS):
        return None
    return Speech.UNKNOWN


if TYPE_CHECKING:
    Answer = Callable[[Turn, Callable[[], None]], AnyProtocol]
    """Makes the protocol for one connection: its turns, and what to call when it is gone."""


class Doorkeeper:
    """The connections that nobody answers yet.

    `answers` make the protocol for each speech. `deadlines`: the time for a first word.
    """

    def __init__(
        self, answers: Mapping[Speech, Answer], deadlines: Deadlines, partings: Partings
    ) -> None:
        assert set(answers) == set(Speech), "there is an answer to everything"
        self._strangers: set[Stranger] = set()
        self._answers = answers
        self.deadlines = deadlines
        self.partings = partings

    def stranger(self, turn: Turn, left: Callable[[], None], *, may_be_silent: bool) -> Stranger:
        """Return the first protocol of a connection; `left` is called when it is gone.

        `may_be_silent`: its time begins with its first byte, not before.
        """
        return Stranger(self, turn, left, may_be_silent=may_be_silent)

    def close(self) -> None:
        """Let go of those that nobody answers yet."""
        for stranger in list(self._strangers):
            stranger.time_is_up()

    def arrived(self, stranger: Stranger) -> None:
        """Remember a connection until it is handed over or gone."""
        self._strangers.add(stranger)

    def gone(self, stranger: Stranger) -> None:
        """Forget a connection."""
        self._strangers.discard(stranger)
        self.deadlines.end(stranger)

    def successor(self, speech: Speech, turn: Turn, left: Callable[[], None]) -> AnyProtocol:
        """Return the protocol that goes on with a connection."""
        return self._answers[speech](turn, left)


class Stranger(Receiver):
    """A connection until its first word is complete."""

    __slots__ = (
        "_doorkeeper",
        "_first",
        "_has_ended",
        "_left",
        "_may_be_silent",
        "_speech",
        "_transport",
        "_turn",
    )

    def __init__(
        self, doorkeeper: Doorkeeper, turn: Turn, left: Callable[[], None], *, may_be_silent: bool
    ) -> None:
        self._doorkeeper = doorkeeper
        self._turn = turn
        self._left = left
        self._may_be_silent = may_be_silent
        self._first = b""
        self._speech: Speech | None = None
        self._has_ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._doorkeeper.arrived(self)
        if not self._may_be_silent:
            self._doorkeeper.deadlines.begin(self)

    def data_received(self, data: bytes) -> None:
        doorkeeper = self._doorkeeper
        self._first += data
        if self._speech is not None:  # it waits for its turn
            return
        self._speech = speech_of(self._first)
        if self._speech is None:
            if self not in doorkeeper.deadlines:
                doorkeeper.deadlines.begin(self)
        elif self._turn.grant():
            self._hand_over()
        else:
            doorkeeper.deadlines.end(self)
            self._transport.pause_reading()
            self._turn.wait(self._hand_over)

    @contained
    def _hand_over(self) -> None:
        assert self._speech is not None, "it was decided"
        if self._transport.is_closing():
            return  # it is about to be told that it is lost
        # Made before the stranger is forgotten: if that fails, the connection still has an owner.
        successor = self._doorkeeper.successor(self._speech, self._turn, self._left)
        self._doorkeeper.gone(self)
        # No pause can have come: nothing was written that the peer could be slow to read.
        hand_over(self._transport, successor, self._first, ended=self._has_ended)

    def eof_received(self) -> bool:
        self._has_ended = True
        if self._speech is None:
            self._doorkeeper.partings.see_to(self._transport.close)
        return True  # until then

    def connection_lost(self, _exc: Exception | None) -> None:
        self._doorkeeper.gone(self)
        self._left()

    def time_is_up(self) -> None:
        """Let the peer go, without a word: it said none either."""
        self._transport.close()
