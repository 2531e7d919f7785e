"""A server in a thread of its own, beside whatever else the process does."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    InvalidStateError,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager, suppress
from typing import Any

from hubbub.chat.events import Bye
from hubbub.log.port import Log
from hubbub.server.app import STOPPED, hosting, running
from hubbub.server.config import Config
from hubbub.server.control.reloading import Reloading
from hubbub.server.loop import new_event_loop


@contextmanager
def serving_in_thread(
    config: Config,
    log: Log | None = None,
    *,
    bye: Bye = STOPPED,
    reloading: Reloading | None = None,
) -> Iterator[str]:
    """Serve `log`, else the log of the configured folder; yields the address, `host:port`.

    When the block ends, the server commits what it accepted and stops. Raises ConfigError or
    LogError if it cannot start; what ended it too early is raised at the end of the block.
    """
    ready: Future[str] = Future()
    stop: Future[None] = Future()

    async def serve() -> None:
        if log is None:
            running_on = hosting(config, bye=bye, reloading=reloading)
        else:
            running_on = running(config, log, bye=bye)
        async with running_on as address:
            ready.set_result(address)
            await asyncio.wrap_future(stop)

    def run() -> None:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(serve())

    with ThreadPoolExecutor(1, thread_name_prefix="hubbub-server") as thread:
        ended = thread.submit(run)
        first: tuple[Future[Any], ...] = (ready, ended)
        wait(first, return_when=FIRST_COMPLETED)
        if not ready.done():
            ended.result()  # raises why it did not start
        try:
            yield ready.result()
        finally:
            with suppress(InvalidStateError):  # the server ended before
                stop.set_result(None)
            ended.result()
