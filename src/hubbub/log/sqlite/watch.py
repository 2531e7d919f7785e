"""Looks after the log while it is open, so that faults are found before somebody meets them.

The files are looked at each second. What is in them is read through once, from the oldest event of
each room to the newest, slowly: nobody who reads the log may notice. So damage is noted, and the
server's health tells of it, some time after the start, and not only when somebody reads that far.
"""

import asyncio
import time
from contextlib import suppress

from hubbub.chat.errors import LogError
from hubbub.log.damage import Damage
from hubbub.log.sqlite.around import Around
from hubbub.log.sqlite.connection import OwnedConnection
from hubbub.log.sqlite.writer import Writer

FILES_SECONDS = 1.0
READ_AFTER_SECONDS = 5.0  # a server that starts has more urgent things to read
READ_BYTES = 65_536
REST_PER_READ = 9.0
"""After each read, rest for this multiple of its duration."""


class Watch:
    """Two tasks that look after the log of `writer`; they read with `reading`, beside others."""

    def __init__(self, writer: Writer, reading: OwnedConnection, damage: Damage) -> None:
        self._writer = writer
        self._reading = reading
        self._damage = damage
        self._tasks = [asyncio.create_task(work) for work in (self._see(), self._read_through())]

    async def _see(self) -> None:
        sight = self._writer.sight
        while not sight.lost:
            await asyncio.sleep(FILES_SECONDS)
            with suppress(LogError):
                sight.check()
        self._damage.found(f"{sight.lost}; nothing can be posted until it is started again")

    async def _read_through(self) -> None:
        await asyncio.sleep(READ_AFTER_SECONDS)
        for room, end in self._writer.ends():
            cursor = 0
            while cursor < end:
                started = time.monotonic()
                try:
                    cursor = await self._read(room, cursor, end)
                except LogError:  # it passes, and this is in no hurry
                    await asyncio.sleep(READ_AFTER_SECONDS)
                await asyncio.sleep(REST_PER_READ * (time.monotonic() - started))

    async def _read(self, room: str, cursor: int, end: int) -> int:
        """Read the next events of a room; return how far."""
        events = await self._reading.run(
            lambda file: Around(file, self._damage).backlog(room, cursor, READ_BYTES, end)
        )
        return events[-1].seq if events else end

    async def close(self) -> None:
        """End."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
