"""Tells the server how far the user has read, a moment after each look: for all of their devices.

What they want to read again is told in the same way.

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
        self._back: dict[str, int] = {}
        """By room, to where the marker is to move back."""

    def go_back(self, room: str, seq: int) -> None:
        """Have the user read again what follows a seq; call `looked` then."""
        self._back[room] = seq

    def is_going_back(self, room: str) -> bool:
        """Return whether the server does not know of that yet."""
        return room in self._back

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
            unread = self._back.get(name) == seq
            try:
                await self._chat.seen(name, seq, unread=unread)
            except HubbubError:
                return
            if unread:
                self._back.pop(name, None)

    def _untold(self, rooms: Iterable[Reading]) -> list[tuple[str, int]]:
        untold: list[tuple[str, int]] = []
        for room in rooms:
            replica = self._chat.replicas.get(room.name)
            known = replica.seen if replica is not None else None
            if known is None:
                self._back.pop(room.name, None)  # nobody else is to know
            if known is not None and (back := self._back.get(room.name)) is not None:
                untold.append((room.name, back))
            elif known is not None and room.seen is not None and room.seen > known:
                untold.append((room.name, room.seen))
        return untold
