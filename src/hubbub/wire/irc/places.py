"""Places in what was said: by the id of a message, or by a time; and what stands between two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from hubbub.wire.irc.format import seq_in, time_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubbub.chat.events import AnyLogged

STAMP = "timestamp="
ID = "msgid="


class Place(NamedTuple):
    """A place in a room: a seq, or a time in milliseconds since the epoch (`is_time`)."""

    at: int
    is_time: bool = False

    def is_before(self, event: AnyLogged) -> bool:
        """Return whether an event came later than this."""
        return self.at < (event.at if self.is_time else event.seq)

    def is_behind(self, event: AnyLogged) -> bool:
        """Return whether an event came earlier than this."""
        return self.at > (event.at if self.is_time else event.seq)


def stamp_of(at: int) -> str:
    """Return a time in milliseconds as clients name places by it, `*` for 0."""
    return STAMP + time_of(at) if at else "*"


def time_in(word: str) -> int | None:
    """Return the time in `timestamp=2019-01-04T14:33:26.123Z`, or without its beginning."""
    try:
        when = datetime.fromisoformat(word.removeprefix(STAMP))
        at = round(when.replace(tzinfo=when.tzinfo or UTC).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return at if at >= 0 else None


def place_in(word: str, room: str) -> Place | None:
    """Return the place that a word names in a room, None if it names none."""
    if word.startswith(STAMP):
        at = time_in(word)
        return None if at is None else Place(at, is_time=True)
    seq = seq_in(word.removeprefix(ID), room) if word.startswith(ID) else None
    return None if seq is None else Place(seq)


class Window(NamedTuple):
    """What a client wants of what was said: at most `limit`, behind `low` and before `high`.

    It wants the oldest (`is_forward`) or the newest of it, or what stands `around` a place.
    """

    limit: int
    low: Place | None = None
    high: Place | None = None
    around: Place | None = None
    is_forward: bool = False

    def chosen(self, events: Sequence[AnyLogged]) -> Sequence[AnyLogged]:
        """Return those of `events`, in order, that are wanted."""
        inside = [
            event
            for event in events
            if (self.low is None or self.low.is_before(event))
            and (self.high is None or self.high.is_behind(event))
        ]
        if self.around is not None:
            place = sum(self.around.is_behind(event) for event in inside)
            start = max(0, min(place - self.limit // 2, len(inside) - self.limit))
            return inside[start : start + self.limit]
        return inside[: self.limit] if self.is_forward else inside[-self.limit :]
