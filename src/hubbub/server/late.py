"""What answers connections of one kind, and is loaded for the first of them.

To load it takes a part of a second and some megabytes, and most chatrooms never need it. A thread
does it, so nobody waits but those who speak that way. A connection that comes before it is there is
`Early`: it keeps what comes, within bounds, and the end of what comes, and hands both over. So it
has three ways to go on: it is answered, its time is up, or the peer is gone. If it cannot be
loaded, those who wait are told so, and the next one makes us try again: perhaps nothing was missing
but a free descriptor.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from hubbub.background import awaited
from hubbub.faults import faults
from hubbub.server.notes import logger
from hubbub.server.sockets.contained import contained
from hubbub.server.sockets.farewell import Farewell
from hubbub.server.sockets.handover import hand_over
from hubbub.server.sockets.receiving import STRANGER_BYTES, Receiver

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from types import ModuleType

    from hubbub.server.fairness.turns import Turn
    from hubbub.server.sockets.deadlines import Deadlines
    from hubbub.server.sockets.receiving import AnyProtocol

EARLY_BYTES_MAX: Final = 4 * STRANGER_BYTES
"""What is kept of a connection meanwhile, before it is read from no further."""


class Late(ABC):
    """`handshakes`: how long a connection may wait. `lingering`: how long last words may take."""

    spoken = ""
    """What it is called in the journal."""

    module = ""
    """What is loaded."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, handshakes: Deadlines, lingering: Deadlines
    ) -> None:
        self.handshakes = handshakes
        self._loop = loop
        self._lingering = lingering
        self._is_there = self._is_closed = False
        self._opening: asyncio.Task[None] | None = None
        self._early: set[Early] = set()

    @abstractmethod
    async def _open(self, module: ModuleType) -> None:
        """Get ready to answer, with what was loaded."""

    @abstractmethod
    def _answered(self, turn: Turn, left: Callable[[], None]) -> AnyProtocol:
        """Return what answers a connection, once it is there."""

    @abstractmethod
    def _refusal(self) -> bytes:
        """Return the last words to those who cannot be answered."""

    def may_wait(self, received: bytes) -> bool:
        """Return whether a peer that has closed its half after this may wait for an answer."""
        return bool(received)

    def answer(self, turn: Turn, left: Callable[[], None]) -> AnyProtocol:
        """Return a protocol for one connection; `left` is called when it is gone."""
        if self._is_there:
            return self._answered(turn, left)
        if self._is_closed:
            return Farewell(b"", self._lingering, left)
        return Early(self, turn, left)

    def wait(self, early: Early) -> None:
        """Have it loaded, and `early` told when it is there."""
        self._early.add(early)
        if self._opening is None:
            self._opening = awaited(self._load())

    def gone(self, early: Early) -> None:
        """Forget one that waits."""
        self._early.discard(early)

    async def _load(self) -> None:
        try:
            await self._open(await self._loop.run_in_executor(None, import_module, self.module))
            self._is_there = True
        except (ImportError, OSError) as error:  # as when no more files can be opened
            logger.warning(f"{self.spoken} cannot be answered", reason=str(error))
        except Exception as error:  # noqa: BLE001 (whatever it is, those who wait must hear of it)
            faults.note(f"{self.spoken} cannot be answered", error)
        finally:
            # Whatever comes in between, the next one finds it there, or has it tried anew. Nothing
            # is awaited here, so none can begin to wait that is not looked after.
            self._opening = None
            for early in list(self._early):
                early.proceed()

    def successor(self, turn: Turn, left: Callable[[], None]) -> AnyProtocol:
        """Return the protocol that goes on with a connection that waited."""
        if self._is_there:
            return self._answered(turn, left)
        return Farewell(self._refusal(), self._lingering, left)

    async def close(self) -> None:
        """End those that wait. None may begin to any more."""
        self._is_closed = True
        for early in list(self._early):
            early.time_is_up()
        if self._opening is not None:  # a thread that imports cannot be stopped
            await self._opening


class Early(Receiver):
    """A connection while what will answer it is being loaded."""

    __slots__ = ("_ended", "_late", "_left", "_received", "_transport", "_turn")

    def __init__(self, late: Late, turn: Turn, left: Callable[[], None]) -> None:
        self._late = late
        self._turn = turn
        self._left = left
        self._received = b""
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._late.handshakes.begin(self)
        self._late.wait(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        # Not sooner: while nothing is read, a peer that hangs up is not noticed.
        if len(self._received) >= EARLY_BYTES_MAX:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        # The peer may be waiting for an answer to what it said. The successor can tell, but would
        # not hear of the end: so it is kept, as the bytes are.
        self._ended = True
        return self._late.may_wait(self._received)

    @contained
    def proceed(self) -> None:
        """Hand the connection over, or say that it cannot be answered."""
        self._forget()
        if self._transport.is_closing():
            # Lost, and about to be told so. Nobody else must have it then, but `left` is called.
            return
        successor = self._late.successor(self._turn, self._left)
        hand_over(self._transport, successor, self._received, ended=self._ended)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._forget()
        self._left()

    def time_is_up(self) -> None:
        """Cut the peer off: it cannot be answered in time."""
        self._transport.abort()

    def _forget(self) -> None:
        self._late.gone(self)
        self._late.handshakes.end(self)
