"""What was done lately, and by whom: a leaky bucket for each of many.

What is done goes into a bucket, which leaks at a steady rate until it is empty. So the level limits
both what may be done at once and how fast it may go on, and nothing need be known of each deed. A
bucket that is empty is as good as none, and is forgotten in time.
"""

from collections.abc import Callable
from math import ceil
from typing import Final, Generic, TypeVar

DAY_MILLISECONDS: Final = 86_400_000

FORGET_AT: Final = 1000
"""Buckets that are kept without looking which of them are empty."""

Key = TypeVar("Key")


class Bucket:
    """Held `level` at the time `at`, in milliseconds; `per_day` of it leak in a day."""

    __slots__ = ("at", "level", "per_day")

    def __init__(self, per_day: float, at: int) -> None:
        self.level = 0.0
        self.at = at
        self.per_day = per_day

    def left(self, at: int) -> float:
        """Let it leak until `at`, and return what is left in it.

        If the clock has gone back, nothing leaks for that time, and it goes on from there.
        """
        leaked = max(0, at - self.at) * self.per_day / DAY_MILLISECONDS
        self.level, self.at = max(0.0, self.level - leaked), at
        return self.level

    def seconds_for(self, excess: float) -> int:
        """Return in how many whole seconds so much will have leaked."""
        return ceil(excess * DAY_MILLISECONDS / self.per_day / 1000)


class Buckets(Generic[Key]):
    """A bucket for each key that did something; `per_day` says how fast that of a key leaks."""

    def __init__(self, per_day: Callable[[Key], float]) -> None:
        self._per_day = per_day
        self._buckets: dict[Key, Bucket] = {}
        self._forget_at = FORGET_AT

    def __len__(self) -> int:
        return len(self._buckets)

    def of(self, key: Key, at: int) -> Bucket:
        """Return the bucket of a key, a new one if it has none. Nothing has leaked from it yet."""
        bucket = self._buckets.get(key)
        return bucket if bucket is not None else self._put(key, at)

    def _put(self, key: Key, at: int) -> Bucket:
        if len(self._buckets) >= self._forget_at:
            self._buckets = {
                one: old
                for one, old in self._buckets.items()
                if old.at == at or old.left(at) > 0  # what was just asked for is yet to be filled
            }
            self._forget_at = 2 * len(self._buckets) + FORGET_AT
        bucket = self._buckets[key] = Bucket(self._per_day(key), at)
        return bucket

    def take_back(self, key: Key, amount: float) -> None:
        """Count what a key did no longer, as far as it has not leaked."""
        if (bucket := self._buckets.get(key)) is not None:
            bucket.level = max(0.0, bucket.level - amount)
