"""`hubbub history` and `hubbub search`: print messages from the log."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from hubbub.chat.events import Page
from hubbub.cli.output import complain, reader_may_leave, show_lines
from hubbub.cli.stamps import Stamps
from hubbub.cli.transcript import lost, transcript
from hubbub.cli.visiting import Visit, read
from hubbub.cli.waiting import told_of_waiting
from hubbub.client import Chat
from hubbub.wire.codec import encode


def history(
    visits: Sequence[Visit],
    *,
    before: int | None,
    after: int | None,
    around: int | None = None,
    limit: int,
    json: bool,
    stamps: Stamps,
) -> None:
    """Print messages of a room, oldest first."""

    async def page(chat: Chat) -> Page:
        return await chat.history(chat.room, before=before, after=after, around=around, limit=limit)

    answer, room, server = asyncio.run(_ask(visits, page, json=json))
    _show(answer, room, server, stamps, json=json)


def search(
    visits: Sequence[Visit],
    query: str,
    *,
    before: int | None,
    limit: int,
    json: bool,
    stamps: Stamps,
) -> None:
    """Print the messages with every word of `query`, oldest first.

    Where all rooms are searched, each message has its room.
    """

    async def page(chat: Chat) -> Page:
        wanted = None if visits[0].room is None else chat.room
        return await chat.search(query, wanted, before=before, limit=limit)

    answer, _, server = asyncio.run(_ask(visits, page, json=json))
    _show(answer, answer.room or "", server, stamps, json=json)


async def _ask(
    visits: Sequence[Visit], page: Callable[[Chat], Awaitable[Page]], *, json: bool
) -> tuple[Page, str, str]:
    """Return the page, the room that the command is about, and where the server is.

    As lines, it lacks what the ignored say; as JSON, it is what the server has.
    """

    async def asked(visit: Visit) -> tuple[Page, str, str]:
        async with visit.connect(joining=False, reconnect=False) as chat:
            async with told_of_waiting(chat):
                answer = await page(chat)
            for part in answer.missing:
                complain(lost(answer.room or chat.room, part.after, part.upto))
            if not json:
                answer.messages = [one for one in answer.messages if not chat.is_ignored(one)]
            return answer, chat.room, chat.address

    return await read(visits, asked)


def _show(page: Page, here: str, server: str, stamps: Stamps, *, json: bool) -> None:
    with reader_may_leave():
        for message in page.messages:
            if json:
                show_lines([encode(message).decode()])
            else:
                show_lines(stamps.put(message, transcript(message, here, server)))
    if page.reached is not None:
        complain(
            "the search was broken off, because it took too long; to search further back, add "
            f"--before {page.reached}"
        )
