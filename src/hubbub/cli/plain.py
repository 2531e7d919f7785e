"""The chat in plain lines, for pipes, screen readers and simple terminals."""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial

from hubbub.chat.errors import Refused, Unreachable
from hubbub.chat.events import Message
from hubbub.cli.output import reader_may_leave, report, show_lines
from hubbub.cli.speaking import Speaker, StdinLines, let_go
from hubbub.cli.transcript import server_lines, transcript
from hubbub.client import Chat, connect


def chat(
    address: str,
    name: str,
    room: str | None,
    password: str,
    *,
    reconnect: bool,
    entered: Callable[[Chat], None],
) -> None:
    """Chat until stdin ends. Ctrl-C is the usual way out, and no failure.

    `entered` is called once the server has taken the name and the password.
    """
    opened = connect(address, name=name, room=room, password=password, reconnect=reconnect)
    with reader_may_leave(), contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_chat(opened, entered))


async def _chat(opened: Chat, entered: Callable[[Chat], None]) -> None:
    hearing: asyncio.Task[None] | None = None
    try:
        async with opened as chat:
            entered(chat)
            hearing = asyncio.create_task(_hear(chat))
            await _speak_while(hearing, chat)
    finally:
        # Closed, the chat gives what came before its end, and then no more. That is still shown,
        # also where a line that could not be sent told of the end first.
        if hearing is not None:
            await hearing


async def _speak_while(hearing: asyncio.Task[None], chat: Chat) -> None:
    speaking = asyncio.create_task(_speak(chat))
    try:
        await asyncio.wait({hearing, speaking}, return_when=asyncio.FIRST_COMPLETED)
        if hearing.done():
            hearing.result()
        await speaking
    finally:
        let_go(speaking)


async def _hear(chat: Chat) -> None:
    async for event in chat:
        report(event)
        if not (isinstance(event, Message) and event.sender == chat.name):
            show_lines(transcript(event, chat.room))


async def _speak(chat: Chat) -> None:
    async def say(text: str) -> None:
        try:
            await chat.say(text)
        except Refused as refusal:
            show_lines(server_lines(str(refusal)))

    lines = StdinLines()
    with Speaker(say, lines) as speaker:
        async for line in lines:
            if line.startswith("/"):
                await speaker.do(partial(_command, chat, line))
            else:
                await speaker.say(line)
        await speaker.finish()


async def _command(chat: Chat, line: str) -> None:
    try:
        await chat.line(line)
    except (Refused, Unreachable) as error:
        show_lines(server_lines(str(error)))
