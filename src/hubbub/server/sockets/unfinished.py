"""Frames of which only a part has come: all of them together have a bound in memory.

A connection may receive `free_bytes` of a frame without asking. To receive more it takes a permit,
of which there are so many that each of them can hold the longest frame. So whoever has a permit can
receive the rest. If all are taken, the connection is not read from until one is free: first come,
first served. Nothing is dropped, and nobody waits for somebody who waits.

Those who have a name share one such bound. Those who have none yet share another one, which is
lower, with all that speak HTTP.

A peer could take a permit and then send nothing. So a frame has to be whole in a while, but only
while others wait for its permit.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final

from hubbub.server.fairness.shares import SHARE_BYTES_MIN, SHARED_BYTES_MAX
from hubbub.server.sockets.receiving import RECEIVE_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from hubbub.chat.limits import Limits

    class Receiving(Protocol):
        """A connection that frames come through."""

        def go_on(self) -> None:
            """Receive more: there is room now."""

        def frame_is_late(self) -> None:
            """End the connection, if it is for the peer to go on."""


STRANGERS_BYTES_MAX: Final = 134_217_728
"""For all frames and requests of those that have no name."""

STRANGER_FREE_BYTES: Final = 4096
"""Longer than any name, and than most of what is posted over HTTP."""


class UnfinishedFrames:
    """The connections that have received a large part of a frame. `clock` returns seconds."""

    def __init__(
        self,
        limits: Limits,
        clock: Callable[[], float],
        total_bytes: int = SHARED_BYTES_MAX,
        free_bytes: int = SHARE_BYTES_MIN,
    ) -> None:
        self._permits = max(1, total_bytes // (limits.frame_bytes_max + RECEIVE_BYTES))
        self._free_bytes = free_bytes
        self._seconds = limits.handshake_seconds
        self._clock = clock
        self._holders: dict[Receiving, float] = {}  # with the time when they are late, in order
        self._waiting: dict[Receiving, None] = {}  # the first come first

    def may_grow(self, connection: Receiving, held_bytes: int) -> bool:
        """Return whether a connection may receive more that holds so much of a frame.

        If not, it is told to `go_on` when it may.
        """
        if held_bytes <= self._free_bytes:
            if self._holders:  # or nobody waits either
                self.gone(connection)
            return True
        if connection in self._holders:
            return True
        if len(self._holders) >= self._permits:
            self._waiting[connection] = None
            return False
        self._take(connection)
        return True

    def gone(self, connection: Receiving) -> None:
        """Forget a connection: its frame is whole, or it is lost."""
        self._waiting.pop(connection, None)
        if self._holders.pop(connection, None) is not None and self._waiting:
            first = next(iter(self._waiting))
            del self._waiting[first]
            self._take(first)
            first.go_on()

    def _take(self, connection: Receiving) -> None:
        self._holders[connection] = self._clock() + self._seconds
        assert len(self._holders) <= self._permits

    def sweep(self) -> None:
        """End connections that are late, if others wait."""
        if not self._waiting:
            return
        now = self._clock()
        late = [one for one, _ in takewhile(lambda item: item[1] <= now, self._holders.items())]
        for connection in late:
            connection.frame_is_late()
