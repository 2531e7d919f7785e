"""Looks after the log while it is open, so that faults are found before somebody meets them.

The files are looked at each second. What is in them is read through after the start, and each day
from then on, slowly: nobody who reads the log may notice. First each room, from its oldest event to
the newest, and then the search index, which is compared with them (comparing.py). So damage is
noted, and the server's health tells of it, though nobody has read that far; and an index that is
damaged is made anew.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from hubbub.background import keep_going
from hubbub.chat.errors import Damaged, LogError
from hubbub.log.damage import Damage
from hubbub.log.sqlite.around import Around
from hubbub.log.sqlite.comparing import compare_window
from hubbub.log.sqlite.connection import OwnedConnection
from hubbub.log.sqlite.index import Index
from hubbub.log.sqlite.writer import Writer

FILES_SECONDS = 1.0
READ_AFTER_SECONDS = 5.0  # a server that starts has more urgent things to read
AGAIN_AFTER_SECONDS = 24 * 3600.0
READ_BYTES = 65_536
REST_PER_READ = 9.0
"""After each read, rest for this multiple of its duration."""


class Watch:
    """Two tasks that look after the log of `writer` and its `index`.

    They read rooms with `reading`, and the index with `indexing`, beside others.
    """

    def __init__(
        self,
        writer: Writer,
        reading: OwnedConnection,
        index: Index,
        indexing: OwnedConnection,
        damage: Damage,
    ) -> None:
        self._writer = writer
        self._reading = reading
        self._index = index
        self._indexing = indexing
        self._damage = damage
        self._tasks = [
            keep_going(self._see, "looking after the log's files"),
            keep_going(self._look_through, "reading the log through"),
        ]

    async def _see(self) -> None:
        sight = self._writer.sight
        while not sight.lost:
            await asyncio.sleep(FILES_SECONDS)
            with suppress(LogError):
                sight.check()
        self._damage.found(f"{sight.lost}; nothing can be posted until it is started again")

    async def _look_through(self) -> None:
        await asyncio.sleep(READ_AFTER_SECONDS)
        while True:
            for room, end in self._writer.ends():
                with suppress(Damaged):  # then no more of the room can be read
                    await _slowly(partial(self._read, room, end), end)
            await self._compare_index()
            await asyncio.sleep(AGAIN_AFTER_SECONDS)

    async def _read(self, room: str, end: int, cursor: int) -> int:
        """Read the next events of a room; return how far."""
        events = await self._reading.run(
            lambda file: Around(file, self._damage).backlog(room, cursor, READ_BYTES, end)
        )
        return events[-1].seq if events else end

    async def _compare_index(self) -> None:
        emptied = self._index.times_emptied
        try:
            await _slowly(self._compare, self._writer.last)
        except Damaged:
            if self._index.times_emptied == emptied:
                await self._index.make_anew()
        else:
            if self._index.times_emptied == emptied:
                self._index.is_sound()

    async def _compare(self, cursor: int) -> int:
        """Compare the next window of the index; return where the one after it may begin."""
        window = await self._indexing.run(partial(compare_window, after=cursor))
        return self._writer.last if window is None else window

    async def close(self) -> None:
        """End."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)


async def _slowly(read: Callable[[int], Awaitable[int]], end: int) -> None:
    """Read up to `end`; raise Damaged if a read does, and bear with all that passes."""
    cursor = 0
    while cursor < end:
        started = time.monotonic()
        try:
            cursor = await read(cursor)
        except Damaged:
            raise
        except LogError:  # it passes, and this is in no hurry
            await asyncio.sleep(READ_AFTER_SECONDS)
        await asyncio.sleep(REST_PER_READ * (time.monotonic() - started))
