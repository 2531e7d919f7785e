"""`hubbub import`: what was said elsewhere, into a server's log, whether it runs or not."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import tzinfo
from pathlib import Path

from hubbub.chat.errors import ConfigError
from hubbub.cli.console import console
from hubbub.cli.importing.files import read
from hubbub.cli.importing.said import Source
from hubbub.cli.importing.writing import Bring, Writing, Written
from hubbub.cli.output import reader_may_leave, show
from hubbub.log.sqlite import SqliteLog
from hubbub.server.importing import Importing


def import_into(
    folder: Path, source: Source, paths: Sequence[Path], room: str, zone: tzinfo | None
) -> None:
    """Write what is in the files, and say how much of it is new.

    Raises LogError or BadExport, and Unreachable if the server ends meanwhile.
    """
    written = asyncio.run(_import(folder, source, paths, room, zone))
    with reader_may_leave():
        for name, count in sorted(written.new.items()):
            show(f"{name}: {_messages(count)} imported.")
        if not written.new:
            show("Nothing is new.")
        if written.known:
            show(f"{_messages(written.known)} had been imported before.")
        if written.left_out:
            show(f"{_messages(written.left_out)} left out, without a text or said in private.")


async def _import(
    folder: Path, source: Source, paths: Sequence[Path], room: str, zone: tzinfo | None
) -> Written:
    async with _bringing(folder, source) as bring:
        return await Writing(bring, source, room).write(read(source, paths, room, zone))


@asynccontextmanager
async def _bringing(folder: Path, source: Source) -> AsyncIterator[Bring]:
    """Yield what writes messages: the server that runs on the folder, or if none does, we."""
    async with AsyncExitStack() as stack:
        try:
            server = await stack.enter_async_context(console(folder))
        except ConfigError as error:
            if error.code != "not_running":
                raise
            log = await SqliteLog.open(folder, durability="process")
            stack.push_async_callback(log.close)
            yield Importing(log, log.append).bring
        else:
            await server.import_(source, [])
            yield server.import_


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"
