"""Where texts lead: to rooms, people and chatrooms, by click and by key."""

import asyncio
from pathlib import Path

from hubbub.client import connect
from hubbub.testing import LocalServer

from .seats import click, seat


def test_a_room_that_a_text_names_is_gone_to_by_a_click(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with (
            connect(address, name="carl", room="kitchen"),
            connect(address, name="bob") as bob,
            seat(address, tmp_path) as ann,
        ):
            await bob.say("soup in #kitchen, not in #12")
            await ann.until("#12")
            ann.send(click(ann.place("#kitchen,")))
            await ann.until(lambda: ann.room == "#kitchen")
            await ann.press("alt+1")
            ann.send(click(ann.place("#12")))
            await bob.say("or in #cellar")
            await ann.until("#cellar")
            assert ann.room == "#lobby"
            ann.send(click(ann.place("#cellar")))
            await ann.until("No room #cellar is listed here.")
            await ann.press("left", "enter")
            await ann.until(lambda: ann.room == "#cellar")

    asyncio.run(scene())


def test_all_that_a_message_leads_to_is_chosen_from_by_key(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await ann.say("/join kitchen")
            await ann.until(lambda: ann.room == "#kitchen")
            await ann.press("alt+1")
            await bob.say(
                "#kitchen, https://example.org/x, @bob, `#code` and hubbub://example.org/y"
            )
            await ann.until("example.org/y")
            await ann.press("f6", "o")
            await ann.until("Go to")
            for lead in ("https://example.org/x", "#kitchen", "@bob", "hubbub://example.org/y"):
                assert ann.screen.count(lead) >= 2, lead
            await ann.type("bob")
            await ann.press("enter")
            await ann.until("bob: here in passing")
            await ann.press("escape", "f6", "o")
            await ann.until("Go to")
            await ann.type("#kit")
            await ann.press("enter")
            await ann.until(lambda: ann.room == "#kitchen")

    asyncio.run(scene())


def test_an_address_of_another_chatroom_is_connected_to_after_a_question(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await bob.say("come to hubbub://127.0.0.1:9/den")
            await ann.until("127.0.0.1:9/den")
            ann.send(click(ann.place("hubbub://127")))
            await ann.until("Come into the chatroom of hubbub://127.0.0.1:9/den as well?")
            await ann.press("left", "enter")
            await ann.until("You are no longer in the chatroom at 127.0.0.1:9")

    asyncio.run(scene())
