"""The wiring: one log, one hub, one port, and the order in which they start and stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import platformdirs

from hubbub import __version__
from hubbub.hub import Hub
from hubbub.log.port import Log
from hubbub.log.sqlite import SqliteLog
from hubbub.server.chatroom import Chatroom
from hubbub.server.config import Config
from hubbub.server.listener import Listener


@asynccontextmanager
async def running(config: Config, log: Log) -> AsyncIterator[str]:
    """Serve `log` until the block ends; yields the address, `host:port`.

    Raises ConfigError if the address cannot be listened on, and LogError if the log cannot be read.
    """
    hub = Hub(
        config.limits,
        await log.heads(),
        await log.epochs(),
        server=f"hubbub {__version__}",
        password=config.server.password,
    )
    chatroom = Chatroom(config.limits, hub, log)
    listener = Listener(chatroom, config.server.hosts)
    await listener.open(config.server.listen)
    # These never end; if one fails, that is a fault of ours, and the server ends with it.
    endless = [
        asyncio.create_task(work)
        for work in (chatroom.commits.run(), chatroom.sweep(), listener.sweep())
    ]
    server = asyncio.current_task()
    for task in endless:
        task.add_done_callback(lambda task: task.cancelled() or server is None or server.cancel())
    try:
        yield listener.address
    finally:
        await listener.close()
        await chatroom.close()
        await listener.cut()
        for task in endless:
            task.cancel()
        for outcome in await asyncio.gather(*endless, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


@asynccontextmanager
async def hosting(config: Config | None = None) -> AsyncIterator[str]:
    """Serve the log of the configured folder until the block ends; yields the address.

    Raises ConfigError or LogError if the address or the folder cannot be used.
    """
    config = config or Config()
    log = await SqliteLog.open(
        Path(config.server.data or platformdirs.user_data_path("hubbub")),
        durability=config.log.durability,
        duplicate_window_seconds=config.limits.duplicate_window_seconds,
    )
    try:
        async with running(config, log) as address:
            yield address
    finally:
        await log.close()
