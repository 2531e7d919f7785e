"""Keys that lead into the past and back, from the line that is being written."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from hubbub.chat.events import Message
from hubbub.log.memory import MemoryLog
from hubbub.testing import serving

from .seats import seat

MESSAGES = 600
"""Several pages of them."""


def said(number: int) -> Message:
    at = datetime.now().astimezone() - timedelta(hours=MESSAGES - number)
    moment = int(at.timestamp() * 1000)
    return Message(room="lobby", seq=0, prev=0, sender="bob", at=moment, text=f"number {number}")


def test_home_and_end_in_an_empty_line_lead_to_the_beginning_and_back(tmp_path: Path) -> None:
    log = MemoryLog()
    asyncio.run(log.append([said(number) for number in range(1, MESSAGES + 1)]))

    async def scene(address: str) -> None:
        async with seat(address, tmp_path) as ann:
            await ann.until(f"number {MESSAGES}")
            await ann.press("home")
            await ann.until("the beginning")
            await ann.until(lambda: "number 1\n" in ann.screen)
            await ann.press("end")
            await ann.until(f"number {MESSAGES}")
            await ann.type("words")
            await ann.press("home", "a")
            assert ann.draft == "awords"
            assert f"number {MESSAGES}" in ann.screen

    with serving(log=log) as server:
        asyncio.run(scene(server.address))


def test_a_day_is_gone_to_by_its_date(tmp_path: Path) -> None:
    log = MemoryLog()
    asyncio.run(log.append([said(number) for number in range(1, MESSAGES + 1)]))
    day = datetime.now().astimezone() - timedelta(days=12)

    async def scene(address: str) -> None:
        async with seat(address, tmp_path) as ann:
            await ann.until(f"number {MESSAGES}")
            await ann.say(f"/goto {day:%Y-%m-%d}")
            await ann.until(f"{day:%A} {day.day} {day:%B %Y}")
            await ann.say("/goto the other day")
            await ann.until(lambda: ann.draft == "/goto the other day")
            await ann.press("ctrl+u", "end")
            await ann.until("is no day. Usage: /goto DAY")

    with serving(log=log) as server:
        asyncio.run(scene(server.address))
