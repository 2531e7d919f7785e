"""Tells the server how far the user has read, a moment after each look: for all of their devices.

Only a server that knows the user keeps it. Where it does not, the profile alone remembers.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Protocol

from hubbub.chat.errors import HubbubError
from hubbub.client import Chat

SETTLE_SECONDS = 1.0
"""While somebody reads on, the marker moves no more often than this."""


class Reading(Protocol):
    """A room that the user reads."""

    @property
    def name(self) -> str:
        """What the server calls it."""

    @property
    def seen(self) -> int | None:
        """Up to which seq the user has read it, if that is known."""


class Markers:
    """`spawn` runs work beside the chat."""

    def __init__(self, chat: Chat, spawn: Callable[[Coroutine[None, None, None]], None]) -> None:
        self._chat = chat
        self._spawn = spawn
        self._is_waiting = False

    def looked(self, rooms: Iterable[Reading]) -> None:
        """Tell, soon, what the user has seen and the server does not know."""
        if not self._is_waiting and self._untold(rooms):
            self._is_waiting = True
            self._spawn(self._tell_soon(rooms))

    async def _tell_soon(self, rooms: Iterable[Reading]) -> None:
        await asyncio.sleep(SETTLE_SECONDS)
        self._is_waiting = False
        await self.tell(rooms)

    async def tell(self, rooms: Iterable[Reading]) -> None:
        """Tell it now. What fails is told after the next look."""
        for name, seq in self._untold(rooms):
            try:
                await self._chat.seen(name, seq)
            except HubbubError:
                return

    def _untold(self, rooms: Iterable[Reading]) -> list[tuple[str, int]]:
        untold: list[tuple[str, int]] = []
        for room in rooms:
            replica = self._chat.replicas.get(room.name)
            known = replica.seen if replica is not None else None
            if known is not None and room.seen is not None and room.seen > known:
                untold.append((room.name, room.seen))
        return untold
