"""Brings the write-ahead log into hubbub.db beside the commits, so that none waits for the disk.

How it works. To bring it there, SQLite syncs hubbub.db-wal, copies its pages, and syncs hubbub.db:
tens of milliseconds for a few MiB, or many more on a busy disk. So a thread of its own does that,
in rounds, while the writer's thread commits. Once a round has left little of the write-ahead log,
the writer's thread copies the rest and empties it. Only if that grows faster than the disk takes
it, up to WAL_BYTES_MAX, must a commit wait for more.

What always holds. If all of a write-ahead log was copied, SQLite overwrites it with the next commit
without a word; but the writer must number each fill first, in the first page (wal.py). So no round
copies all. It reads first, and SQLite copies nothing newer than what somebody reads. Then the
writer writes the first page again, which is newer. Nor does a round copy the first page, therefore:
the file keeps the number before, by which it shows if the write-ahead log is lost.

What may race. A round and an emptying exclude each other here. If the writer begins anew after a
failure, it may want to empty the write-ahead log during a round: then SQLite refuses.
"""

import asyncio
import logging
import sqlite3
from functools import partial
from pathlib import Path

from hubbub.background import keep_going
from hubbub.chat.errors import LogError
from hubbub.log.sqlite.connection import Durability, OwnedConnection, connect
from hubbub.log.sqlite.others import other_readers
from hubbub.log.sqlite.wal import copy_wal, write_first_page
from hubbub.log.sqlite.writer import Writer

ROUND_BYTES = 4 * 1024 * 1024
"""So much more is copied at once, beside the commits."""

REST_SHARE = 64
"""A write-ahead log is emptied after a round that has left no more than this part of it.

That is so as soon as nobody commits. Even to copy one page, SQLite syncs three times.
"""

WAL_BYTES_MAX = 64 * 1024 * 1024
"""If it is longer, the next commit waits until it is emptied."""

RETRY_SECONDS = 1.0

_READ = "SELECT count(*) FROM main.sqlite_schema"

_logger = logging.getLogger(__name__)


def open_twice(folder: Path, durability: Durability) -> sqlite3.Connection:
    """Return a connection that reads hubbub.db as `main`, and copies to it as `twin`."""
    connection = connect(folder, durability)
    try:
        connection.execute("ATTACH ? AS twin", (str(folder / "hubbub.db"),))
    except BaseException:
        connection.close()
        raise
    return connection


class Checkpoints:
    """Keeps the write-ahead log of `writer` short. `writing` is the writer's thread."""

    def __init__(
        self,
        folder: Path,
        writer: Writer,
        writing: OwnedConnection,
        copying: OwnedConnection,
    ) -> None:
        self._folder = folder
        self._writer = writer
        self._writing = writing
        self._copying = copying
        self._next_bytes = ROUND_BYTES
        self._overdue_bytes = WAL_BYTES_MAX
        self._told_bytes = 0
        self._due = asyncio.Event()
        self._turn = asyncio.Lock()
        self._task = keep_going(self._repeat, "emptying hubbub.db-wal")

    async def keep_up(self) -> None:
        """See whether there is enough to be copied, before a commit; wait if there is too much.

        Raises LogError if it is too much, and cannot be copied.
        """
        if (size := self._writer.sight.wal_bytes) >= self._overdue_bytes:
            is_empty = await self.empty()
            # While somebody reads, it cannot be emptied: once it has grown as much again.
            self._overdue_bytes = WAL_BYTES_MAX + (0 if is_empty else size)
            if not is_empty and size >= 2 * self._told_bytes:
                self._tell_of_readers(size)
        elif size >= self._next_bytes:
            self._due.set()

    def readers(self) -> str:
        """Return which other programs keep it from being emptied."""
        return " and ".join(other_readers(self._folder) or ["which one is not known"])

    def _tell_of_readers(self, size: int) -> None:
        """Tell why so many bytes cannot be emptied. Nothing can be done but to end who reads."""
        readers = other_readers(self._folder)
        # Where it is not known, it may have been a moment's reader at first.
        if readers or (readers is None and size >= 2 * WAL_BYTES_MAX):
            self._told_bytes = size
            _logger.warning(
                "The log's hubbub.db-wal has %d MB and grows: it cannot be emptied while another "
                "program reads hubbub.db (%s). End it, unless it is a backup.",
                size // 1_000_000,
                self.readers(),
            )

    async def empty(self) -> bool:
        """Empty the write-ahead log, unless somebody reads it; return whether it was done."""
        async with self._turn:
            await self._copy()
            return await self._empty()

    async def _repeat(self) -> None:
        fails = False
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                async with self._turn:
                    await self._shorten()
                fails = False
            except LogError as error:
                if not fails:
                    _logger.warning("The log's hubbub.db-wal cannot be emptied. %s", error)
                fails = True
                await asyncio.sleep(RETRY_SECONDS)

    async def _shorten(self) -> None:
        copied = await self._copy()
        size = self._writer.wal_size()
        self._next_bytes = size + ROUND_BYTES
        if size - copied <= size // REST_SHARE:
            await self._empty()

    async def _copy(self) -> int:
        """Copy all that is committed now; return how much of the write-ahead log is copied."""
        await self._copying.run(_begin_to_read)
        try:
            await self._writing.run(write_first_page)
            return await self._copying.run(partial(copy_wal, schema="twin"))
        finally:
            await self._copying.run(_end_to_read)

    async def _empty(self) -> bool:
        if is_empty := await self._writing.run(self._writer.empty_wal):
            self._next_bytes = ROUND_BYTES
            if self._told_bytes:
                _logger.warning("The log's hubbub.db-wal is empty again.")
            self._told_bytes = 0
        return is_empty

    async def close(self) -> None:
        """End, after the round that is under way."""
        self._task.cancel()
        await asyncio.wait([self._task])


def _begin_to_read(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    connection.execute(_READ).fetchone()


def _end_to_read(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # it is another one after a failure
        connection.execute("ROLLBACK")
