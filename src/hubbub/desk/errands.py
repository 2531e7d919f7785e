"""Work in the background, none of whose faults stays unseen."""

import asyncio
from collections.abc import Coroutine


class Errands:
    """Tasks beside a main one. The first of them that fails ends the main one, with its error."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._fault: BaseException | None = None
        self._main: asyncio.Task[None] | None = None

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Begin some work, before the main one or during it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._fault = self._fault or fault
            if self._main is not None:
                self._main.cancel()

    async def beside(self, main: Coroutine[None, None, None]) -> None:
        """Run the main work; when it ends, everything ends. Raises its error, or an errand's."""
        self._main = asyncio.get_running_loop().create_task(main)
        if self._fault is not None:  # an errand was quicker than the start
            self._main.cancel()
        try:
            await self._main
        except asyncio.CancelledError:
            if self._fault is not None:
                raise self._fault from None
            raise
        finally:
            for task in (self._main, *self._tasks):
                task.cancel()
