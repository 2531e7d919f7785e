"""How long something holds, as people write it and as they are told: `10m`, `7 days`."""

import re
from typing import Final

from hubbub.chat.errors import Refused

FOR_GOOD: Final = 0
"""Seconds that mean: until somebody takes it back."""

DAYS_MAX: Final = 3660
"""Ten years. A longer time means for good."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_UNITS: Final = {
    word: seconds
    for seconds, words in {
        1: "s sec secs second seconds",
        _MINUTE: "m min mins minute minutes",
        _HOUR: "h hr hrs hour hours",
        _DAY: "d day days",
        7 * _DAY: "w week weeks",
        30 * _DAY: "month months",
        365 * _DAY: "y year years",
    }.items()
    for word in words.split()
}
_SPOKEN: Final = {"day": _DAY, "hour": _HOUR, "minute": _MINUTE, "second": 1}

_FOR_GOOD = re.compile(r"(?:for\s+good|for\s*ever|permanently)(?!\S)\s*", re.IGNORECASE)
_FOR = re.compile(r"for\s+(?=\S*\d)", re.IGNORECASE)
_PART = re.compile(r"([0-9]{1,9})\s*([a-z]+)(?![^\s\d,:;])\s*", re.IGNORECASE)
_MARKS = ",:; "
"""What people put between a time and a reason."""

_LOOKS_LIKE_TIME = re.compile(r"[-+.,~]*\d")


def split_duration(text: str) -> tuple[int | None, str]:
    """Split what follows a name into seconds and the rest, which is the reason.

    None if it does not begin with a time, `FOR_GOOD` if it says so. Raises Refused `bad_command`
    if it begins with a number that is no time, for it could have been meant as one.
    """
    text = text.strip()
    if good := _FOR_GOOD.match(text):
        return FOR_GOOD, text[good.end() :]
    rest = text[found.end() :] if (found := _FOR.match(text)) else text
    seconds, at = 0, 0
    while (part := _PART.match(rest, at)) and (unit := _UNITS.get(part[2].lower())):
        seconds += int(part[1]) * unit
        at = part.end()
    if _LOOKS_LIKE_TIME.match(rest, at):
        raise _no_time(" ".join(rest[at:].split()[:2]))
    if at == 0:
        return None, text
    if seconds == 0:
        raise _no_time(rest[:at].strip())
    if seconds > DAYS_MAX * _DAY:
        raise Refused(f"'{rest[:at].strip()}' is longer than ten years. Write 'for good' instead.")
    return seconds, rest[at:].lstrip(_MARKS)


def _no_time(said: str) -> Refused:
    return Refused(
        f"'{said[:40]}' is no time. Write it like 10m, 2h, 7 days or 'for good', and then the "
        "reason."
    )


def spoken_duration(seconds: int) -> str:
    """Return a time as people say it, to its two largest units: '1 hour 30 minutes'."""
    parts: list[str] = []
    for word, size in _SPOKEN.items():
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count:,} {word}" + ("s" if count > 1 else ""))
        elif parts:
            break  # 1 day 3 seconds would claim to be exact
    return " ".join(parts[:2]) or "no time"
