"""Time that passes for a session, without a real clock."""

from collections.abc import Iterator

from hubbub.client.session import Session


def ticks(session: Session, now: float, end: float) -> Iterator[float]:
    """Tick a session whenever it wants to be, from `now` to `end`; yield each time of a tick."""
    while (due := session.wake_at) <= end:
        now = max(now, due)
        session.tick(now)
        yield now
