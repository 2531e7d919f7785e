"""How often secrets may be guessed wrongly: per address, per network, per account, and in all.

A secret is the chatroom's password, somebody's own, or a code. A right one is never refused,
whoever else guesses from the same address, or for the same account. So each one is looked at,
sooner or later, and guessing is made slow instead:

- Wrong ones are refused at once: after some of an address, with a code that says to wait. Clients
  that cannot know which it was give theirs again after a while, and then hear that it was wrong.
- After many of an address, a network or in all, each secret of theirs is looked at only
  `LATER_SECONDS` after it came, the right one, too. Whoever hangs up meanwhile learns nothing, and
  keeps the place until then. So nobody guesses faster than they have connections. It is the same
  time for all, or thousands of them would be looked at in one moment.
- So it is after some for one account, whatever they come from. Addresses from which the right one
  came lately do not wait for that: their owner is at one of them.

An account is whatever a secret is given for, such as a name; whether there is one does not matter,
or guesses would tell.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple

from hubbub.chat.errors import Refused, WrongSecret
from hubbub.server.fairness.addresses import address_of, network_of
from hubbub.server.fairness.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

LATER_SECONDS: Final = 10.0
"""Less than a handshake may take, and than our clients wait for an answer."""

COUNTED_MAX: Final = 10_000
"""Of each kind that is counted; whatever was guessed wrongly longest ago is forgotten first."""

FAMILIAR_MAX: Final = 10_000
"""Accounts at addresses from which the right secret came; the one longest ago goes first."""


class _Budget(NamedTuple):
    """How many are free at once, and how many each second later."""

    at_once: float
    per_second: float


TOLD: Final = _Budget(10, 0.1)
"""Wrong ones of an address that are told so, and no more: whoever gave them may give another."""

OF_ADDRESS: Final = _Budget(100, 0.1)
OF_NETWORK: Final = _Budget(500, 1.0)
OF_ACCOUNT: Final = _Budget(30, 1 / 60)
OF_ALL: Final = _Budget(5000, 10.0)
"""Wrong ones until they are looked at later."""


class Guesses:
    """Counts wrong secrets. `clock` returns seconds.

    `account` is what a secret was given for; it is empty for that of the chatroom, and for codes.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._all = _pace(OF_ALL, clock())
        self._paces: dict[str, Pace] = {}
        self._accounts: dict[str, Pace] = {}
        self._told: dict[str, Pace] = {}
        self._familiar: dict[tuple[str, str], None] = {}
        self.note: Callable[[str, str], None] = lambda _host, _account: None
        """Told of each wrong one, if there are other servers that count it, too."""

    def delay(self, host: str, account: str = "") -> float:
        """Return how many seconds later a secret that comes from `host` is to be looked at."""
        now = self._clock()
        paces = [self._paces.get(key) for key in _keys(host)]
        if (account, address_of(host)) not in self._familiar:
            paces.append(self._accounts.get(account))
        are_many = any(pace.delay(now) > 0 for pace in (self._all, *paces) if pace is not None)
        return LATER_SECONDS if are_many else 0.0

    def right(self, host: str, account: str) -> None:
        """Remember that the right secret of an account came from `host`."""
        familiar = account, address_of(host)
        self._familiar.pop(familiar, None)
        self._familiar[familiar] = None
        if len(self._familiar) > FAMILIAR_MAX:
            del self._familiar[next(iter(self._familiar))]

    def wrong(self, host: str, refusal: WrongSecret) -> Refused:
        """Count a wrong secret of `host`; return what to refuse it with, often `refusal`."""
        now = self._clock()
        self._count(host, refusal.account, 1, now)
        self.note(host, refusal.account)
        told = _latest(self._told, address_of(host), TOLD, now)
        if not (seconds := told.delay(now)):
            told.take()
            return refusal
        wait = ceil(seconds)
        return Refused(
            f"{refusal} Too many wrong ones came from your address. Try again in {wait} seconds.",
            code="slow_down",
            retry_after=wait,
        )

    def hear(self, host: str, account: str, times: int) -> None:
        """Count what was wrong at another server."""
        now = self._clock()
        self._count(host, account, times, now)
        told = _latest(self._told, address_of(host), TOLD, now)
        told.take(min(times, max(0.0, told.left(now))))

    def _count(self, host: str, account: str, times: int, now: float) -> None:
        self._all.take(times)
        for key, budget in _keys(host).items():
            _latest(self._paces, key, budget, now).take(times)
        if account:
            _latest(self._accounts, account, OF_ACCOUNT, now).take(times)


def _keys(host: str) -> dict[str, _Budget]:
    return {address_of(host): OF_ADDRESS, network_of(host): OF_NETWORK}


def _latest(paces: dict[str, Pace], key: str, budget: _Budget, now: float) -> Pace:
    """Return the pace of a key that is now the latest, and forget the one that is it least."""
    pace = paces.pop(key) if key in paces else _pace(budget, now)
    paces[key] = pace
    if len(paces) > COUNTED_MAX:
        del paces[next(iter(paces))]
    return pace


def _pace(budget: _Budget, now: float) -> Pace:
    return Pace(budget.per_second, budget.at_once, now)
