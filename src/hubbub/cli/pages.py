"""`hubbub history` and `hubbub search`: print messages from the log."""

import asyncio
from collections.abc import Awaitable, Callable

from hubbub.chat.events import Message, Page
from hubbub.cli.output import reader_may_leave, show, show_said
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

    with reader_may_leave():
        _show(asyncio.run(_ask(address, name, room, password, page)).messages, json=json)


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

    with reader_may_leave():
        _show(asyncio.run(_ask(address, name, room, password, page)).messages, json=json)


async def _ask(
    address: str,
    name: str,
    room: str | None,
    password: str,
    page: Callable[[Chat], Awaitable[Page]],
) -> Page:
    async with connect(
        address, name=name, room=room, password=password, joining=False, reconnect=False
    ) as chat:
        return await page(chat)


def _show(messages: list[Message], *, json: bool) -> None:
    for message in messages:
        if json:
            show(encode(message).decode())
        else:
            show_said(message.sender, "(deleted)" if message.deleted else message.text)
