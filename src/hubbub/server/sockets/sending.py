"""How much is written in one turn of the event loop: a bounded amount, and the rest in the next.

A write costs the system a few microseconds and something for every byte, so one text for all
members of a large room takes tens of milliseconds. Whoever does not fit into a turn of the loop is
*owed* what was to be written, and gets it in one of the next turns, those first to whom little is
owed. Bytes are counted, because some loops only note a write, and make it at the end of the turn.
Long writes are timed as well: while a peer reads nothing, the system finds new memory for each
byte, and that takes several times as long.

What a worker writes is not counted here. It is `lent` a fan-out: until it says that it has written
all of it, or for `LENT_SECONDS_MAX`, we owe something as well.

What holds at all times: what is owed to somebody is sent before anything else is written to them.
So the order of the writes to each connection stays; that of different connections may not.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Final

from hubbub.faults import faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Debtor(Protocol):
        """A connection that may owe its peer something."""

        def pay(self) -> None:
            """Send what is owed, if anything is."""

    class Loop(Protocol):
        """What this needs of an event loop."""

        def call_soon(self, callback: Callable[[], None]) -> object:
            """Call back in the loop's next turn."""

        def time(self) -> float:
            """Return seconds."""


TURN_BYTES: Final = 2_097_152
"""What all connections together write in a turn of the loop: a millisecond or so."""

WRITE_BYTES: Final = 8192
"""A write counts as so many bytes more: it takes as long as they do."""

TURN_SECONDS: Final = 0.001
"""How long they write in one turn, as far as it can be seen."""

LONG_BYTES: Final = 16_384
"""Before a write of so many bytes, a glance at the clock costs nothing."""

LENT_SECONDS_MAX: Final = 0.05
"""A worker that takes longer is waited for no more: it may have been stopped."""

SHORT_BYTES: Final = 4096
"""What is owed goes first if it is no more than this."""


class Sending:
    """What may still be written in this turn, and who owes something.

    A connection that owes nothing writes at once if it `may_write`. Else it has to `put_off` that.
    """

    def __init__(self, loop: Loop, clock: Callable[[], float] = time.monotonic) -> None:
        self._loop = loop
        self._clock = clock
        self._is_begun = False
        self._left = 0
        self._ends_at = 0.0
        self.paid_at = -inf
        """When something was paid last, in seconds of the loop's time."""
        self._short: deque[tuple[Debtor, int]] = deque()
        self._long: deque[tuple[Debtor, int]] = deque()
        self._when_paid: list[Callable[[], None]] = []
        self._lent: dict[object, float] = {}  # until when
        self._returned = asyncio.Event()

    @property
    def owes(self) -> bool:
        """Whether something is owed to anybody."""
        if self._lent:
            now = self._loop.time()
            self._lent = {worker: until for worker, until in self._lent.items() if until > now}
        return bool(self._long or self._short or self._lent)

    def lend(self, worker: object) -> None:
        """Wait for a worker, which has much to write: no longer if it gets more meanwhile."""
        self._lent.setdefault(worker, self._loop.time() + LENT_SECONDS_MAX)
        self._returned.clear()

    def give_back(self, worker: object) -> None:
        """Wait no more for a worker: it has written all, or is gone."""
        if self._lent.pop(worker, None) is not None:
            self.paid_at = self._loop.time()
            self._returned.set()

    async def progress(self) -> None:
        """Return when more of what is owed may have been written."""
        if self._long or self._short or not self._lent:
            await asyncio.sleep(0)  # the next slice of it
        else:
            self._returned.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LENT_SECONDS_MAX):
                    await self._returned.wait()

    def call_when_paid(self, callback: Callable[[], None]) -> None:
        """Call back once nothing is owed any more, at once if that is so."""
        self._when_paid.append(callback)
        self._tell_if_paid()

    def _tell_if_paid(self) -> None:
        if self._when_paid and not self.owes:
            callbacks, self._when_paid = self._when_paid, []
            for callback in callbacks:
                with faults.contained("what waited for all to be sent failed"):
                    callback()

    def may_write(self, size: int) -> bool:
        """Return whether this turn has room for a write of so many bytes, and count it."""
        if self._left <= 0:
            if self._is_begun:
                return False
            self._begin()
        elif size >= LONG_BYTES and self._clock() >= self._ends_at:
            self._left = 0
            return False
        self._left -= size + WRITE_BYTES
        return True

    def put_off(self, debtor: Debtor, size: int) -> None:
        """Have the debtor pay so many bytes in one of the next turns."""
        (self._short if size <= SHORT_BYTES else self._long).append((debtor, size))

    def _begin(self) -> None:
        self._is_begun, self._left = True, TURN_BYTES
        self._ends_at = self._clock() + TURN_SECONDS
        self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        """Begin the next turn if anybody owes something, and pay that first."""
        self._is_begun, self._left = False, 0
        if self.owes:
            self.paid_at = self._loop.time()
        for debts in (self._short, self._long):
            while debts and self.may_write(debts[0][1]):
                with faults.contained("what is owed to a connection cannot be sent"):
                    debts.popleft()[0].pay()
        self._tell_if_paid()
