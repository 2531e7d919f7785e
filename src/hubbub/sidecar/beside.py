"""A side-car in a thread of its own, beside a window that wants the main one."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Final, NamedTuple

from hubbub.client.address import Address
from hubbub.sidecar.noted import Note
from hubbub.sidecar.running import running

CLOSED_SECONDS: Final = 1.0
"""A page whose window was closed is gone after this."""


class _Begun(NamedTuple):
    """A side-car that runs, and how it is ended: in its own loop."""

    entrance: str
    loop: asyncio.AbstractEventLoop
    task: asyncio.Task[None]
    closing: asyncio.Event

    def close(self) -> None:
        """Have it end as soon as nobody has the page open."""
        self.loop.call_soon_threadsafe(self.closing.set)

    def cancel(self) -> None:
        """Have it end now."""
        self.loop.call_soon_threadsafe(self.task.cancel)


@contextmanager
def running_beside(
    address: Address, note: Note, place: str, show: Callable[[], bool]
) -> Iterator[str]:
    """Run a side-car in a thread; yields the address to open, once.

    When the block ends, and nobody has the page open elsewhere, so does the side-car. Raises what
    `running` does.
    """
    beginning: Future[_Begun] = Future()

    async def run() -> None:
        task = asyncio.current_task()
        assert task is not None, "a coroutine that is run has a task"
        async with running(address, note, show) as sidecar:
            begun = _Begun(
                sidecar.entrance(place), asyncio.get_running_loop(), task, asyncio.Event()
            )
            beginning.set_result(begun)
            await begun.closing.wait()
            await sidecar.closed(CLOSED_SECONDS)

    def run_to_its_end() -> None:
        try:
            asyncio.run(run())
        except asyncio.CancelledError:
            pass
        except Exception as error:
            if beginning.done():
                raise
            beginning.set_exception(error)

    thread = threading.Thread(target=run_to_its_end, name="hubbub-side-car")
    thread.start()
    begun = beginning.result()
    try:
        yield begun.entrance
        begun.close()
        thread.join()
    except BaseException:
        begun.cancel()
        raise
    finally:
        thread.join()
