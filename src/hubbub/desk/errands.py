"""Work in the background, none of whose faults stays unseen."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress

from hubbub.background import awaited


class Errands:
    """Tasks beside a main one. The first of them that fails ends the main one, with its error."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._owed: set[asyncio.Task[None]] = set()
        self._fault: BaseException | None = None
        self._main: asyncio.Task[None] | None = None
        self._is_over = False

    def spawn(self, work: Coroutine[None, None, None], *, owed: bool = False) -> None:
        """Begin some work, before the main one or during it. `owed`: `settle` waits for it."""
        task = awaited(work)
        self._tasks.add(task)
        if owed:
            self._owed.add(task)
        task.add_done_callback(self._done)
        if self._is_over:
            self._cancel(task)

    def _cancel(self, task: asyncio.Task[None]) -> None:
        # Not before its first step: what it was given would never be awaited, nor put away.
        asyncio.get_running_loop().call_soon(task.cancel)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._owed.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._fault = self._fault or fault
            if self._main is not None:
                self._main.cancel()

    async def beside(self, main: Coroutine[None, None, None]) -> None:
        """Run the main work; when it ends, everything ends. Raises its error, or an errand's."""
        self._main = awaited(main)
        if self._fault is not None:  # an errand was quicker than the start
            self._main.cancel()
        try:
            await self._main
        except asyncio.CancelledError:
            if self._fault is not None:
                raise self._fault from None
            raise
        finally:
            ending = {self._main, *self._tasks}
            self._is_over = True
            for task in ending:
                self._cancel(task)
            await asyncio.wait(ending)  # each puts away what it has in hand

    async def settle(self, seconds: float) -> bool:
        """Wait until nothing is owed any more, and at most so long; returns whether that is so."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._owed:  # one that ends may leave another behind
                    await asyncio.wait(self._owed)
        return not self._owed
