"""Connections that end: what follows is done for a few of them in each turn of the event loop.

A loop tells of many that hang up at once in a single turn, and thousands may be out of time at the
same moment. It takes a while for each, longer than to be told, and meanwhile nobody else would be
heard.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Loop(Protocol):
        """What this needs of an event loop."""

        def call_soon(self, callback: Callable[[], None]) -> object:
            """Call back in the loop's next turn."""


AT_ONCE: Final = 25
"""In one of the loop's turns: half a millisecond."""


class Partings:
    """What is to be done for connections that end, in order."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._waiting: deque[tuple[int, Callable[[], None]]] = deque()
        self._left = AT_ONCE
        self._is_counting = False

    def see_to(self, act: Callable[[], None], weight: int = 1) -> None:
        """Have `act` called once: now, or in one of the next turns if many end.

        `weight`: as how many it counts, with all that follows from it.
        """
        self._count()
        if self._left > 0 and not self._waiting:
            self._left -= weight
            act()
        else:
            self._waiting.append((weight, act))

    def _count(self) -> None:
        if not self._is_counting:
            self._is_counting = True
            self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        self._is_counting, self._left = False, AT_ONCE
        try:
            while self._waiting and self._left > 0:
                weight, act = self._waiting.popleft()
                self._left -= weight
                act()
        finally:
            if self._waiting or self._left < AT_ONCE:  # more may follow in this turn
                self._count()
