"""Where one stopped: a room opens at the first unread message, and a bar leads on from there."""

import asyncio
import re
from pathlib import Path

from hubbub.client import Chat, connect
from hubbub.testing import LocalServer

from .seats import FOCUS_IN, Seat, click, seat

MANY = 250


async def say_many(bob: Chat, room: str = "lobby") -> None:
    for number in range(MANY):
        await bob.say(f"message {number}", room)
    await bob.say("and that was all", room)


async def missed(address: str, folder: Path, bob: Chat) -> None:
    """Have ann read one message and go, and bob say many."""
    async with seat(address, folder) as ann:
        await bob.say("ann reads this")
        await ann.until("ann reads this")
        await ann.until(lambda: ann.chat.desk.rooms.current.unread == 0)
    await say_many(bob)


def count(ann: Seat) -> int:
    """Return how much is unread, as the bar says it; 0 if there is none."""
    found = re.search(r"(\d+) unread since \d\d:\d\d", ann.screen)
    return int(found[1]) if found else 0


def test_a_room_opens_at_the_first_unread_message(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob:
            await missed(address, tmp_path, bob)
            async with seat(address, tmp_path) as ann:
                await ann.until(lambda: "message 0" in ann.screen and count(ann) > 200)
                assert "ann reads this" in ann.screen
                assert "─ new ─" in ann.screen

    asyncio.run(scene())


def test_it_is_read_on_page_by_page_and_after_a_restart_from_there(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob:
            await missed(address, tmp_path, bob)
            async with seat(address, tmp_path) as ann:
                await ann.until(lambda: count(ann) > 200)
                for _ in range(3):
                    await ann.press("pagedown")
                await ann.until(lambda: 100 < count(ann) < 200)
                left = count(ann)
            async with seat(address, tmp_path) as ann:
                # At first only those are counted that are here.
                await ann.until(lambda: left - 40 < count(ann) <= left)
                for _ in range(20):
                    await ann.press("pagedown")
                    await ann.pilot.pause(0.1)
                await ann.until("and that was all")
                await ann.until(lambda: ann.chat.desk.rooms.current.unread == 0)
                assert " unread since" not in ann.screen

    asyncio.run(scene())


def test_the_bar_leads_to_the_newest_and_back_by_key_and_by_click(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob:
            await missed(address, tmp_path, bob)
            async with seat(address, tmp_path) as ann:
                await ann.until(lambda: "message 0" in ann.screen and count(ann) > 200)
                ann.send(click(ann.place("newest ·")))
                await ann.until("and that was all")
                await ann.press("alt+u")
                await ann.until("message 0")
                await ann.press("ctrl+end")
                await ann.until("and that was all")
                await ann.say("/stopped")
                await ann.until("message 0")
                await ann.press("alt+m")
                await ann.until("and that was all")
                await ann.until(lambda: "since" not in ann.screen)
                assert ann.chat.desk.rooms.current.unread == 0
                await ann.say("/stopped")
                await ann.until("Nothing here is new to you.")

    asyncio.run(scene())


def test_a_few_unread_messages_are_shown_at_the_end_under_the_line_also_after_a_restart(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob:
            async with seat(address, tmp_path) as ann:
                await bob.say("one")
                await ann.until("one")
                await ann.until(lambda: ann.chat.desk.rooms.current.unread == 0)
            await bob.say("two")
            for _ in range(2):
                async with seat(address, tmp_path) as ann:
                    await ann.until("bob  two")
                    await ann.until("─ new ─")
                    await ann.until(lambda: ann.chat.desk.rooms.current.unread == 0)
            async with seat(address, tmp_path) as ann:
                await ann.until("─ new ─")
                await ann.say("I go on")
                await ann.until(lambda: "─ new ─" not in ann.screen)

    asyncio.run(scene())


def test_a_message_is_marked_unread_by_a_letter_and_by_a_command(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            room = ann.chat.desk.rooms.current
            for text in ("one", "two", "three"):
                await bob.say(text)
            await ann.until("three")
            await ann.until(lambda: room.unread == 0)
            await ann.press("f6", "up", "u")
            await ann.until(lambda: room.unread == 2)
            await ann.until("─ new ─")
            await ann.press("alt+m")
            await ann.until(lambda: room.unread == 0)
            await ann.press("escape")
            await ann.say("/mark-unread")
            await ann.until(lambda: room.unread == 1)

    asyncio.run(scene())


def test_another_room_opens_where_one_stopped_there(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="bob", room="kitchen") as bob,
            seat(address, tmp_path) as ann,
        ):
            await ann.say("/join kitchen")
            await ann.until(lambda: ann.room == "#kitchen")
            await ann.say("I cook")
            await ann.until("I cook")
            await ann.press("alt+1")
            await say_many(bob, "kitchen")
            await ann.until("251")
            await ann.press("alt+2")
            await ann.until(lambda: "message 0" in ann.screen and count(ann) > 200)
            assert "I cook" in ann.screen

    asyncio.run(scene())


def test_where_the_focus_is_unknown_keys_show_what_was_read(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob:
            await missed(address, tmp_path, bob)
            async with seat(address, tmp_path, tells_focus=False) as ann:
                await ann.until(lambda: count(ann) > 200)
                before = count(ann)
                await ann.press("pagedown", "pagedown")
                await ann.until(lambda: 0 < count(ann) < before)
                ann.send(FOCUS_IN)

    asyncio.run(scene())
