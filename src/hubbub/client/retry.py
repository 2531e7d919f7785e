"""How long to wait before the next attempt to connect, or to say something."""

import random
from collections.abc import Callable


class Backoff:
    """Exponential back-off with jitter: many clients of one fallen server return spread out.

    The n-th wait is between half and all of `first_seconds` * 2**n, never above `longest_seconds`.
    After `give_up_seconds` of waiting in a row there is no next attempt; None is never.
    """

    def __init__(
        self,
        first_seconds: float = 0.5,
        longest_seconds: float = 30,
        give_up_seconds: float | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._first_seconds = first_seconds
        self._longest_seconds = longest_seconds
        self._give_up_seconds = give_up_seconds
        self._jitter = jitter
        self.reset()

    def anew(self, give_up_seconds: float | None = None) -> "Backoff":
        """Return the same waits, from the first on; given up after so long, if not earlier."""
        ends = [end for end in (self._give_up_seconds, give_up_seconds) if end is not None]
        return Backoff(
            self._first_seconds, self._longest_seconds, min(ends, default=None), self._jitter
        )

    def reset(self) -> None:
        """Start over, because a connection was made."""
        self._next_seconds = self._first_seconds
        self._waited_seconds = 0.0

    def next_seconds(self) -> float | None:
        """Return the seconds to wait before the next attempt, or None to give up."""
        if self._give_up_seconds is not None and self._waited_seconds >= self._give_up_seconds:
            return None
        wait = self._next_seconds * (0.5 + self._jitter() / 2)
        self._next_seconds = min(self._next_seconds * 2, self._longest_seconds)
        self._waited_seconds += wait
        return wait

    def next_within_round(self) -> float:
        """Return the seconds until another address of the chatroom is tried: at most half a wait.

        It takes nothing from the time after which to give up.
        """
        return self._first_seconds * self._jitter() / 2
