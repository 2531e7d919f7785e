"""`hubbub import`: what was said elsewhere, into the folder of a server that is stopped."""

import asyncio
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from hubbub.cli.importing.files import read
from hubbub.cli.importing.said import Source
from hubbub.cli.importing.writing import Writing, Written
from hubbub.cli.output import reader_may_leave, show
from hubbub.log.sqlite import SqliteLog


def import_into(
    folder: Path, source: Source, paths: Sequence[Path], room: str, zone: tzinfo | None
) -> None:
    """Write what is in the files, and say how much of it is new. Raises LogError or BadExport."""
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
    log = await SqliteLog.open(folder, durability="process")
    try:
        return await Writing(log, source, room).write(read(source, paths, room, zone))
    finally:
        await log.close()


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"
