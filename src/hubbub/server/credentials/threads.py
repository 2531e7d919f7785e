"""Threads for what would keep the event loop busy, in fair turns of those who want it.

Addresses take turns first, then the connections of each. A connection asks for one thing at a time,
so no more wait than are connected. The loop comes before these threads in one of two ways:

- Threads that run without Python, as those that make hashes, are *modest*: the system runs them
  where the loop leaves it time. That is so on Linux, where each thread may have a priority.
- One that runs Python code holds what the loop needs to go on, so a low priority would hold up the
  loop as well. It `rests` instead, for that multiple of the time it took.
"""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, TypeVar

from hubbub.server.fairness.lanes import Lane

NICENESS: Final = 10
"""Beside somebody who is busy and not nice, a tenth of a core."""

T = TypeVar("T")


class FairThreads:
    """So many `places` at once. `clock` returns seconds."""

    def __init__(
        self,
        clock: Callable[[], float],
        places: int,
        name: str,
        *,
        modest: bool = False,
        rests: float = 0.0,
    ) -> None:
        assert not rests or places == 1, "one thread rests; another would go on meanwhile"
        self._threads = ThreadPoolExecutor(
            places, thread_name_prefix=name, initializer=_step_back if modest else None
        )
        self._rests = rests
        self.lane = Lane(clock, places)

    async def in_turn(self, host: str, work: Callable[[], T]) -> T:
        """Have a thread do some work for somebody at `host`; return what it gives."""

        async def use() -> T:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._do, work)

        return await self.lane.turn(self.lane.party(host), use)

    def _do(self, work: Callable[[], T]) -> T:
        if not self._rests:
            return work()
        started = time.thread_time()
        try:
            return work()
        finally:
            # Behind this, and before whatever is given to the thread next.
            with suppress(RuntimeError):  # it is closed
                self._threads.submit(time.sleep, self._rests * (time.thread_time() - started))

    def close(self) -> None:
        """Begin nothing more; what is being done is of no use to anybody."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _step_back() -> None:
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):  # a sandbox may forbid it
            loops = os.getpriority(os.PRIO_PROCESS, thread)  # which began this one
            os.setpriority(os.PRIO_PROCESS, thread, loops + NICENESS)
