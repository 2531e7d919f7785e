"""The server that has a folder on this machine, run by whoever may use the folder."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import platformdirs

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import ConfigError, Refused, Unreachable
from hubbub.client.power import PowerCommands
from hubbub.server.control.place import reach
from hubbub.wire.codec import decode_event, encode


class Console:
    """Takes commands through the server's control socket, one at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def request(self, command: c.Command) -> e.AnyEvent:
        """Send a command and return its answer; raises Refused or Unreachable."""
        try:
            self._writer.write(encode(command) + b"\n")
            await self._writer.drain()
            line = await self._reader.readline()
        except (OSError, ValueError):
            line = b""
        event = decode_event(line.decode()) if line else None
        if event is None:
            raise Unreachable("The server ended before it answered. Its journal may say why.")
        if isinstance(event, e.Error):
            raise Refused(event.message, code=event.code, retry_after=event.retry_after)
        return event


@asynccontextmanager
async def console(folder: Path) -> AsyncIterator[PowerCommands]:
    """Have power over the server of a folder; raises ConfigError if none runs there."""
    reader, writer = await reach(folder)
    try:
        yield PowerCommands(Console(reader, writer))
    finally:
        writer.close()


def own_folder() -> Path:
    """Return the folder of a server that this account runs without saying which."""
    return platformdirs.user_data_path("hubbub")


def serves(folder: Path) -> bool:
    """Return whether a server runs on a folder, and takes commands of ours."""

    async def trying() -> None:
        async with console(folder):
            pass

    try:
        asyncio.run(trying())
    except ConfigError:
        return False
    return True
