"""The tick: drafts that arrive while the log commits wait together and go in the next commit.

Two tasks run side by side. `_append` takes batches to the log, one after another; the log
acknowledges each. `_apply` takes what the log hands out to the hub, in the log's order: our events,
and those that others appended. A batch leaves only when the one before it is applied or refused.
"""

import asyncio
from collections.abc import Callable

import structlog

from hubbub.chat.errors import LogError
from hubbub.chat.queries import Settled
from hubbub.hub import Hub
from hubbub.log.port import Log

REST_PER_FAN_OUT = 2.0
REST_SECONDS_MAX = 0.005
"""After a fan-out, rest for this multiple of its duration: what is said meanwhile shares the next.

So fan-out takes a third of the time at most, and in a small room nobody notices the rest.
"""

logger = structlog.get_logger()


class Commits:
    """Takes batches from the hub to the log, and what the log hands out to the hub."""

    def __init__(self, hub: Hub, log: Log) -> None:
        self._hub = hub
        self._log = log
        self._feed = log.follow()
        self._clock = asyncio.get_running_loop().time
        self._failing = False
        self._rested_at = 0.0
        self.commits = 0
        self.events = 0
        self.seconds = 0.0
        """Spent waiting for the log, all in all, by commits that succeeded."""
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._changed = asyncio.Event()  # another one each time that something is settled
        self._after: set[Callable[[], None]] = set()

    def wake(self) -> None:
        """See whether drafts wait."""
        if self._hub.has_pending:
            self._idle.clear()
            self._woken.set()

    def call_after(self, callback: Callable[[], None]) -> None:
        """Call back once, after the next commit or its failure."""
        self._after.add(callback)

    async def run(self) -> None:
        """Commit whatever waits, and apply whatever comes, for ever."""
        try:
            await asyncio.gather(self._append(), self._apply())
        finally:
            self._idle.set()

    async def _append(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._hub.has_pending:
                if (rest := self._rested_at - self._clock()) > 0:
                    await asyncio.sleep(rest)
                await self._commit()
            self._idle.set()

    async def _commit(self) -> None:
        batch = self._hub.take()
        started = self._clock()
        try:
            seqs = await self._log.append([draft.event for draft in batch])
        except LogError as error:
            if not self._failing:
                logger.warning("nothing can be posted for now", reason=str(error))
            self._failing = True
            self._hub.refuse(batch)
        else:
            if self._failing:
                logger.warning("messages are posted again")
            self._failing = False
            self.commits += 1
            self.events += len(batch)
            self.seconds += self._clock() - started
            # The acknowledgment comes first: an `ok` must not leave after its event. `_apply` can
            # not come between: nothing was awaited since the log handed the events out.
            self._hub.acknowledge(batch, seqs)
            self._apply_what_came()
            while not self._hub.is_settled:  # another's events come before ours
                await self._change()
        self._tell()

    async def _apply(self) -> None:
        while True:
            await self._feed.wait()
            self._apply_what_came()
            self._tell()

    def _apply_what_came(self) -> None:
        if not (events := self._feed.take()):
            return
        started = self._clock()
        self._hub.apply(events)
        ended = self._clock()
        self._rested_at = ended + min(REST_PER_FAN_OUT * (ended - started), REST_SECONDS_MAX)

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        after, self._after = self._after, set()
        for callback in after:
            callback()

    async def _change(self) -> None:
        await self._changed.wait()

    async def settled(self, question: Settled) -> None:
        """Wait until there is an answer to `question`."""
        while not self._hub.has_settled(question):
            await self._change()

    async def drained(self) -> None:
        """Wait until nothing waits."""
        await self._idle.wait()
