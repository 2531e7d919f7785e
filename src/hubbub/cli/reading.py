"""What the user has read in plain lines: all that is printed, and at first what was said last.

Only a server that knows the user knows how far they have read, on whatever device.
"""

from collections.abc import Coroutine
from typing import TYPE_CHECKING

import msgspec

from hubbub.background import begin
from hubbub.chat.errors import Refused, Unreachable
from hubbub.chat.events import Logged, Message, Room
from hubbub.cli.output import complain
from hubbub.client import AnyClientEvent, Chat
from hubbub.desk.markers import Markers

if TYPE_CHECKING:
    import asyncio

MISSED_MAX = 100
"""How many messages are printed that the user has not read yet; older ones are not."""


class _Read(msgspec.Struct):
    name: str
    seen: int | None


class ReadMarkers:
    """Follows what is printed of a chat, and moves the user's read markers."""

    def __init__(self, chat: Chat, last: int) -> None:
        self._chat = chat
        self._last = last
        self._read: dict[str, _Read] = {}
        self._moving: set[asyncio.Task[None]] = set()
        self._markers = Markers(chat, self._spawn)

    async def missed(self, event: AnyClientEvent) -> list[Message]:
        """Return what to print before what is said now, oldest first.

        That is what the user missed, and at least the last messages.
        """
        if not isinstance(event, Room) or event.room in self._read:
            return []
        self._read[event.room] = _Read(event.room, None)
        comes_anyway = event.direct or event.brought
        unread_after = event.seen if event.seen and event.seen < event.last else event.last
        limit = MISSED_MAX if unread_after < event.last else self._last
        if not limit or not event.last or comes_anyway or event.replaced:
            return []
        try:
            page = await self._chat.history(event.room, before=event.last + 1, limit=limit)
        except (Refused, Unreachable):
            return []  # what the user was told of the connection says it
        if page.dropped:
            complain(f"older messages of {event.room} are not kept there")
        unread = [message for message in page.messages if message.seq > unread_after]
        if unread and len(unread) == len(page.messages) and page.more:
            older = f"hubbub history --room {event.room} --after {unread_after}"
            complain(f"older messages that you have not read are not shown; '{older}' shows them")
        return page.messages[-max(len(unread), self._last) :] if unread or self._last else []

    def printed(self, event: AnyClientEvent) -> None:
        """Take in that an event was told; the markers move soon."""
        if isinstance(event, Logged):
            self._read[event.room] = _Read(event.room, event.seq)
            self._markers.looked(self._read.values())

    async def move(self) -> None:
        """Move the markers now: the user leaves."""
        for task in self._moving:
            task.cancel()
        await self._markers.tell(self._read.values())

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = begin(work, "the server does not know what you have read")
        self._moving.add(task)
        task.add_done_callback(self._moving.discard)
