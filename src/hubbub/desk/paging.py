"""Brings messages of the past, page by page, one page of a room at a time."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress

from hubbub.chat.errors import Refused, Unreachable
from hubbub.client import Chat, Replica
from hubbub.desk.room import RoomState

PAGE_MESSAGES = 100
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
                await self._join_page(replica)
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
                replica = self._replica(room)
                if replica is not None and replica.back_to > 0 and not replica.is_full:
                    await self._bring(room, replica, before=replica.back_to + 1)

    async def between(self, room: RoomState, *, is_down: bool) -> None:
        """Bring a page of what the hole leaves out, unless one is on its way.

        `is_down`: the next messages, for somebody who goes down; else the last.
        """
        if not self._turns[room.name].locked():
            async with self._turns[room.name]:
                replica = self._replica(room)
                if replica is None or replica.is_full or (hole := replica.hole) is None:
                    return
                if is_down:
                    await self._bring(room, replica, after=hole.after)
                else:
                    await self._bring(room, replica, before=hole.upto + 1)

    async def reach(self, room: RoomState, seq: int) -> None:
        """Bring a message and what stands around it, if they can be had and are not here."""
        async with self._turns[room.name]:
            replica = self._replica(room)
            if replica is not None and seq not in replica.held:
                await self._bring(room, replica, around=seq)

    async def open_after(self, room: RoomState, seq: int) -> None:
        """Bring what follows a seq, and some of what stands before, if it is not here."""
        async with self._turns[room.name]:
            replica = self._replica(room)
            if replica is not None and room.filled and not room.is_here(seq):
                count = await self._bring(room, replica, around=seq)
                if count is not None and seq == room.seen:
                    room.bookmark.count(count)

    async def _bring(self, room: RoomState, replica: Replica, **where: int) -> int | None:
        """Bring a page; return how many messages follow the one that it is around."""
        with suppress(Refused, Unreachable):
            count = await self._join_page(replica, **where)
            self._loaded(room)
            return count
        return None

    async def _join_page(self, replica: Replica, **where: int) -> int | None:
        """Join on a page; one that is out of date when it comes is asked for again."""
        for _ in range(ATTEMPTS_MAX):
            page = await self._chat.history(
                replica.room,
                before=where.get("before"),
                after=where.get("after"),
                around=where.get("around"),
                limit=PAGE_MESSAGES,
                count="around" in where,
            )
            if replica.add_page(page, **where):
                return page.count
        return None
