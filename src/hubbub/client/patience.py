"""How long a room waits until what the server could not take just now is said again. Pure.

A refusal for a passing reason *stops* its room: nothing more is written there. Once all that was
written before is answered, the room waits, ever longer. Then it is *tried* with its first message
alone, and if the server takes that, the others follow. So nothing overtakes what is repeated, and
a server in need is not burdened with all of it time and again. `web/js/chat/patience.js` follows
the same rules.
"""

import math
from collections.abc import Callable

import msgspec

from hubbub.chat.errors import Refused
from hubbub.client.retry import Backoff


class _Stop(msgspec.Struct):
    """`until`: when the room goes on; inf while answers are awaited, None while it is tried."""

    backoff: Backoff
    refusal: Refused
    until: float | None


class Patience:
    """The rooms of one connection that must wait. `backoff` makes the waits of one of them."""

    def __init__(self, backoff: Callable[[], Backoff]) -> None:
        self._backoff = backoff
        self._stops: dict[str, _Stop] = {}

    def clear(self) -> None:
        """Begin anew: the connection is lost."""
        self._stops.clear()

    def stops(self, room: str) -> bool:
        """Whether nothing may be written to a room now."""
        stop = self._stops.get(room)
        return stop is not None and stop.until is not None

    def tries(self, room: str) -> bool:
        """Whether only one message may be under way to a room."""
        stop = self._stops.get(room)
        return stop is not None and stop.until is None

    def stop(self, room: str, refusal: Refused) -> bool:
        """Take in a refusal that passes; return whether it is the first in a row."""
        stop = self._stops.get(room)
        if stop is None:
            self._stops[room] = _Stop(self._backoff(), refusal, math.inf)
            return True
        stop.refusal = refusal
        stop.until = math.inf
        return False

    def wait(self, room: str, now: float) -> Refused | None:
        """Begin to wait, for all that was written is answered; return why, if patience is over."""
        stop = self._stops[room]
        seconds = stop.backoff.next_seconds()
        if seconds is None:
            del self._stops[room]
            return stop.refusal
        stop.until = now + seconds
        return None

    def took(self, room: str) -> None:
        """Take in that the server takes what is said in a room."""
        if not self.stops(room):
            self._stops.pop(room, None)

    @property
    def due_at(self) -> float:
        """When a room will have waited long enough."""
        return min((stop.until for stop in self._stops.values() if stop.until), default=math.inf)

    def due(self, now: float) -> list[str]:
        """Return the rooms that have waited long enough, and let them be tried."""
        rooms = [
            room
            for room, stop in self._stops.items()
            if stop.until is not None and stop.until <= now
        ]
        for room in rooms:
            self._stops[room].until = None
        return rooms
