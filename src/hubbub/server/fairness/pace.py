"""How fast one party may go on: a token bucket whose clock is an argument."""


class Pace:
    """Admits `burst` units at once and `per_second` in the long run; begins with `tokens`.

    More may be taken than is there: what something costs is often known only when it is done. Such
    a debt is waited for before the next.
    """

    __slots__ = ("_at", "_tokens", "burst", "per_second")

    def __init__(
        self, per_second: float, burst: float, now: float, tokens: float | None = None
    ) -> None:
        self.per_second = per_second
        self.burst = burst
        self._tokens = burst if tokens is None else tokens
        self._at = now

    def left(self, now: float) -> float:
        """Return how many units may be taken now; less than 0 is a debt."""
        if now > self._at:
            earned = (now - self._at) * self.per_second
            self._tokens = min(self.burst, self._tokens + earned)
            self._at = now
        return self._tokens

    def delay(self, now: float, units: float = 1.0) -> float:
        """Return the seconds until so many units are there; 0 if they are now."""
        return max(0.0, min(units, self.burst) - self.left(now)) / self.per_second

    def take(self, units: float = 1.0) -> None:
        """Use some units."""
        self._tokens -= units

    def is_full(self, now: float) -> bool:
        """Return whether a new one would be no different."""
        return self.left(now) >= self.burst
