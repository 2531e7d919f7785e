"""How often something took how long, counted in buckets: an observation costs a look-up."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

FROM_A_MILLISECOND: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
FROM_A_TENTH_OF_ONE: Final = (0.0001, 0.00025, 0.0005, *FROM_A_MILLISECOND[:-2])


class Histogram:
    """Seconds, counted in buckets of which each takes what is no longer than its bound."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self.seconds = 0.0
        """All that was observed, together."""

    def observe(self, seconds: float) -> None:
        """Count one more."""
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self.seconds += seconds

    def buckets(self) -> Iterator[tuple[str, float]]:
        """Yield each bound with how many were no longer, as Prometheus has them."""
        count = 0
        for bound, more in zip((*map(repr, self._bounds), "+Inf"), self._counts, strict=True):
            count += more
            yield bound, count
