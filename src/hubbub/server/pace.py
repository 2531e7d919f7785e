"""How fast one sender may go on: a token bucket whose clock is an argument."""


class Pace:
    """Admits `burst` at once and `per_second` in the long run."""

    __slots__ = ("_at", "_burst", "_per_second", "_tokens")

    def __init__(self, per_second: float, burst: int, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = float(burst)
        self._at = now

    def delay(self, now: float) -> float:
        """Return the seconds until `take` is allowed; 0 if it is now."""
        earned = (now - self._at) * self._per_second
        self._tokens = min(self._burst, self._tokens + earned)
        self._at = now
        return max(0, 1 - self._tokens) / self._per_second

    def take(self) -> None:
        """Use one admission."""
        self._tokens -= 1
