"""An event loop whose time passes only when nothing else can happen, and without threads.

So an hour takes as long as what is done in it, and the same callbacks run in the same order
whenever the same seed is played.
"""

import asyncio
import selectors
import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

THREAD_SECONDS = 0.000_2
"""What a piece of work in a thread takes, in the loop's time."""


class _Still(selectors.SelectSelector):
    """Nothing ever comes from outside: to wait is to let time pass."""

    seconds = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        assert timeout is not None, "nothing is left that could ever happen"
        self.seconds += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop; its time begins at 0."""

    def __init__(self) -> None:
        self._still = _Still()
        super().__init__(self._still)
        self._ready_at: WeakKeyDictionary[Any, float] = WeakKeyDictionary()

        self._thread = threading.get_ident()
        self.is_disturbed = False
        """Whether a thread had a say, so that the same seed may play otherwise."""

    def call_soon_threadsafe(  # type: ignore[override]
        self, *args: Any, **options: Any
    ) -> asyncio.Handle:
        """Call back, and note that time does not stand still for whoever asks."""
        self.is_disturbed |= threading.get_ident() != self._thread
        return super().call_soon_threadsafe(*args, **options)

    def time(self) -> float:
        """Return how much time has passed."""
        return self._still.seconds

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        """Do the work at once, and give its result a little later, one after the other."""
        future = self.create_future()
        try:
            give, given = future.set_result, func(*args)
        except Exception as error:  # noqa: BLE001 (it is whose who awaits it)
            give, given = future.set_exception, error
        at = self.time() + THREAD_SECONDS
        if executor is not None:
            at = max(self._ready_at.get(executor, 0.0) + THREAD_SECONDS, at)
            self._ready_at[executor] = at
        self.call_at(at, lambda: None if future.done() else give(given))
        return future
