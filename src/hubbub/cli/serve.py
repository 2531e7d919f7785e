"""`hubbub serve`, and hosting a room beside one's own conversation."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import platformdirs
import structlog

from hubbub.log.sqlite import SqliteLog
from hubbub.server.app import running
from hubbub.server.config import Config, load_config, print_config
from hubbub.server.loop import new_event_loop, raise_descriptor_limit


def serve(listen: str | None, data: Path | None, config: Path | None, *, show_config: bool) -> None:
    """Serve until SIGINT or SIGTERM; then commit what was accepted and return."""
    if show_config:
        sys.stdout.write(print_config())
        return
    settings = load_config(config) if config else Config()
    if listen is not None:
        settings = msgspec.structs.replace(
            settings, server=msgspec.structs.replace(settings.server, listen=listen)
        )
    if data is not None:
        settings = msgspec.structs.replace(
            settings, server=msgspec.structs.replace(settings.server, data=str(data))
        )
    raise_descriptor_limit()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(settings))


async def _serve(config: Config) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:  # Windows without winloop
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
    async with host(config) as address:
        sys.stdout.write(f"hubbub is listening on {address}\n")
        sys.stdout.flush()
        await stopped.wait()


@asynccontextmanager
async def host(config: Config | None = None) -> AsyncIterator[str]:
    """Run a server in this event loop until the block ends; yields its address, `host:port`.

    Raises ConfigError or LogError if the address or the data folder cannot be used.
    """
    config = config or Config()
    folder = Path(config.server.data or platformdirs.user_data_path("hubbub"))
    log = await SqliteLog.open(
        folder,
        durability=config.log.durability,
        duplicate_window_seconds=config.limits.duplicate_window_seconds,
    )
    try:
        async with running(config, log) as address:
            yield address
    finally:
        await log.close()
