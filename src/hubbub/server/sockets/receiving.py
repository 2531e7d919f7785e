"""Receiving in pieces of bounded size, whatever the event loop would read at once."""

from __future__ import annotations

import asyncio
import threading
from typing import Final

from hubbub.faults import faults
from hubbub.tls.transport import Secured

RECEIVE_BYTES: Final = 65_536
"""The most that one read brings of somebody who has a name."""

WAITING_BYTES: Final = 8192
"""The same of somebody who has said more than could be acted on at once."""

STRANGER_BYTES: Final = 2048
"""The same of a peer that has none yet, or speaks HTTP: anybody may have thousands of these."""


class _Buffer(threading.local):
    """One for each event loop, which has a thread of its own."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(RECEIVE_BYTES))


_BUFFER = _Buffer()


class Receiver(asyncio.BufferedProtocol):
    """A protocol whose `data_received` gets little of what comes at a time.

    So little waits for a turn in our memory; the rest stays with the system, which has a bound.

    A loop asks for the buffer, fills it and says so without anything between. So all connections
    can share one, and one that is idle has none.
    """

    __slots__ = ()
    _transport: asyncio.Transport

    @property
    def piece_bytes(self) -> int:
        """How much is read at a time."""
        return STRANGER_BYTES

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Return where the loop is to put what comes."""
        return _BUFFER.view[: self.piece_bytes]

    def buffer_updated(self, nbytes: int) -> None:
        """Take in what the loop has put there."""
        self.data_received(bytes(_BUFFER.view[:nbytes]))

    def data_received(self, data: bytes) -> None:
        """Take in what the peer sent."""
        raise NotImplementedError

    def fail_by_our_fault(self, error: Exception) -> None:
        """End the connection, and no other: a way in that is `contained` has a fault of ours."""
        faults.note("a connection failed", error)
        self._transport.abort()


AnyProtocol = asyncio.Protocol | Receiver | Secured
"""What may answer a connection."""
