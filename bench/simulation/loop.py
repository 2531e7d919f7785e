"""An event loop whose time passes only when nothing else can happen, and without threads.

So an hour takes as long as what is done in it, and the same callbacks run in the same order
whenever the same seed is played.

What is done in the name of a process (`WHOSE`) can be made to stand still, as by SIGSTOP: its
callbacks are held back, and come in their order when it goes on.
"""

import asyncio
import selectors
import threading
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from typing import Any
from weakref import WeakKeyDictionary

WHOSE: ContextVar[object] = ContextVar("WHOSE", default=None)
"""In the name of which process something is done."""

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
        self._frozen: dict[object, list[Callable[[], object]]] = {}

        self._thread = threading.get_ident()
        self.is_disturbed = False
        """Whether a thread had a say, so that the same seed may play otherwise."""

    def freeze(self, whose: object) -> None:
        """Do nothing in the name of a process."""
        self._frozen[whose] = []

    def thaw(self, whose: object) -> None:
        """Do what was held back."""
        for act in self._frozen.pop(whose):
            act()

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Call back, unless the process stands still by then."""
        context = copy_context() if context is None else context
        return super().call_soon(self._unless_frozen, callback, args, context, context=context)

    def call_at(  # type: ignore[override]
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call back at a time, unless the process stands still by then."""
        context = copy_context() if context is None else context
        return super().call_at(when, self._unless_frozen, callback, args, context, context=context)

    def _unless_frozen(
        self, callback: Callable[..., object], args: tuple[Any, ...], context: Context
    ) -> None:
        held = self._frozen.get(WHOSE.get())
        if held is None:
            callback(*args)
        else:
            held.append(lambda: self.call_soon(callback, *args, context=context))

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
