"""Signs of life: how long the server takes to answer, and that the user is writing."""

import asyncio
import time
from collections.abc import Callable

from hubbub.chat.errors import HubbubError
from hubbub.client import Chat
from hubbub.desk.link import Link, State

PING_SECONDS = 10.0
TYPING_AGAIN_SECONDS = 3.0


class Signs:
    """`stirred` is called when the latency is another one."""

    def __init__(self, chat: Chat, link: Link, stirred: Callable[[], None]) -> None:
        self._chat = chat
        self._link = link
        self._stirred = stirred
        self._typed_at = 0.0

    async def measure(self) -> None:
        """Keep the latency up to date."""
        while True:
            await asyncio.sleep(PING_SECONDS if self._link.latency_seconds is not None else 0.5)
            if self._link.state is State.ONLINE:
                try:
                    self._link.latency_seconds = await self._chat.ping()
                except HubbubError:
                    self._link.latency_seconds = None
                self._stirred()

    async def typing(self, room: str) -> None:
        """Tell a room, now and then, that the user is writing."""
        now = time.monotonic()
        if self._link.state is State.ONLINE and now - self._typed_at >= TYPING_AGAIN_SECONDS:
            self._typed_at = now
            try:
                await self._chat.typing(room)
            except HubbubError:
                return
