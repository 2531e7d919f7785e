"""Who was made to wait because a budget was used up, for the journal: one line a minute at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from hubbub.server.fairness.accounts import Account, Connected
from hubbub.server.notes import logger

if TYPE_CHECKING:
    from collections.abc import Callable

LINE_SECONDS: Final = 60.0
NAMED_MAX: Final = 3
COUNTED_MAX: Final = 1000
"""Addresses counted one by one until the next line; the others are counted together."""


class Delayed(msgspec.Struct):
    """An address that had to wait, how often, and what it had used before."""

    account: Account
    used_before: float
    pauses: int = 0

    def __str__(self) -> str:
        units = self.account.used - self.used_before
        return f"{self.account.name} ({self.pauses} times, {units:.0f} units)"


class Delays:
    """Counts the pauses of each address. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told_at = -LINE_SECONDS
        self._delayed: dict[Account, Delayed] = {}
        self._others = 0
        self.pauses = 0
        """All that there were so far."""

    def note(self, account: Account) -> None:
        """Count a pause."""
        self.pauses += 1
        if isinstance(account, Connected):
            account = account.address
        if (delayed := self._delayed.get(account)) is None:
            if len(self._delayed) >= COUNTED_MAX:
                self._others += 1
                return
            delayed = self._delayed[account] = Delayed(account, account.used)
        delayed.pauses += 1

    def tell(self) -> None:
        """Write the line, if there is something to tell and the last one is a minute ago."""
        now = self._clock()
        if not self._delayed or now < self._told_at + LINE_SECONDS:
            return
        self._told_at = now
        most = sorted(self._delayed.values(), key=lambda one: one.pauses, reverse=True)
        logger.warning(
            "peers want more than their share, and have to wait",
            most=", ".join(map(str, most[:NAMED_MAX])),
            others=len(most[NAMED_MAX:]),
            pauses=sum(one.pauses for one in most) + self._others,
        )
        self._delayed, self._others = {}, 0
