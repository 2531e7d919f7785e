"""`hubbub history`: prints messages from the log; and how those of any page are printed."""

import asyncio
from collections.abc import Awaitable, Sequence

from hubbub.chat.events import Message, Page
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

    async def asked(visit: Visit) -> tuple[Page, str, str]:
        async with visit.connect(joining=False, reconnect=False) as chat:
            return await heard(chat, page(chat), json=json), chat.room, chat.address

    answer, room, server = asyncio.run(read(visits, asked))
    with reader_may_leave():
        for message in answer.messages:
            show_message(message, room, server, stamps, json=json)


async def heard(chat: Chat, page: Awaitable[Page], *, json: bool) -> Page:
    """Return a page once it is there, and say what of it is lost.

    As lines, it lacks what the ignored say; as JSON, it is what the server has.
    """
    async with told_of_waiting(chat):
        answer = await page
    for part in answer.missing:
        complain(lost(answer.room or chat.room, part.after, part.upto))
    if answer.dropped:
        complain(f"older messages of {answer.room or chat.room} are not kept there")
    if not json:
        answer.messages = [one for one in answer.messages if not chat.is_ignored(one)]
    return answer


def show_message(message: Message, here: str, server: str, stamps: Stamps, *, json: bool) -> None:
    """Print a message, to somebody in the room `here`."""
    if json:
        show_lines([encode(message).decode()])
    else:
        show_lines(stamps.put(message, transcript(message, here, server)))
