"""`hubbub history` and `hubbub search`: print messages from the log."""

import asyncio
from collections.abc import Awaitable, Callable

from hubbub.chat.events import Message, Page
from hubbub.cli.output import reader_may_leave, show_lines
from hubbub.cli.transcript import transcript
from hubbub.client import Chat, connect
from hubbub.wire.codec import encode


def history(
    address: str,
    name: str,
    room: str | None,
    password: str,
    *,
    before: int | None,
    after: int | None,
    limit: int,
    json: bool,
) -> None:
    """Print messages of a room, oldest first."""

    async def page(chat: Chat) -> Page:
        return await chat.history(chat.room, before=before, after=after, limit=limit)

    _show(*asyncio.run(_ask(address, name, room, password, page)), json=json)


def search(
    address: str,
    name: str,
    room: str | None,
    password: str,
    query: str,
    *,
    before: int | None,
    limit: int,
    json: bool,
) -> None:
    """Print the messages with every word of `query`, oldest first."""

    async def page(chat: Chat) -> Page:
        wanted = None if room is None else chat.room
        return await chat.search(query, wanted, before=before, limit=limit)

    _show(*asyncio.run(_ask(address, name, room, password, page)), json=json)


async def _ask(
    address: str,
    name: str,
    room: str | None,
    password: str,
    page: Callable[[Chat], Awaitable[Page]],
) -> tuple[list[Message], str]:
    """Return the messages, and the room that the command is about."""
    async with connect(
        address, name=name, room=room, password=password, joining=False, reconnect=False
    ) as chat:
        return (await page(chat)).messages, chat.room


def _show(messages: list[Message], here: str, *, json: bool) -> None:
    with reader_may_leave():
        for message in messages:
            show_lines([encode(message).decode()] if json else transcript(message, here))
