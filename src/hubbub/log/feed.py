"""What a log hands out to one follower: committed events, in the log's order."""

import asyncio
from collections.abc import Sequence

from hubbub.chat.events import Entry


class Feed:
    """Events that were committed and not taken yet."""

    def __init__(self) -> None:
        self._events: list[Entry] = []
        self._arrived = asyncio.Event()

    def hand_out(self, events: Sequence[Entry]) -> None:
        """Put events behind all others."""
        if events:
            self._events.extend(events)
            self._arrived.set()

    def take(self) -> list[Entry]:
        """Return all that was handed out since the last call."""
        events, self._events = self._events, []
        self._arrived.clear()
        return events

    async def wait(self) -> None:
        """Wait until there is something to take."""
        await self._arrived.wait()
