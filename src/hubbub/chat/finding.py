"""What people ask a search for: words, phrases within quotes, and filters such as `from:ben`.

Every face hands the query over as it was typed, and the server reads it here.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, NamedTuple, NoReturn

from hubbub.chat.durations import split_duration
from hubbub.chat.errors import Refused
from hubbub.chat.tags import CONTENTS, content_tag
from hubbub.chat.times import Milliseconds
from hubbub.chat.words import allowed_query

_PART = re.compile(
    r'(?P<filter>from|in|before|after|has):(?:"(?P<quoted>[^"]*)"?|(?P<value>\S*))'
    r'|"[^"]*"?|\S+',
    re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_AGO: Final = {"today": 0, "yesterday": 1}
_WANTED: Final = {
    "from": 'wants a name right behind it, as in from:ben or from:"Ann Lee"',
    "in": "wants a room right behind it, as in in:lobby, or in:@ben for your talk with ben",
    "before": "wants a date like 2026-11-24, or today, yesterday, 2h or 7d",
    "after": "wants a date like 2026-11-24, or today, yesterday, 2h or 7d",
    "has": f"wants one of {', '.join(CONTENTS)}",
}


class Finding(NamedTuple):
    """A query that was read. Times are milliseconds since the epoch."""

    words: str
    """The words and phrases, without the filters."""
    senders: list[str]
    """Names, of which one must have said it, if there are any."""
    rooms: list[str]
    contents: tuple[str, ...]
    """The tags of all that must be in it."""
    after: Milliseconds | None
    before: Milliseconds | None

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing at all."""
        return not self.words.strip() and not any(self[1:])


def read_query(raw: str, now: Milliseconds, zone_minutes: int = 0) -> Finding:
    """Read a query as it was typed; days are those of a time zone so many minutes before UTC.

    Raises Refused `too_long`, or `bad_command` for a filter that means nothing.
    """
    words: list[str] = []
    given: dict[str, list[str]] = {name: [] for name in _WANTED}
    for part in _PART.finditer(allowed_query(raw)):
        if part["filter"] is None:
            words.append(part[0])
            continue
        name = part["filter"].lower()
        value = (part["quoted"] or part["value"] or "").strip()
        if not value:
            _refuse(name)
        given[name].append(value)
    for name in ("in", "before", "after"):
        if len(given[name]) > 1:
            raise Refused(f"`{name}:` may stand in a search only once.")
    zone = timezone(timedelta(minutes=zone_minutes))
    after, before = (_time(name, given[name], now, zone) for name in ("after", "before"))
    return Finding(
        words=" ".join(words),
        senders=[value.removeprefix("@") for value in given["from"]],
        rooms=[value.removeprefix("#") for value in given["in"]],
        contents=tuple(_content(value) for value in given["has"]),
        after=after,
        before=before,
    )


def _refuse(name: str) -> NoReturn:
    raise Refused(f"`{name}:` {_WANTED[name]}.")


def _content(value: str) -> str:
    for content in CONTENTS:
        if value.lower() in {content, f"{content}s"}:
            return content_tag(content)
    _refuse("has")


def _time(name: str, values: list[str], now: Milliseconds, zone: timezone) -> Milliseconds | None:
    if not values:
        return None
    value = values[0].lower()
    try:
        day = _day(value, datetime.fromtimestamp(now / 1000, UTC).astimezone(zone).date())
        if day is not None:
            began = datetime(day.year, day.month, day.day, tzinfo=zone)
            return max(int(began.timestamp() * 1000), 0)
        seconds, rest = split_duration(value)
    except (Refused, ValueError, OverflowError, OSError):
        _refuse(name)
    if not seconds or rest:
        _refuse(name)
    return max(now - seconds * 1000, 0)


def _day(value: str, today: date) -> date | None:
    """Return the day that a value names, the first of a month; None if it looks like none."""
    if value in _AGO:
        return today - timedelta(days=_AGO[value])
    found = _DATE.fullmatch(value)
    return found and date(int(found[1]), int(found[2]), int(found[3] or 1))
