"""Runs the requests of a client, each in a thread of its own.

The client, obstore, has asynchronous calls as well. They hand over what came in threads that Python
does not know, and a process that ends just then is aborted, in one of five ends where this was
tried. Calls that wait have no such threads.

A store that says nothing may hold a request for a minute. So the threads are daemons, and a process
that ends waits for them no longer than a moment.
"""

import asyncio
import atexit
from collections.abc import Callable
from concurrent import futures
from typing import Any, Final, TypeVar

from hubbub import background

END_SECONDS: Final = 2.0

T = TypeVar("T")

_under_way: set[futures.Future[Any]] = set()


async def in_thread(work: Callable[[], T]) -> T:
    """Return what `work` returns; it goes on if nobody waits for it any more."""
    future: futures.Future[T] = futures.Future()
    future.set_running_or_notify_cancel()  # from now on it cannot be cancelled

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 (raised where it is waited for)
            future.set_exception(error)
        else:
            future.set_result(result)
        finally:
            _under_way.discard(future)

    _under_way.add(future)
    background.in_thread(run, "bucket").start()
    return await asyncio.wrap_future(future)


@atexit.register
def await_the_end() -> None:
    """Give requests a moment to end, as Python takes back what they hold only while it runs."""
    futures.wait(list(_under_way), END_SECONDS)
