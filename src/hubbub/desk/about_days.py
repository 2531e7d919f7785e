"""The verbs about the past: going to a day, and to the beginning of a room."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

from hubbub.chat.errors import Refused
from hubbub.chat.events import Message
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.naming import needed
from hubbub.desk.room import RoomState

USAGE = "/goto DAY, such as 2026-11-24, yesterday or today"

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def day_in(typed: str, today: date) -> date:
    """Return the day that somebody means; raise Refused."""
    typed = needed(typed, USAGE)
    if (days := {"today": 0, "yesterday": 1}.get(typed.casefold())) is not None:
        return today - timedelta(days)
    found = _DAY.fullmatch(typed)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(typed)
    except ValueError:
        raise Refused(f"'{typed}' is no day. Usage: {USAGE}") from None


def goto(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Go to the first message of a day, in the room on the screen."""
    day = day_in(argument, datetime.now().astimezone().date())
    return _go_to_day(desk, face, desk.rooms.current, day, face.set_out())


async def _go_to_day(
    desk: Desk, face: Face, room: RoomState, day: date, is_wanted: Callable[[], bool]
) -> None:
    found = await _first_since(desk, room, _beginning_of(day))
    if found is not None:
        await desk.paging.reach(room, found.seq)
        desk.catch_up()
    if not is_wanted():
        return
    if found is None:
        face.show_newest()
        face.tell(f"Nothing was said here since {_written(day)}.")
        return
    face.show_message(found.seq)
    if (shown := datetime.fromtimestamp(found.at / 1000, UTC).astimezone().date()) != day:
        face.tell(f"Nothing was said here on {_written(day)}; this is of {_written(shown)}.")


def _beginning_of(day: date) -> int:
    """Return when a day begins where the user is, in milliseconds."""
    try:
        return int(datetime(day.year, day.month, day.day).astimezone().timestamp() * 1000)
    except (OverflowError, OSError, ValueError):  # no clock shows this
        return 0


async def _first_since(desk: Desk, room: RoomState, begins: int) -> Message | None:
    """Return the first message of a room that was said from then on, if there is one.

    Each question halves the part of the log in which it may be: twenty for a million messages.
    """
    low, high = 0, room.last
    while True:
        middle = (low + high) // 2
        page = await desk.chat.history(room.name, after=middle, limit=1)
        message = next(iter(page.messages), None)
        if low == high:
            return message
        if message is not None and message.at < begins:
            low = min(message.seq, high)
        else:
            high = middle


def beginning(desk: Desk, face: Face, _argument: str) -> Awaitable[None] | None:
    """Go to the very first message of the room on the screen."""
    face.show_oldest()
    room = desk.rooms.current
    if room.beginning or desk.is_classic:
        return None
    return _go_to_beginning(desk, face, room, face.set_out())


async def _go_to_beginning(
    desk: Desk, face: Face, room: RoomState, is_wanted: Callable[[], bool]
) -> None:
    await desk.paging.reach(room, 1)
    desk.catch_up()
    if is_wanted():
        face.show_oldest()


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
