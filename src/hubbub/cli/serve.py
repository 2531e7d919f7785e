"""`hubbub serve`: a server until it is told to stop."""

import asyncio
import signal
import sys
from pathlib import Path

import msgspec

from hubbub.server.app import hosting
from hubbub.server.config import Config, load_config, print_config
from hubbub.server.journal import note_on_stderr
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
    note_on_stderr()
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
    async with hosting(config) as address:
        sys.stdout.write(f"hubbub is listening on {address}\n")
        sys.stdout.flush()
        await stopped.wait()
