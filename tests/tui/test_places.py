"""The terminal goes to addresses of rooms and messages, and back to where one was."""

import asyncio
from pathlib import Path

from hubbub.client import connect
from hubbub.desk.log import Said
from hubbub.testing import LocalServer

from .seats import Seat, seat


def chosen(ann: Seat) -> int | None:
    """Return the seq of the message that is chosen in the log."""
    item = ann.chat.chosen
    return item.message.seq if isinstance(item, Said) else None


def test_an_address_leads_to_its_message_and_the_keys_lead_back(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob", room="kitchen") as bob:
            seq = await bob.say("the soup is ready")
            for _ in range(250):
                await bob.say("straw")
            async with seat(address, tmp_path) as ann:
                await ann.say(f"/go http://{address}/kitchen/{seq}")
                await ann.until(lambda: chosen(ann) == seq)
                assert ann.room == "#kitchen"
                await ann.press("f7")
                await ann.until(lambda: ann.room == "#lobby")
                await ann.press("f8")
                await ann.until(lambda: chosen(ann) == seq)
                await ann.say("/go http://elsewhere/x")
                await ann.press("ctrl+end")
                await ann.until("Give the address of a room")

    asyncio.run(scene())


def test_one_comes_with_the_address_of_a_message(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob", room="kitchen") as bob:
            seq = await bob.say("the soup is ready")
            for _ in range(250):
                await bob.say("straw")
            async with seat(f"http://{address}/kitchen/{seq}", tmp_path) as ann:
                await ann.until(lambda: chosen(ann) == seq)
                assert ann.room == "#kitchen"

    asyncio.run(scene())


def test_the_address_of_what_is_chosen_is_copied(
    hubbub_server: LocalServer, tmp_path: Path
) -> None:
    async def scene() -> None:
        address = hubbub_server.address
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            seq = await bob.say("remember this")
            await ann.until("remember this")
            await ann.say("/address")
            await ann.until(lambda: ann.app.clipboard == f"http://{address}/lobby")
            await ann.press("f6", "up", "l")
            await ann.until(lambda: ann.app.clipboard == f"http://{address}/lobby/{seq}")

    asyncio.run(scene())
