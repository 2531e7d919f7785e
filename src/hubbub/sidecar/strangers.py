"""Connections of which it is not known that they are the person's: few, and none for long.

Any user of the machine can open as many as they like, and say nothing, or little. Those of the
person's browser say at once whose they are.
"""

import asyncio
from typing import Final, Protocol

STRANGERS_MAX: Final = 512
"""With one more, the oldest is cut."""

STRANGER_SECONDS: Final = 10.0
LOOK_SECONDS: Final = 1.0


class Stranger(Protocol):
    """A connection that may be anybody's."""

    def cut(self) -> None:
        """Close at once; `left` is called for it, now or later."""


class Strangers:
    """All of them, in the order in which they came."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._since: dict[Stranger, float] = {}
        self._looking: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._since)

    def came(self, one: Stranger) -> None:
        """Take in a connection."""
        if len(self._since) >= STRANGERS_MAX:
            self._cut(next(iter(self._since)))
        self._since[one] = self._loop.time()
        if self._looking is None:
            self._looking = self._loop.call_later(LOOK_SECONDS, self._look)

    def left(self, one: Stranger) -> None:
        """Take in that it is gone, or known."""
        self._since.pop(one, None)

    def _look(self) -> None:
        self._looking = self._loop.call_later(LOOK_SECONDS, self._look) if self._since else None
        late = self._loop.time() - STRANGER_SECONDS
        for one in [one for one, since in self._since.items() if since <= late]:
            self._cut(one)

    def _cut(self, one: Stranger) -> None:
        self.left(one)
        one.cut()
