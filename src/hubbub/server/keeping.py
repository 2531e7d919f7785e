"""Removes what is kept no longer, of all rooms, in steps between the commits.

Nothing is noted of how far it has come: what is over is found by its time and by counting, at the
oldest end of each room, so a server that was killed goes on with it.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from hubbub.chat.errors import LogError
from hubbub.chat.queries import Dropped, Over
from hubbub.chat.retention import DAY_MILLISECONDS, Retention
from hubbub.hub import Hub
from hubbub.log.port import Log
from hubbub.server.notes import logger

LOOK_SECONDS: Final = 300.0
REST_SECONDS_MIN: Final = 0.005
REST_PER_STEP: Final = 2.0
"""After a step, rest for this multiple of its duration: commits come between."""

ROOMS_AT_ONCE: Final = 100
"""So many are looked at, and taken from together, before others have a turn at the event loop."""


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
        self.note: Callable[[Mapping[str, Dropped]], None] | None = None
        """Told of what each step took, if anybody wants that."""

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
        names = list(self._hub.rooms)
        for start in range(0, len(names), ROOMS_AT_ONCE):
            await asyncio.sleep(0)
            kept = {name: self._kept(name) for name in names[start : start + ROOMS_AT_ONCE]}
            kept = {name: one for name, one in kept.items() if not one.is_for_ever}
            try:
                await self._shorten(kept)
            except LogError:  # in one of them, perhaps: the others must not wait for it
                for name, one in kept.items():
                    try:
                        await self._shorten({name: one})
                    except LogError as error:
                        failure = error
        if failure is not None:
            raise failure

    def _kept(self, name: str) -> Retention:
        return self._hub.retention(name, self.general)

    async def _shorten(self, kept: Mapping[str, Retention]) -> None:
        """Remove what is over in some rooms. Raises LogError."""
        over = {}
        for name, one in kept.items():
            before = self._milliseconds() - one.days * DAY_MILLISECONDS if one.days else 0
            found = Over(before, await self._upto(name, one.messages))
            if found.before or found.upto:
                over[name] = found
        while over:
            # Looked at before each step: a room may be held since the last one.
            over = {name: one for name, one in over.items() if self._kept(name) == kept[name]}
            left = await self._step(over)
            over = {name: over[name] for name in left}

    async def _step(self, over: Mapping[str, Over]) -> Sequence[str]:
        """Take a step, and return the rooms in which more may be over."""
        started = time.perf_counter()
        step = await self._log.drop(over)
        for name, dropped in step.dropped.items():
            self._hub.let_go(name, dropped)
        if step.dropped:
            if self.note is not None:
                self.note(step.dropped)
            self.steps += 1
            rest = REST_PER_STEP * (time.perf_counter() - started)
            await asyncio.sleep(max(rest, REST_SECONDS_MIN))
        return step.left

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
