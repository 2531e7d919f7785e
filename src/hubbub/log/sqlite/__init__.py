"""The log that lives in one SQLite file on this machine.

Three threads own a connection each: one commits and fills the search index, one reads, and one
searches, so that no reader ever waits for a commit, nor for somebody's slow search.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Self

from filelock import FileLock

from hubbub.chat.events import AnyLogged, Page
from hubbub.chat.queries import Epoch, Head, PageQuery, SearchQuery
from hubbub.log.batch import in_log_order
from hubbub.log.feed import Feed
from hubbub.log.port import Log
from hubbub.log.sqlite.connection import Durability, OwnedConnection
from hubbub.log.sqlite.folder import claim
from hubbub.log.sqlite.index import Index
from hubbub.log.sqlite.reader import (
    open_to_read,
    read_backlog,
    read_epochs,
    read_heads,
    read_page,
)
from hubbub.log.sqlite.search import read_search
from hubbub.log.sqlite.writer import Writer

__all__ = ["Durability", "SqliteLog"]


class SqliteLog(Log):
    """The log in a folder; made by `SqliteLog.open`."""

    def __init__(
        self, lock: FileLock, folder: Path, durability: Durability, writer: Writer
    ) -> None:
        opened = partial(open_to_read, folder, durability)
        self._lock = lock
        self._writer = writer
        self._writing = OwnedConnection("writer", folder, writer.open)
        self._reading = OwnedConnection("reader", folder, opened)
        self._searching = OwnedConnection("search", folder, opened)
        self._index: Index | None = None
        self._feeds: list[Feed] = []

    @classmethod
    async def open(
        cls, folder: Path, *, durability: Durability, duplicate_window_seconds: int
    ) -> Self:
        """Return the log kept in `folder`, which is made if need be.

        Raises LogError if the folder or the database cannot be used, `log_in_use` if another
        server uses it.
        """
        lock = await asyncio.to_thread(claim, folder)
        log = cls(lock, folder, durability, Writer(folder, durability, duplicate_window_seconds))
        try:
            await log._writing.run(lambda _: None)
        except BaseException:
            await log.close()
            raise
        log._index = Index(log._writer, log._writing)
        return log

    async def heads(self) -> list[Head]:
        return await self._reading.run(read_heads)

    async def epochs(self) -> list[Epoch]:
        return await self._reading.run(read_epochs)

    async def append(self, drafts: Sequence[AnyLogged]) -> list[int]:
        seqs = await self._writing.run(partial(self._writer.commit, drafts=drafts))
        if self._index is not None:
            self._index.follow()
        for feed in self._feeds:
            feed.hand_out(in_log_order(drafts))
        return seqs

    def follow(self) -> Feed:
        feed = Feed()
        self._feeds.append(feed)
        return feed

    async def backlog(self, room: str, after: int, bytes_max: int) -> list[AnyLogged]:
        return await self._reading.run(
            partial(read_backlog, room=room, after=after, bytes_max=bytes_max)
        )

    async def page(self, query: PageQuery) -> Page:
        return await self._reading.run(partial(read_page, query=query))

    async def search(self, query: SearchQuery) -> Page:
        return await self._searching.run(partial(read_search, query=query))

    async def close(self) -> None:
        """Let go of all resources, after the appends that were asked for before."""
        if self._index is not None:
            await self._index.close()
        # The last connection to close tidies the file, and that is the one that may write.
        for connection in (self._searching, self._reading, self._writing):
            await connection.close()
        self._lock.release()
