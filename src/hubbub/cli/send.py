"""`hubbub send`: say something from a script."""

import asyncio

from hubbub.cli.speaking import Speaker, StdinLines
from hubbub.client import Backoff, connect

GIVE_UP_SECONDS = 30
"""How long a connection that broke in the middle is tried again."""


def send(address: str, name: str, room: str | None, password: str, text: str) -> None:
    """Send `text`, or each line of stdin if it is `-`; return when all is acknowledged."""
    asyncio.run(_send(address, name, room, password, text))


async def _send(address: str, name: str, room: str | None, password: str, text: str) -> None:
    backoff = Backoff(longest_seconds=4, give_up_seconds=GIVE_UP_SECONDS)
    async with connect(address, name=name, room=room, password=password, reconnect=backoff) as chat:
        if text != "-":
            await chat.say(text)
            return
        lines = StdinLines()
        with Speaker(chat.say, lines) as speaker:
            async for line in lines:
                await speaker.say(line)
            await speaker.finish()
