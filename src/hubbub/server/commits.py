"""The tick: drafts that arrive while the log commits wait together and go in the next commit."""

import asyncio
from typing import TYPE_CHECKING

import structlog

from hubbub.chat.errors import LogError
from hubbub.hub import Hub, Session
from hubbub.log.port import Log

if TYPE_CHECKING:
    from hubbub.server.session import Conversation

REST_PER_FAN_OUT = 2.0
REST_SECONDS_MAX = 0.005
"""After a fan-out comes a rest of so many times its length: what is said meanwhile shares the next.

So it takes a third of the time at the most, and a small room waits for nothing that it notices.
"""

logger = structlog.get_logger()


class Commits:
    """Takes batches from the hub to the log, one after the other, and back."""

    def __init__(self, hub: Hub, log: Log) -> None:
        self._hub = hub
        self._log = log
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
        self._committed = asyncio.Event()  # another one for each commit
        # Conversations whose drafts are so many that they listen no more until some are committed.
        self.waiting: set[Conversation] = set()

    def wake(self) -> None:
        """Drafts may wait: see to them."""
        if self._hub.has_pending:
            self._idle.clear()
            self._woken.set()

    async def run(self) -> None:
        """Commit whatever waits, for ever."""
        try:
            while True:
                await self._woken.wait()
                self._woken.clear()
                while self._hub.has_pending:
                    if (rest := self._rested_at - self._clock()) > 0:
                        await asyncio.sleep(rest)
                    await self._commit()
                self._idle.set()
        finally:
            self._idle.set()

    async def _commit(self) -> None:
        batch = self._hub.take()
        started = self._clock()
        try:
            seqs = await self._log.append([pending.draft for pending in batch])
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
            started = self._clock()
            self._hub.apply(batch, seqs)
            ended = self._clock()
            self._rested_at = ended + min(REST_PER_FAN_OUT * (ended - started), REST_SECONDS_MAX)
        committed, self._committed = self._committed, asyncio.Event()
        committed.set()
        waiting, self.waiting = self.waiting, set()
        for conversation in waiting:
            conversation.go_on()

    async def settled(self, session: Session) -> None:
        """Wait until what the session said before is committed or refused."""
        while session.pending_bytes:
            await self._committed.wait()

    async def drained(self) -> None:
        """Wait until nothing waits."""
        await self._idle.wait()
