"""Going back to a day, and to the beginning: as far as it takes, but with an end."""

import asyncio
from datetime import date, datetime, timedelta

import pytest

from hubbub.chat.errors import Refused
from hubbub.chat.events import Message
from hubbub.desk.about_days import day_in
from hubbub.desk.profile import Profile
from hubbub.log.memory import MemoryLog
from hubbub.testing import LocalServer, serving

from .faces import BlindFace
from .users import User, ready, user

TODAY = date(2026, 11, 26)
DAYS = 6
A_DAY = 250
"""Messages: more than a page of them, each day."""


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-24", date(2026, 11, 24)),
        ("2026-1-2", date(2026, 1, 2)),
        ("today", TODAY),
        ("Yesterday", date(2026, 11, 25)),
    ],
)
def test_days_are_written_as_in_iso_8601_or_in_a_word(typed: str, day: date) -> None:
    assert day_in(typed, TODAY) == day


@pytest.mark.parametrize("typed", ["", "2026-02-30", "24.11.", "tomorrow", "0000-00-00", "٢"])
def test_what_is_no_day_is_refused_with_how_to_write_one(typed: str) -> None:
    with pytest.raises(Refused, match="2026-11-24"):
        day_in(typed, TODAY)


def noon(days_ago: int) -> datetime:
    return datetime.now().astimezone().replace(hour=12, minute=0) - timedelta(days_ago)


def said(at: datetime, number: int) -> Message:
    moment = int(at.timestamp() * 1000) + number
    text = f"{at:%Y-%m-%d} {number}"
    return Message(room="lobby", seq=0, prev=0, sender="bob", at=moment, text=text)


@pytest.fixture
def past() -> MemoryLog:
    """A log of six days, with nothing on the day before yesterday."""
    log = MemoryLog()
    days = [noon(ago) for ago in range(DAYS, 0, -1) if ago != 2]
    asyncio.run(log.append([said(day, number) for day in days for number in range(A_DAY)]))
    return log


def shown(ann: User, face: BlindFace) -> str:
    """Return the text of the message that is shown."""
    log = ann.desk.rooms.current.log
    index = log.index_of(int(face.shown[-1])) if face.shown else None
    return "" if index is None else log[index].message.text  # type: ignore[union-attr]


def test_a_day_is_gone_to_from_however_far(past: MemoryLog, profile: Profile) -> None:
    async def scene(server: LocalServer) -> None:
        async with user(server.address, profile) as ann:
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            for ago in (4, 5, 1):
                face.enter(f"/goto {noon(ago):%Y-%m-%d}")
                await ann.until(lambda: shown(ann, face) == f"{noon(ago):%Y-%m-%d} 0")  # noqa: B023
            face.enter(f"/goto {noon(2):%Y-%m-%d}")
            await ann.until(lambda: face.told)
            assert face.told[-1].startswith("Nothing was said here on ")
            assert shown(ann, face) == f"{noon(1):%Y-%m-%d} 0"
            face.enter("/goto today")
            await ann.until(lambda: face.shown[-1] == "newest")
            assert face.told[-1].startswith("Nothing was said here since ")

    with serving(log=past) as server:
        asyncio.run(scene(server))


def test_the_beginning_is_one_page_away(past: MemoryLog, profile: Profile) -> None:
    async def scene(server: LocalServer) -> None:
        async with user(server.address, profile) as ann:
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            room = ann.desk.rooms.current
            face.do("oldest")
            await ann.until(lambda: room.beginning)
            assert ann.texts()[0] == f"{noon(DAYS):%Y-%m-%d} 0"
            assert face.shown == ["oldest", "oldest"]
            assert len(ann.texts()) < DAYS * A_DAY, "what lies between is not loaded"

    with serving(log=past) as server:
        asyncio.run(scene(server))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 17])
def test_every_day_of_a_short_log_is_found(count: int, profile: Profile) -> None:
    log = MemoryLog()
    if count:
        asyncio.run(log.append([said(noon(count - number), number) for number in range(count)]))

    async def scene(server: LocalServer) -> None:
        async with user(server.address, profile) as ann:
            face = BlindFace(ann.desk)
            await ann.until(lambda: ready(ann))
            for number in range(count):
                face.enter(f"/goto {noon(count - number):%Y-%m-%d}")
                await ann.until(lambda: face.shown[-1:] == [number + 1])  # noqa: B023
            face.enter("/goto today")
            await ann.until(lambda: face.shown[-1:] == ["newest"])

    with serving(log=log) as server:
        asyncio.run(scene(server))
