"""The tick: drafts that arrive while the log commits wait together and go in the next commit."""

import asyncio
from typing import TYPE_CHECKING

from hubbub.chat.errors import LogError
from hubbub.hub import Hub
from hubbub.log.port import Log

if TYPE_CHECKING:
    from hubbub.server.session import Conversation


class Commits:
    """Takes batches from the hub to the log, one after the other, and back."""

    def __init__(self, hub: Hub, log: Log) -> None:
        self._hub = hub
        self._log = log
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
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
                    await self._commit()
                self._idle.set()
        finally:
            self._idle.set()

    async def _commit(self) -> None:
        batch = self._hub.take()
        try:
            seqs = await self._log.append([pending.draft for pending in batch])
        except LogError as error:
            self._hub.refuse(batch, error)
        else:
            self._hub.apply(batch, seqs)
        waiting, self.waiting = self.waiting, set()
        for conversation in waiting:
            conversation.go_on()

    async def drained(self) -> None:
        """Wait until nothing waits."""
        await self._idle.wait()
