"""How the verbs say what they did, how long it holds, and since when."""

from collections.abc import Awaitable
from datetime import UTC, datetime

from hubbub.chat.durations import spoken_duration
from hubbub.desk.desk import Desk


async def done(desk: Desk, work: Awaitable[object], told: str) -> None:
    """Wait until something is done, and tell the user so."""
    await work
    desk.note(told)


def day_of(at: int) -> str:
    """Return the day of a point in time, in milliseconds, where the user is."""
    return f"{datetime.fromtimestamp(at / 1000, UTC).astimezone():%d %b %Y}"


def for_seconds(seconds: int | None) -> str:
    """Return for how long something holds, in words."""
    return f"for {spoken_duration(seconds)}" if seconds else "for good"
