"""Who is not known to look is called, and has read nothing."""

import asyncio
from pathlib import Path

import pytest

from hubbub.client import connect
from hubbub.testing import LocalServer
from hubbub.tui.app import HubbubApp

from .seats import FOCUS_IN, FOCUS_OUT, Seat, seat

WHEEL_UP_AND_DOWN = "\x1b[<64;50;10M\x1b[<65;50;10M"


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have the bell write down that it rang."""
    rings: list[str] = []
    monkeypatch.setattr(HubbubApp, "bell", lambda _: rings.append("ring"))
    return rings


def unread(ann: Seat) -> tuple[int, int]:
    room = ann.chat.desk.rooms.current
    return room.unread, room.mentions


def test_where_the_focus_is_unknown_a_mention_rings_and_waits_until_a_key_shows_that_it_was_seen(
    hubbub_server: LocalServer, tmp_path: Path, rung: list[str]
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="bob") as bob,
            seat(address, tmp_path, tells_focus=False) as ann,
        ):
            await ann.say("I am here")
            await ann.taken(1)
            seq = await bob.say("ann, are you?")
            await ann.until("bob  ann, are you?")
            await ann.until("─ new ─")
            assert unread(ann) == (1, 1)
            assert rung
            room = ann.chat.desk.rooms.current
            assert room.seen != seq
            await ann.press("y")
            await ann.until(lambda: unread(ann) == (0, 0) and room.seen == seq)
            await bob.say("and now?")
            await ann.until(lambda: unread(ann) == (1, 0))

    asyncio.run(scene())


def test_where_the_focus_is_unknown_a_room_is_read_by_going_there(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="bob", room="kitchen") as bob,
            seat(address, tmp_path, tells_focus=False) as ann,
        ):
            await ann.say("/join kitchen")
            await ann.until(lambda: ann.room == "#kitchen")
            await ann.press("alt+1")
            await bob.say("soup")
            kitchen = ann.chat.desk.rooms.get("kitchen")
            assert kitchen is not None
            await ann.until(lambda: kitchen.unread == 1)
            await ann.press("alt+2")
            await ann.until(lambda: kitchen.unread == 0)

    asyncio.run(scene())


def test_where_the_focus_is_unknown_nothing_is_read_that_is_not_on_the_screen(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="bob") as bob,
            seat(address, tmp_path, tells_focus=False) as ann,
        ):
            await bob.say("\n".join(["long"] * 60))
            await ann.until("long")
            await ann.press("pageup")
            await bob.say("below")
            await ann.until("1 new ↓")
            await ann.press("x")
            assert unread(ann)[0] >= 1
            await ann.press("ctrl+end")
            await ann.until(lambda: unread(ann)[0] == 0)

    asyncio.run(scene())


def test_where_the_terminal_tells_the_focus_it_decides(
    hubbub_server: LocalServer, tmp_path: Path, rung: list[str]
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await bob.say("ann, you see this")
            await ann.until("you see this")
            await ann.until(lambda: unread(ann) == (0, 0))
            assert not rung
            ann.send(FOCUS_OUT)
            await ann.until(lambda: not ann.app.attention.is_looking)
            ann.send(WHEEL_UP_AND_DOWN)  # reaches terminals that are only under the mouse
            await bob.say("ann, but not this")
            await ann.until(lambda: unread(ann) == (1, 1))
            await ann.until(lambda: rung)
            ann.send(FOCUS_IN)
            await ann.until(lambda: unread(ann) == (0, 0))

    asyncio.run(scene())
