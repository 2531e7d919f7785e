"""Reads the logs that WeeChat and irssi keep of a channel; people who come and go are left out.

Such a log names no messages. So a message is named by when, by whom and as what it was said, and by
how many there were alike before: a log that has grown names the old ones as before.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Final, NamedTuple

from hubbub.cli.importing.said import BadExport, Said

_WEECHAT: Final = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\t([^\t]*)\t(.*)")
_PREFIXES: Final = "~&@%+! "
_ACTION: Final = " *"

_OPENED: Final = re.compile(
    r"--- (?:Log opened|Day changed) \w{3} (\w{3}) (\d\d) (?:(\S+) )?(\d{4})"
)
_IRSSI: Final = re.compile(r"(\d\d):(\d\d)(?::(\d\d))? (?:<([^>]+)> ?(.*)|( ?\* )(\S+) ?(.*))")
_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_FORMATTING: Final = re.compile(
    r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04[0-9a-fA-F]{0,6}|[\x02\x0f\x11\x16\x1d\x1e\x1f]"
)


class _Line(NamedTuple):
    at: datetime
    name: str
    text: str
    me: bool = False


def parse(lines: Iterable[str], room: str, zone: tzinfo | None) -> Iterator[Said]:
    """Yield what people said, in order; `zone` is that of the log's clock, None for this machine's.

    Raises BadExport if it is neither a log of WeeChat nor one of irssi.
    """
    read: Callable[[str], _Line | None] | None = None
    seen: Counter[str] = Counter()
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if read is None and line:
            read = _reader_of(line, number)
        if read is None or (found := read(line)) is None:
            continue
        at = found.at.replace(tzinfo=zone) if zone else found.at.astimezone()
        key = f"{found.at.isoformat()}\n{found.name}\n{found.text}"
        seen[key] += 1
        id_ = hashlib.sha256(f"{key}\n{seen[key]}".encode()).hexdigest()[:24]
        yield Said(room, found.name, int(at.timestamp() * 1000), found.text, id_, found.me)


def _reader_of(line: str, number: int) -> Callable[[str], _Line | None]:
    if _WEECHAT.fullmatch(line):
        return _weechat
    if _OPENED.match(line):
        return _Irssi().read
    raise BadExport(
        f"line {number} is neither of a log of WeeChat ('2026-01-31 12:00:00', a tab, the name, a "
        "tab, the text) nor of one of irssi ('--- Log opened …')."
    )


def _weechat(line: str) -> _Line | None:
    if (found := _WEECHAT.fullmatch(line)) is None:
        return None
    time, prefix, text = found.groups()
    text = _FORMATTING.sub("", text)
    try:
        at = datetime.fromisoformat(time)
    except ValueError:
        return None
    if prefix == _ACTION:
        name, _, text = text.partition(" ")
        return _Line(at, name, text, me=True) if text else None
    name = prefix.lstrip(_PREFIXES)
    if not name or name in ("-->", "<--", "--", "=!="):
        return None
    return _Line(at, name, text)


class _Irssi:
    """Reads lines that tell the time of a day; other lines tell the day."""

    def __init__(self) -> None:
        self._day: tuple[int, int, int] | None = None

    def read(self, line: str) -> _Line | None:
        """Return what was said in a line, if anything was."""
        if (day := _OPENED.match(line)) is not None and day[1] in _MONTHS:
            self._day = (int(day[4]), _MONTHS.index(day[1]) + 1, int(day[2]))
            return None
        found = _IRSSI.fullmatch(line)
        if found is None or self._day is None:
            return None
        hour, minute, second, nick, text, action, actor, deed = found.groups()
        try:
            at = datetime(*self._day, int(hour), int(minute), int(second or 0))  # noqa: DTZ001
        except ValueError:
            return None
        if action:
            return _Line(at, actor, _FORMATTING.sub("", deed), me=True) if deed else None
        name = nick.strip().lstrip(_PREFIXES)
        return _Line(at, name, _FORMATTING.sub("", text)) if name else None
