"""`hubbub search` and `hubbub mentions`: print what was found."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from hubbub.chat.events import Message, Page
from hubbub.cli.hits import BETWEEN, around, marked, marks_words, show_marked
from hubbub.cli.output import complain, reader_may_leave, show
from hubbub.cli.pages import heard, show_message
from hubbub.cli.stamps import Stamps
from hubbub.cli.transcript import transcript
from hubbub.cli.visiting import Visit, read
from hubbub.client import Chat


class Manner(NamedTuple):
    """How much is looked for, and how it is printed; `context`: so many before and after each."""

    before: int | None
    limit: int
    context: int
    json: bool
    stamps: Stamps


class _Found(NamedTuple):
    page: Page
    stretches: list[list[Message]]
    server: str


def search(visits: Sequence[Visit], query: str, manner: Manner) -> None:
    """Print the messages with every word of `query`, oldest first.

    Where all rooms are searched, each message has its room.
    """

    async def page(chat: Chat) -> Page:
        wanted = None if visits[0].room is None else chat.room
        return await chat.search(query, wanted, before=manner.before, limit=manner.limit)

    _find(visits, page, manner)


def mentions(visits: Sequence[Visit], manner: Manner) -> None:
    """Print the messages that mention the user or answer them, oldest first."""

    async def page(chat: Chat) -> Page:
        return await chat.mentions(before=manner.before, limit=manner.limit)

    _find(visits, page, manner)


def _find(visits: Sequence[Visit], page: Callable[[Chat], Awaitable[Page]], manner: Manner) -> None:
    async def asked(visit: Visit) -> _Found:
        async with visit.connect(joining=False, reconnect=False) as chat:
            answer = await heard(chat, page(chat), json=manner.json)
            stretches = [[one] for one in answer.messages]
            if manner.context and not manner.json:
                stretches = await around(chat, answer.messages, manner.context)
            return _Found(answer, stretches, chat.address)

    found = asyncio.run(read(visits, asked))
    with reader_may_leave():
        _show(found, manner)
    if found.page.reached is not None:
        complain(
            "the search was broken off, because it took too long; to search further back, add "
            f"--before {found.page.reached}"
        )


def _show(found: _Found, manner: Manner) -> None:
    here, is_marked = found.page.room or "", marks_words()
    for at, stretch in enumerate(found.stretches):
        if at and manner.context and not manner.json:
            show(BETWEEN)
        for message in stretch:
            if manner.json or not (is_marked and message.found):
                show_message(message, here, found.server, manner.stamps, json=manner.json)
            else:
                lines = transcript(marked(message), here, found.server)
                show_marked(manner.stamps.put(message, lines))
