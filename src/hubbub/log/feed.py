"""What a log hands out to one follower: committed events, in the log's order."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from hubbub.chat.events import Entry


class Feed:
    """Events that were committed and not taken yet."""

    def __init__(self) -> None:
        self._commits: deque[Sequence[Entry]] = deque()
        self._arrived = asyncio.Event()

    def hand_out(self, events: Sequence[Entry]) -> None:
        """Put events, which were committed together, behind all others."""
        if events:
            self._commits.append(events)
            self._arrived.set()

    def take_some(self, weigh: Callable[[Sequence[Entry]], int], weight_max: int) -> list[Entry]:
        """Return what comes next, up to `weight_max`: whole commits, and at least one."""
        taken: list[Entry] = []
        weight = 0
        while self._commits:
            if taken or len(self._commits) > 1:  # nearly always there is one
                weight += weigh(self._commits[0])
            if taken and weight > weight_max:
                return taken
            taken += self._commits.popleft()
        self._arrived.clear()
        return taken

    async def wait(self) -> None:
        """Wait until there is something to take."""
        while not self._commits:  # it may have been taken since it came
            await self._arrived.wait()
