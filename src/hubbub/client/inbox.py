"""Events that wait for the application, with bounds. Pure but for the wake-up of one reader."""

import asyncio
from collections import deque

from hubbub.client.events import Received

PAUSE_BYTES = 1_048_576
"""JSON bytes that wait before reading pauses, so that the server keeps our place instead."""

FULL_BYTES = 16 * PAUSE_BYTES
"""JSON bytes above which nothing more is taken in, even while an answer is being read for."""

_EVENT_BYTES_MIN = 256
"""About what the objects of the smallest event weigh."""


class Inbox:
    """A queue from the connection to the application."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Received, int]] = deque()
        self._bytes = 0
        self._arrived = asyncio.Event()
        self._ended = False

    @property
    def pausing(self) -> bool:
        """Whether so much waits that reading should pause."""
        return self._bytes >= PAUSE_BYTES

    @property
    def full(self) -> bool:
        """Whether nothing more may be added."""
        return self._bytes >= FULL_BYTES

    @property
    def low(self) -> bool:
        """Whether little enough waits to catch up with what was left out."""
        return self._bytes < PAUSE_BYTES // 2

    def add(self, received: Received) -> None:
        """Put an event behind all others."""
        weight = _EVENT_BYTES_MIN + len(received.json)
        self._waiting.append((received, weight))
        self._bytes += weight
        self._arrived.set()

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._arrived.set()

    async def next(self) -> Received | None:
        """Wait for the next event; None when all were given and nothing more will come."""
        while not self._waiting:
            if self._ended:
                return None
            self._arrived.clear()
            await self._arrived.wait()
        received, weight = self._waiting.popleft()
        self._bytes -= weight
        return received
