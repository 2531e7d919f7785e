"""`hubbub join`: chat in plain lines; and `hubbub` alone, which hosts a room if there is none."""

import asyncio
import contextlib

from hubbub.chat.errors import HubbubError, Refused, Unreachable
from hubbub.chat.events import Message
from hubbub.chat.names import SERVER_NAME
from hubbub.cli.output import complain, reader_may_leave, show_event, show_said
from hubbub.cli.speaking import Speaker, let_go, stdin_lines
from hubbub.client import Chat, connect


def join(address: str, name: str, room: str | None, *, reconnect: bool) -> None:
    """Chat until stdin ends. Ctrl-C is the usual way out, and no failure."""
    with reader_may_leave(), contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_chat(connect(address, name=name, room=room, reconnect=reconnect)))


def join_or_host(name: str) -> None:
    """Chat on the server of this machine; if there is none, host one meanwhile."""
    with reader_may_leave(), contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_join_or_host(name))


async def _join_or_host(name: str) -> None:
    try:
        await _chat(connect(name=name))
    except Unreachable:
        await _host(name)


async def _host(name: str) -> None:
    # Imported here: a server is seldom needed by who chats.
    from hubbub.server.app import hosting
    from hubbub.server.journal import note_on_stderr

    note_on_stderr()
    async with hosting() as address:
        complain(f"hosting a chatroom; others join it with 'hubbub join {address}'")
        await _chat(connect(address, name=name))


async def _chat(opened: Chat) -> None:
    async with opened as chat:
        hearing = asyncio.create_task(_hear(chat))
        speaking = asyncio.create_task(_speak(chat))
        try:
            await asyncio.wait({hearing, speaking}, return_when=asyncio.FIRST_COMPLETED)
            if hearing.done():
                hearing.result()
            await speaking
        except HubbubError:
            let_go(hearing)
            raise
        finally:
            let_go(speaking)
    await hearing  # what came before the end is still shown


async def _hear(chat: Chat) -> None:
    async for event in chat:
        if not (isinstance(event, Message) and event.sender == chat.name):
            show_event(event, chat.room)


async def _speak(chat: Chat) -> None:
    async def say(text: str) -> None:
        try:
            await chat.say(text)
        except Refused as refusal:
            show_said(SERVER_NAME, str(refusal))

    speaker = Speaker(say)
    try:
        async for line in stdin_lines():
            if line.startswith("/"):
                await speaker.finish()
                await _command(chat, line)
            else:
                await speaker.say(line)
        await speaker.finish()
    finally:
        speaker.abandon()


async def _command(chat: Chat, line: str) -> None:
    try:
        await chat.line(line)
    except (Refused, Unreachable) as error:
        show_said(SERVER_NAME, str(error))
