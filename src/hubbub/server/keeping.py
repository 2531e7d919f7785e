"""Removes what is kept no longer, of all rooms, in steps between the commits.

Nothing is noted of how far it has come: what is over is found by its time and by counting, at the
oldest end of each room, so a server that was killed goes on with it.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import structlog

from hubbub.chat.errors import LogError
from hubbub.chat.queries import Over
from hubbub.chat.retention import DAY_MILLISECONDS, Retention
from hubbub.hub import Hub
from hubbub.log.port import Log

LOOK_SECONDS: Final = 300.0
REST_SECONDS_MIN: Final = 0.005
REST_PER_STEP: Final = 2.0
"""After a step, rest for this multiple of its duration: commits come between."""

ROOMS_AT_ONCE: Final = 100
"""So many are looked at before others have a turn at the event loop: most keep everything."""

logger = structlog.get_logger()


class Keeping:
    """Keeps of each room as much as it is to. `milliseconds` returns the time, since the epoch."""

    def __init__(self, hub: Hub, log: Log, milliseconds: Callable[[], int]) -> None:
        self._hub = hub
        self._log = log
        self._milliseconds = milliseconds
        self._counted: dict[str, tuple[int, int]] = {}
        self.general = Retention()
        """What is configured for all rooms; it may change at any time."""
        self.steps = 0
        """How many steps took something."""

    async def run(self) -> None:
        """Remove what is over, for ever."""
        while True:
            try:
                await self.look()
            except LogError as error:
                logger.warning("messages that are over are removed later", reason=str(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Remove what is over now. Raises LogError, after all rooms, if it could not be in some."""
        failure: LogError | None = None
        for place, name in enumerate(list(self._hub.rooms)):
            if place % ROOMS_AT_ONCE == 0:
                await asyncio.sleep(0)
            kept = self._hub.retention(name, self.general)
            if kept.is_for_ever:
                continue
            try:
                await self._shorten(name, kept)
            except LogError as error:
                failure = error
        if failure is not None:
            raise failure

    async def _shorten(self, name: str, kept: Retention) -> None:
        upto = await self._upto(name, kept.messages)
        # Looked at before each step: the room may be held since the last one.
        while self._hub.retention(name, self.general) == kept:
            if not await self._step(name, kept, upto):
                break

    async def _step(self, name: str, kept: Retention, upto: int) -> bool:
        started = time.perf_counter()
        before = self._milliseconds() - kept.days * DAY_MILLISECONDS if kept.days else 0
        if not (before or upto):
            return False
        dropped = await self._log.drop(name, Over(before, upto))
        if dropped is None:
            return False
        self._hub.let_go(name, dropped)
        self.steps += 1
        rest = REST_PER_STEP * (time.perf_counter() - started)
        await asyncio.sleep(max(rest, REST_SECONDS_MIN))
        return True

    async def _upto(self, name: str, messages: int) -> int:
        """Return up to which seq a room has too many; it is counted anew once more was said."""
        if not messages:
            return 0
        last = self._hub.last_of(name)
        known = (last, messages)
        if self._counted.get(name) == known:
            return 0
        if upto := await self._log.surplus(name, messages):
            return upto
        self._counted[name] = known
        return 0
