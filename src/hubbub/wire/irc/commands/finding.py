"""SEARCH: what was said, by its words, its sender, its room and its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from hubbub.chat import commands as c
from hubbub.chat.text import whole_number
from hubbub.wire.irc.asked import Asked
from hubbub.wire.irc.commands.history import LIMIT_MAX, refusal, room_read
from hubbub.wire.irc.isupport import MESSAGES_MAX
from hubbub.wire.irc.line import tags_in
from hubbub.wire.irc.names import name_of
from hubbub.wire.irc.places import Place, Window, time_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.line import Line

_TIMES: Final[tuple[str, ...]] = ("after", "before")
_EARLIEST: Final = 86_400_000
"""A day after the epoch began, since 0 is no time."""
_LATEST: Final = 253_370_764_800_000
"""The year 9999 begins: no day is far behind it."""


def search(client: Client, line: Line) -> Iterator[Heard]:
    """Ask for the newest messages with all that is wanted of them."""
    wanted = tags_in(line.params[0])
    times = {name: time_in(wanted[name]) for name in _TIMES if name in wanted}
    limit = whole_number(wanted.get("limit", str(MESSAGES_MAX)), LIMIT_MAX)
    wrong = [name for name, at in times.items() if at is None]
    if not limit or not wanted:
        wrong.append("limit")
    room: str | None = None
    if not wrong and "in" in wanted:
        room = yield from room_read(client, wanted["in"])
        wrong += ["in"] if room is None else []
    if wrong or limit is None:
        sentence = "Ask like this: SEARCH in=#room;from=nick;text=words;limit=50."
        yield refusal(client, line, "INVALID_PARAMS", wrong[0], sentence)
        return
    after, before = times.get("after"), times.get("before")
    window = Window(
        limit=min(limit, MESSAGES_MAX),
        low=None if after is None else Place(after - 1, is_time=True),
        high=None if before is None else Place(before + 1, is_time=True),
    )
    asked = Asked(line.command, "", client.labelled, window=window)
    yield c.Search(
        query=_query(wanted, after or 0, before),
        room=room,
        limit=window.limit,
        ref=client.asking.ref(asked),
    )


def _query(wanted: dict[str, str], after: int, before: int | None) -> str:
    """Return the query, as people would write it; its times are whole days, and hold what is asked.

    It has a filter in any case, so that one without words is about all messages.
    """
    parts = [wanted.get("text", ""), f"after:{_day(max(after, _EARLIEST))}"]
    if before is not None:
        parts.append(f"before:{_day(before, 1)}")
    if "from" in wanted:
        parts.append(f'from:"{name_of(wanted["from"])}"')
    return " ".join(part for part in parts if part)


def _day(at: int, later: int = 0) -> str:
    day = datetime.fromtimestamp(min(at, _LATEST) / 1000, UTC) + timedelta(days=later)
    return day.date().isoformat()
