"""`hubbub export`: all that was said in a room, or in all rooms that one may read, as a stream.

It holds a page at a time, however long a room is. Where it stands is the seq of the last event that
was printed, so after a lost connection it goes on behind that, and prints no message twice.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from hubbub.chat.commands import PAGE_MESSAGES_MAX
from hubbub.chat.errors import Refused, Unreachable
from hubbub.chat.events import Message, Missing, Page
from hubbub.cli.ending import run
from hubbub.cli.export_forms import ExportedRoom, Form, JsonLines, TextLines
from hubbub.cli.output import complain, reader_may_leave, report, show_lines
from hubbub.cli.speaking import let_go
from hubbub.cli.visiting import Visit
from hubbub.client import Backoff, Chat, Delayed, Offline, parse_address

GIVE_UP_SECONDS = 60
"""How long is waited for a connection that broke."""

ASK_AGAIN_SECONDS = 0.2

Answer = TypeVar("Answer")


def export(visit: Visit, form: str) -> None:
    """Print what was said, and end when all is printed; raises Refused or Unreachable."""
    if form == "html":
        from hubbub.cli.html_page import HtmlPage

        chosen: Form = HtmlPage()
    else:
        chosen = JsonLines() if form == "json" else TextLines()
    with reader_may_leave():
        if status := run(_export(visit, chosen)):
            raise SystemExit(status)


async def _export(visit: Visit, form: Form) -> None:
    waits = Backoff(longest_seconds=4, give_up_seconds=GIVE_UP_SECONDS)
    async with visit.connect(joining=False, reconnect=waits) as chat:
        following = asyncio.create_task(_follow(chat))
        try:
            await _print_rooms(Reading(chat, following), visit, form)
        finally:
            let_go(following)


async def _print_rooms(reading: "Reading", visit: Visit, form: Form) -> None:
    place = parse_address(visit.address)
    chosen = visit.room or place.room
    rooms = [ExportedRoom(chosen, chosen)] if chosen else await reading.rooms()
    show_lines(form.begin(str(place), rooms))
    for room in rooms:
        show_lines(form.enter(room))
        async for event in reading.said_in(room.name):
            show_lines(form.tell(event))
    show_lines(form.end())


async def _follow(chat: Chat) -> None:
    """Report what becomes of the connection; return or raise only when the chat has ended."""
    was_lost = False
    async for event in chat:
        if isinstance(event, Offline | Delayed) or was_lost:
            report(event)
        was_lost = was_lost or isinstance(event, Offline)


class Reading:
    """Asks a server for one page after another, across as many connections as it takes."""

    def __init__(self, chat: Chat, following: "asyncio.Task[None]") -> None:
        self.chat = chat
        self._following = following

    async def rooms(self) -> list[ExportedRoom]:
        """Return the rooms that the user may read, those that everybody may read first."""
        public = await self._answered(self.chat.rooms)
        rooms = [ExportedRoom(one.room, one.title or one.room) for one in public]
        if self.chat.person is None:
            return rooms
        private = await self._answered(self.chat.conversations)
        if private.more:
            complain("only the newest of your private conversations are exported")
        for one in private.conversations:
            others = ", ".join(other.name for other in one.with_) or self.chat.name
            rooms.append(ExportedRoom(one.room, others))
        return rooms

    async def said_in(self, room: str) -> AsyncIterator[Message | Missing]:
        """Yield what was said in a room until now, in order, and what of it is missing."""
        after, end = 0, None
        while True:
            page = await self._page(room, after)
            end = page.last if end is None else end
            if page.last < end:
                raise Refused(
                    "The server's history was replaced by another one meanwhile, perhaps by a "
                    "backup. Export it once more."
                )
            events = _in_order(page, room)
            for event in events:
                if _place(event) <= end:
                    yield event
            reached = max(map(_place, events), default=after)
            if not page.more or reached >= end or reached == after:
                return
            after = reached

    async def _page(self, room: str, after: int) -> Page:
        async def ask() -> Page:
            return await self.chat.history(room, after=after, limit=PAGE_MESSAGES_MAX)

        return await self._answered(ask)

    async def _answered(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask until there is an answer; raises Refused, or Unreachable once the chat has ended."""
        while True:
            try:
                return await ask()
            except Unreachable:
                await asyncio.wait({self._following}, timeout=ASK_AGAIN_SECONDS)
                if self._following.done():
                    self._following.result()  # says what ended it
                    raise


def _in_order(page: Page, room: str) -> list[Message | Missing]:
    missing = [Missing(page.room or room, part.after, part.upto) for part in page.missing]
    return sorted([*page.messages, *missing], key=_place)


def _place(event: Message | Missing) -> int:
    return event.upto if isinstance(event, Missing) else event.seq
