"""Times as people write and read them."""

from datetime import UTC, datetime, timezone

import click

from hubbub.chat.durations import split_duration


def seconds_of(time: str) -> int | None:
    """Return a time as people write it, in seconds; None is for good."""
    seconds, rest = split_duration(time)
    if rest:
        raise click.BadParameter(
            f"'{time}' is no time. Write it like 10m, 2h, '7 days' or 'for good'."
        )
    return seconds or None


def until_when(until: int) -> str:
    """Return until when something holds, in milliseconds since the epoch; 0 is for good."""
    return f"until {moment(until)}" if until else "for good"


def moment(at: int) -> str:
    """Return a time in milliseconds since the epoch, as it is where the user is."""
    return f"{datetime.fromtimestamp(at / 1000, UTC).astimezone():%d %b %Y %H:%M}"


def minute(at: int) -> str:
    """Return the same in digits, which sort as the times do."""
    return f"{datetime.fromtimestamp(at / 1000, UTC).astimezone():%Y-%m-%d %H:%M}"


def zone_of(words: str) -> timezone:
    """Return the zone that is so far before UTC, as in +01:00."""
    try:
        zone = datetime.strptime(words, "%z").tzinfo
    except ValueError:
        zone = None
    if not isinstance(zone, timezone):
        raise click.BadParameter(f"'{words}' is no zone. Write one like +01:00 or -05:30.")
    return zone
