"""Brings older messages, page by page, one page of a room at a time."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable

from hubbub.chat.errors import Refused, Unreachable
from hubbub.client import Chat, Replica
from hubbub.desk.room import RoomState

PAGE_MESSAGES = 100
FAR_PAGE_MESSAGES = 200
ATTEMPTS_MAX = 3


class Paging:
    """`loaded` is called with each room that got more. Asks nothing of a room without a replica."""

    def __init__(self, chat: Chat, loaded: Callable[[RoomState], None]) -> None:
        self._chat = chat
        self._loaded = loaded
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def _replica(self, room: RoomState) -> Replica | None:
        return self._chat.replicas.get(room.name)

    async def fill(self, room: RoomState) -> None:
        """Bring the newest page of a room that was just entered."""
        async with self._turns[room.name]:
            replica = self._replica(room)
            if replica is None or (room.filled and replica.held):
                return
            try:
                await self._join_page(replica, PAGE_MESSAGES)
            except Unreachable as lost:
                if lost.code != "no_answer":
                    return  # entering again fills it
            except Refused:
                pass  # what is said from now on is shown
            room.filled = True
            self._loaded(room)

    def show_new(self, rooms: Iterable[RoomState]) -> None:
        """Show what is said from now on in rooms whose messages cannot be read yet."""
        for room in rooms:
            if not room.filled and self._replica(room) is not None:
                room.filled = True
                self._loaded(room)

    async def older(self, room: RoomState) -> None:
        """Bring a page of older messages, unless one is on its way."""
        if room.filled and not self._turns[room.name].locked():
            async with self._turns[room.name]:
                await self._older(room, PAGE_MESSAGES)

    async def back_to(self, room: RoomState, seq: int) -> None:
        """Bring all messages from `seq` on, if they can be had."""
        async with self._turns[room.name]:
            while (replica := self._replica(room)) and replica.start >= seq:
                if not await self._older(room, FAR_PAGE_MESSAGES):
                    return

    async def _older(self, room: RoomState, messages: int) -> bool:
        replica = self._replica(room)
        if replica is None or replica.start == 0 or replica.is_full:
            return False
        before = replica.start + 1
        try:
            joined = await self._join_page(replica, messages, before)
        except (Refused, Unreachable):
            return False
        self._loaded(room)
        return joined

    async def _join_page(self, replica: Replica, messages: int, before: int | None = None) -> bool:
        """Join on a page; one that is out of date when it comes is asked for again."""
        for _ in range(ATTEMPTS_MAX):
            page = await self._chat.history(replica.room, before=before, limit=messages)
            if replica.add_page(page, before):
                return True
        return False
