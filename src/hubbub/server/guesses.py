"""How often one address may guess the password wrongly."""

from collections.abc import Callable

from hubbub.chat.errors import Refused
from hubbub.server.pace import Pace

WRONG_AT_ONCE = 10
WRONG_PER_SECOND = 0.1
HOSTS_MAX = 10_000
"""Addresses remembered; the one that guessed wrongly longest ago is forgotten first."""


class Guesses:
    """Counts wrong passwords per address. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._paces: dict[str, Pace] = {}

    def check(self, host: str) -> None:
        """Raise Refused `slow_down` if `host` has guessed wrongly too often of late."""
        pace = self._paces.get(host)
        if pace is not None and (seconds := pace.delay(self._clock())):
            raise Refused(
                f"Too many wrong passwords came from your address. Try again in {seconds:.0f} "
                "seconds.",
                code="slow_down",
            )

    def wrong(self, host: str) -> None:
        """Count a wrong password of `host`."""
        pace = self._paces.pop(host, None) or Pace(WRONG_PER_SECOND, WRONG_AT_ONCE, self._clock())
        pace.take()
        self._paces[host] = pace
        if len(self._paces) > HOSTS_MAX:
            del self._paces[next(iter(self._paces))]
