"""Names that are kept for a while for those who have lost their connection.

Whoever has such a person's secret gets the name back; nobody else gets it, or one that looks like
it. A name stands here without its person: nobody is present under it. So many are kept in all, and
so many of one address; if there are more, those that were lost first are free again.
"""

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

from hubbub.hub.present.person import Person

KEPT_SECONDS: Final = 60.0
KEPT_MAX: Final = 10_000
KEPT_PER_ADDRESS_MAX: Final = 256
KEPT_OF_THIS_MACHINE_MAX: Final = 5000


class _Place(NamedTuple):
    """Whose name is kept, from where they came, and until when, in seconds."""

    person: Person
    origin: str
    until: float


class Kept:
    """The names, each in a `_Place`."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}  # the first that is due first
        self._origins: dict[str, dict[str, None]] = {}
        self._now = 0.0  # when somebody last said what time it is: about once per second

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def seconds_left(self, key: str) -> int | None:
        """Return for how many seconds a name will be kept, about; None if it is not."""
        place = self._places.get(key)
        return None if place is None else max(1, math.ceil(place.until - self._now))

    def holder(self, key: str) -> Person | None:
        """Return for whom a name is kept, if it is."""
        place = self._places.get(key)
        return None if place is None else place.person

    def keep(self, person: Person, origin: str, lost_at: float) -> None:
        """Keep the name of somebody of `origin` whose last session ended at `lost_at` seconds."""
        assert person.key not in self._places, "nobody is present under a kept name"
        self._places[person.key] = _Place(person, origin, lost_at + KEPT_SECONDS)
        self._origins.setdefault(origin, {})[person.key] = None

    def free(self, key: str) -> Person | None:
        """Keep a name no longer; return whose it was, if it was kept."""
        if (place := self._places.pop(key, None)) is None:
            return None
        keys = self._origins[place.origin]
        del keys[key]
        if not keys:
            del self._origins[place.origin]
        return place.person

    def due(self, now: float, origin: str | None = None) -> Iterator[str]:
        """Yield the names to free at `now`, and those that are too many, of `origin` or in all."""
        self._now = now
        keys = self._origins.get(origin, {}) if origin is not None else {}
        at_most = KEPT_PER_ADDRESS_MAX if origin else KEPT_OF_THIS_MACHINE_MAX
        while len(keys) > at_most:
            yield next(iter(keys))
        while self._places:
            key, place = next(iter(self._places.items()))
            if place.until > now and len(self._places) <= KEPT_MAX:
                return
            yield key
