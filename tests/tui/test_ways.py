"""Ways that take a while: what the user does meanwhile is newer, and counts."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hubbub.chat.events import Message, Page, Room
from hubbub.client import Chat, connect
from hubbub.log.memory import MemoryLog
from hubbub.testing import LocalServer, serving

from .seats import Seat, seat
from .test_stopped import count, missed

MESSAGES = 600
"""Several pages of them."""

LAST = f"number {MESSAGES}"


class Gate:
    """Holds back answers of the server, once it is closed."""

    def __init__(self) -> None:
        self.waiting = 0
        self._open = asyncio.Event()

    async def passed(self) -> None:
        self.waiting += 1
        await self._open.wait()

    def open(self) -> None:
        self._open.set()


@contextmanager
def held_back(method: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Hold back what a method of the client library returns, until the end at the latest."""
    gate, real = Gate(), getattr(Chat, method)

    async def late(*given: Any, **named: Any) -> Page | Room:
        await gate.passed()
        found: Page | Room = await real(*given, **named)
        return found

    monkeypatch.setattr(Chat, method, late)
    yield gate
    gate.open()
    monkeypatch.setattr(Chat, method, real)


def past() -> MemoryLog:
    now = datetime.now().astimezone()

    def said(number: int) -> Message:
        at = int((now - timedelta(hours=MESSAGES - number)).timestamp() * 1000)
        text = f"number {number}"
        return Message(room="lobby", seq=0, prev=0, sender="bob", at=at, text=text)

    log = MemoryLog()
    asyncio.run(log.append([said(number) for number in range(1, MESSAGES + 1)]))
    return log


async def settled(ann: Seat) -> None:
    """Wait until what was held back has come, and been drawn."""
    desk = ann.chat.desk
    await ann.until(lambda: not any(lock.locked() for lock in desk.paging._turns.values()))
    for _ in range(3):
        await ann.pilot.pause()


WAYS = {
    "beginning": ("ctrl+home",),
    "day": (*"/goto", "space", *f"{datetime.now() - timedelta(days=20):%Y-%m-%d}", "enter"),  # noqa: DTZ005
    "message": (*"/go", "space", "A", "enter"),
}
THERE = {"beginning": r"number 1\b", "day": r"number 12\d\b", "message": r"number 20\b"}
LATER = {"newest": ("ctrl+end",), "a page up": ("pageup",)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("later", LATER)
def test_a_jump_that_is_still_loading_is_ended_by_a_later_movement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, later: str
) -> None:
    async def scene(address: str) -> None:
        async with seat(address, tmp_path) as ann:
            await ann.until(LAST)
            await settled(ann)
            with held_back("history", monkeypatch) as gate:
                if way == "message":
                    ann.chat.composer.put(f"/go http://{address}/lobby/20")
                    await ann.press("enter")
                else:
                    await ann.press(*WAYS[way])
                await ann.until(lambda: gate.waiting)
                await ann.press(*LATER[later])
                gate.open()
                await settled(ann)
            assert not re.search(THERE[way], ann.screen)
            assert ann.chat.log_view.is_following == (later == "newest")

    with serving(log=past()) as server:
        asyncio.run(scene(server.address))


def test_a_room_that_opens_where_one_stopped_does_not_take_one_back_there(
    hubbub_server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob:
            await missed(address, tmp_path, bob)
            async with seat(address, tmp_path) as ann:
                await ann.until(lambda: count(ann) > 200)
                await ann.press("ctrl+end")
                await ann.until("and that was all")
                await settled(ann)
                with held_back("history", monkeypatch) as gate:
                    ann.chat.desk.rooms.current._hole = None
                    await ann.press("alt+u")
                    await ann.press("ctrl+end")
                    gate.open()
                await settled(ann)
                await ann.until("and that was all")
                assert ann.chat.log_view.is_following

    asyncio.run(scene())


def test_a_room_that_is_entered_late_does_not_come_before_one_that_was_gone_to_later(
    hubbub_server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await ann.say("/join kitchen")
            await ann.until(lambda: ann.room == "#kitchen")
            with held_back("join", monkeypatch) as gate:
                await ann.say("/join cellar")
                await ann.until(lambda: gate.waiting)
                await ann.press("alt+1", "alt+2")  # away, and back to where the command was typed
            await ann.until(lambda: ann.chat.desk.rooms.get("cellar"))
            await settled(ann)
            assert ann.room == "#kitchen"

    asyncio.run(scene())


def test_a_list_opens_before_its_lines_have_come(
    hubbub_server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with seat(hubbub_server.address, tmp_path) as ann:
            await ann.until(lambda: ann.chat.desk.chat.person)
            with held_back("devices", monkeypatch) as gate:
                await ann.say("/devices")
                await ann.until("Your devices")
                await ann.type("this")
                gate.open()
                await ann.until("(this one)")
            assert ann.draft == ""

    asyncio.run(scene())


def test_a_refusal_is_seen_though_one_has_scrolled_up(tmp_path: Path) -> None:
    async def scene(address: str) -> None:
        async with seat(address, tmp_path) as ann:
            await ann.until(LAST)
            await ann.press("pageup", "pageup")
            ann.chat.composer.put("/goto the other day")
            await ann.press("enter")
            await ann.until("is no day")
            assert LAST not in ann.screen

    with serving(log=past()) as server:
        asyncio.run(scene(server.address))
