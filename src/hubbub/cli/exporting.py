"""`hubbub export`: all that was said in a room, or in all rooms that one may read, as a stream.

It holds a page at a time, however long a room is. Where it stands is the seq of the last event that
was printed, so after a lost connection it goes on behind that, and prints no message twice.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from hubbub.background import awaited
from hubbub.chat.commands import PAGE_MESSAGES_MAX
from hubbub.chat.errors import Refused, Unreachable
from hubbub.chat.events import Message, Missing, Page, RoomSummary
from hubbub.chat.listed import ConversationSummary
from hubbub.cli.ending import run
from hubbub.cli.export_forms import ExportedRoom, Form, JsonLines, TextLines
from hubbub.cli.fetching import Fetching
from hubbub.cli.output import complain, reader_may_leave, show_lines
from hubbub.cli.reporting import report
from hubbub.cli.speaking import let_go
from hubbub.cli.visiting import Visit
from hubbub.client import Backoff, Chat, Delayed, NewCertificate, Offline, parse_address

GIVE_UP_SECONDS = 60
"""How long is waited for a connection that broke."""

ASK_AGAIN_SECONDS = 0.2

_CLOSED = ("banned", "forbidden", "no_such_room")
"""Why a room is left out that is in the list: it may be for others, or gone by now."""

_NEWEST = 2**63 - 1
"""Before it stands everything."""

Answer = TypeVar("Answer")


def export(visit: Visit, form: str, files: Path | None = None) -> None:
    """Print what was said, and end when all is printed; raises Refused or Unreachable.

    `files`: a folder that gets the files of the messages.
    """
    fetching = None if files is None else Fetching(files)
    if form == "html":
        from hubbub.cli.html_page import HtmlPage

        chosen: Form = HtmlPage(None if fetching is None else fetching.places)
    else:
        chosen = JsonLines() if form == "json" else TextLines()
    with reader_may_leave():
        if status := run(_export(visit, chosen, fetching)):
            raise SystemExit(status)


async def _export(visit: Visit, form: Form, fetching: Fetching | None) -> None:
    waits = Backoff(longest_seconds=4, give_up_seconds=GIVE_UP_SECONDS)
    async with visit.connect(joining=False, reconnect=waits) as chat:
        following = awaited(_follow(chat))
        try:
            await _print_rooms(Reading(chat, following), visit, form, fetching)
        finally:
            let_go(following)


async def _print_rooms(
    reading: "Reading", visit: Visit, form: Form, fetching: Fetching | None
) -> None:
    place = parse_address(visit.address)
    chosen = visit.room or place.room
    rooms = [ExportedRoom(chosen, chosen)] if chosen else await reading.rooms()
    show_lines(form.begin(str(place), rooms))
    for room in rooms:
        show_lines(form.enter(room))
        try:
            async for event in reading.said_in(room.name):
                if fetching is not None:
                    await fetching.fetch(reading.chat, event)
                show_lines(form.tell(event))
        except Refused as refusal:
            if chosen or refusal.code not in _CLOSED:
                raise
            complain(str(refusal))
    show_lines(form.end())


async def _follow(chat: Chat) -> None:
    """Report what becomes of the connection; return or raise only when the chat has ended."""
    was_lost = False
    async for event in chat:
        if isinstance(event, Offline | Delayed | NewCertificate) or was_lost:
            report(event)
        was_lost = was_lost or isinstance(event, Offline)


class _Seen(NamedTuple):
    """How far was read in which room, and under which epoch."""

    room: str
    after: int
    epoch: str


class Reading:
    """Asks a server for one page after another, across as many connections as it takes."""

    def __init__(self, chat: Chat, following: "asyncio.Task[None]") -> None:
        self.chat = chat
        self._following = following
        self._seen = _Seen("", 0, "")

    async def rooms(self) -> list[ExportedRoom]:
        """Return the rooms that the user may read, those that everybody may read first."""
        rooms = [ExportedRoom(one.room, one.title or one.room) async for one in self._listed()]
        if self.chat.person is not None:
            async for talk in self._conversations():
                others = ", ".join(other.name for other in talk.with_) or self.chat.name
                rooms.append(ExportedRoom(talk.room, others))
        return rooms

    async def _listed(self) -> AsyncIterator[RoomSummary]:
        """Yield the rooms, however many there are."""
        after = ""
        while True:
            part = await self._answered(partial(self.chat.rooms_after, after))
            for one in part.rooms:
                yield one
            if not part.more or not part.rooms:  # a server that knows no `after` lists them once
                return
            after = part.rooms[-1].room

    async def _conversations(self) -> AsyncIterator[ConversationSummary]:
        before = _NEWEST
        while True:
            part = await self._answered(partial(self.chat.conversations, before=before))
            for one in part.conversations:
                yield one
            oldest = min((one.last for one in part.conversations), default=0)
            if not part.more or oldest >= before or not oldest:
                return
            before = oldest

    async def said_in(self, room: str) -> AsyncIterator[Message | Missing]:
        """Yield what was said in a room until now, in order, and what of it is missing."""
        after, end = 0, None
        while True:
            page = await self._page(room, after)
            end = page.last if end is None else end
            if page.dropped:
                complain(f"older messages of {room} are not kept there")
            if page.last < end:  # a server that knows no epochs tells it so
                raise _replaced()
            events = _in_order(page, room)
            for event in events:
                if _place(event) <= end:
                    yield event
            reached = max(map(_place, events), default=after)
            self._seen = _Seen(room, reached, page.epoch)
            if not page.more or reached >= end or reached == after:
                return
            after = reached

    async def _page(self, room: str, after: int) -> Page:
        """Return what comes next; raise Refused if what was seen is not the history any more."""
        seen = self._seen
        if seen.room != room and seen.epoch:
            await self._read(seen.room, seen.after, seen.epoch, limit=1)
        return await self._read(room, after, seen.epoch)

    async def _read(
        self, room: str, after: int, epoch: str, limit: int = PAGE_MESSAGES_MAX
    ) -> Page:
        page = await self._answered(
            partial(self.chat.history, room, after=after, limit=limit, epoch=epoch)
        )
        if page.replaced:
            raise _replaced()
        return page

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


def _replaced() -> Refused:
    return Refused(
        "The server's history was replaced by another one meanwhile, perhaps by a backup. Export "
        "it once more."
    )


def _in_order(page: Page, room: str) -> list[Message | Missing]:
    missing = [Missing(page.room or room, part.after, part.upto) for part in page.missing]
    return sorted([*page.messages, *missing], key=_place)


def _place(event: Message | Missing) -> int:
    return event.upto if isinstance(event, Missing) else event.seq
