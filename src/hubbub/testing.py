"""For tests of programs that talk to hubbub: a real server in this process, on a free port.

With pytest the fixture is there as soon as hubbub is installed:

    def test_my_bot(hubbub_server):
        run_my_bot(hubbub_server.address)
"""

from __future__ import annotations

import asyncio
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.log.port import Log
    from hubbub.server.config import Config


class LocalServer(NamedTuple):
    """Where a server for tests listens."""

    host: str
    port: int

    @property
    def address(self) -> str:
        """The address as `hubbub.connect` and the command line take it."""
        return f"{self.host}:{self.port}"


@contextmanager
def serving(config: Config | None = None, log: Log | None = None) -> Iterator[LocalServer]:
    """Run a server in a thread until the block ends.

    Its log is the one given, else that of the configured folder, else one in memory.
    """
    ready: Future[str] = Future()
    done: Future[None] = Future()

    async def serve() -> None:
        # Imported here, so that pytest can load the fixture at no cost to other projects' tests.
        from hubbub.log.memory import MemoryLog  # noqa: PLC0415
        from hubbub.server.app import hosting, running  # noqa: PLC0415
        from hubbub.server.config import Config, ServerSection  # noqa: PLC0415

        settings = config or Config(server=ServerSection(listen="127.0.0.1:0"))
        on_disk = log is None and settings.server.data
        server = hosting(settings) if on_disk else running(settings, log or MemoryLog())
        async with server as address:
            ready.set_result(address)
            await asyncio.wrap_future(done)

    def run() -> None:
        from hubbub.server.loop import new_event_loop  # noqa: PLC0415

        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(serve())

    with ThreadPoolExecutor(1, thread_name_prefix="hubbub-server") as thread:
        ended = thread.submit(run)
        first: tuple[Future[Any], ...] = (ready, ended)
        wait(first, return_when=FIRST_COMPLETED)
        if not ready.done():
            ended.result()  # raises why it did not start
        host, _, port = ready.result().rpartition(":")
        try:
            yield LocalServer(host, int(port))
        finally:
            done.set_result(None)
            ended.result()


@pytest.fixture
def hubbub_server() -> Iterator[LocalServer]:
    """A running server; `hubbub_server.address` says where."""
    with serving() as server:
        yield server
