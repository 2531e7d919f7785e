"""Deadlines of connections, kept by one sweep instead of a timer each."""

from __future__ import annotations

from functools import partial
from itertools import takewhile
from math import inf
from typing import TYPE_CHECKING, Protocol

from hubbub.faults import faults

if TYPE_CHECKING:
    from collections.abc import Callable


class Awaited(Protocol):
    """A connection that must do something in time."""

    def time_is_up(self) -> None:
        """End the connection, which has not done it."""


class Deadlines:
    """Gives each connection the same `seconds`. `clock` returns seconds.

    All of them get the same time, so they are due in the order in which they began: a sweep looks
    at those that are due, and at one more.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._due: dict[Awaited, float] = {}

    def __contains__(self, awaited: Awaited) -> bool:
        return awaited in self._due

    def begin(self, awaited: Awaited) -> None:
        """Give a connection its time, from now on."""
        assert awaited not in self._due, "its place in the order would be the old one"
        self._due[awaited] = self._clock() + self._seconds

    def end(self, awaited: Awaited) -> None:
        """Forget a connection: it is gone, or did what it had to."""
        self._due.pop(awaited, None)

    def sweep(self, see_to: Callable[[Callable[[], None]], None]) -> None:
        """Have the connections ended whose time is up.

        Thousands may have begun at the same moment. `see_to` calls back for each, perhaps later.
        """
        now = self._clock()
        due = [one for one, _ in takewhile(lambda item: item[1] <= now, self._due.items())]
        for awaited in due:
            see_to(partial(self._end_late, awaited))

    def _end_late(self, awaited: Awaited) -> None:
        # By then it may be forgotten, or have begun again: ending one may end another one.
        if self._due.get(awaited, inf) <= self._clock():
            del self._due[awaited]
            with faults.contained("a connection that is late cannot be ended"):
                awaited.time_is_up()
