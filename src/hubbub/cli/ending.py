"""How commands end that chat: never without a goodbye, which frees the user's name at once."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from functools import partial

ENDING_SIGNALS = ("SIGTERM", "SIGHUP")


def run(main: Coroutine[None, None, None]) -> int:
    """Run `main`, and cancel it on SIGTERM and SIGHUP; return 128 + the signal's number, else 0.

    Ctrl-C cancels it too, and raises KeyboardInterrupt, as in `asyncio.run`.
    """
    caught: list[int] = []
    try:
        asyncio.run(_run(main, caught))
    except asyncio.CancelledError:
        if not caught:
            raise
    return 128 + caught[0] if caught else 0


async def _run(main: Coroutine[None, None, None], caught: list[int]) -> None:
    task = asyncio.current_task()
    assert task is not None, "a coroutine that is awaited has a task"

    def end(number: int) -> None:
        caught.append(number)
        task.cancel()

    loop = asyncio.get_running_loop()
    for name in ENDING_SIGNALS:
        # Windows knows only some of them, and its event loop none. What `nohup` ignores stays so.
        with contextlib.suppress(AttributeError, NotImplementedError):
            number = getattr(signal, name)
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, partial(end, number))
    await main
