"""A bot that repeats what it hears: python echo_bot.py [ADDRESS]."""

import asyncio
import sys

import hubbub
from hubbub.chat.events import Message


async def main() -> None:
    async with hubbub.connect(*sys.argv[1:], name="echo") as chat:
        async for event in chat:
            if isinstance(event, Message) and event.sender != chat.name:
                await chat.say(event.text, room=event.room, reply_to=event.seq)


asyncio.run(main())
