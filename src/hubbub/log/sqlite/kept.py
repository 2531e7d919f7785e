"""A log's folder on this machine, open: all that is done with it but to append (`__init__.py`).

Five threads own a connection each: one writes, one reads, and one searches, so that no reader ever
waits for a commit, nor for somebody's slow search. One brings what is committed into the file, and
one reads for the search index, so that commits wait for neither. The event loop's own thread has
one, too, for what is looked up at once.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import ClassVar, Self

from hubbub.chat.errors import Damaged, LogError
from hubbub.chat.events import AnyLogged, Entry, Fact, Page, Reaction, Revisions
from hubbub.chat.queries import (
    Drops,
    Epoch,
    HappenedQuery,
    Head,
    Over,
    PageQuery,
    ReactionsQuery,
    RevisionsQuery,
    SearchQuery,
    TimeQuery,
)
from hubbub.chat.removal import removed_by
from hubbub.log.damage import Damage
from hubbub.log.feed import Feed
from hubbub.log.nonces import looked_up
from hubbub.log.pages import page_around
from hubbub.log.port import Log
from hubbub.log.sqlite.around import Around
from hubbub.log.sqlite.checkpoints import Checkpoints, open_twice
from hubbub.log.sqlite.connection import Durability, OwnedConnection
from hubbub.log.sqlite.dropping import Surplus, drop
from hubbub.log.sqlite.files import (
    forget_loose,
    read_held,
    read_holder,
    read_loose,
    read_stored,
    read_was_said,
)
from hubbub.log.sqlite.folder import Claim, claim
from hubbub.log.sqlite.holes import read_holes
from hubbub.log.sqlite.index import Index
from hubbub.log.sqlite.lookups import Lookups
from hubbub.log.sqlite.reader import (
    open_to_read,
    read_epochs,
    read_heads,
    seq_posted_as,
)
from hubbub.log.sqlite.sight import Sight
from hubbub.log.sqlite.wal import UNREAD_WAL
from hubbub.log.sqlite.watch import Watch
from hubbub.log.sqlite.writer import Writer

STEP_SECONDS_MAX = 1.0
"""A step of a search takes milliseconds; this is for a log in which somebody made one costly."""


def _says_nothing(entry: Entry) -> bool:
    """Return whether an entry leaves the search index as it is."""
    return isinstance(entry, Fact) and not removed_by(entry)


def _sighted(sight: Sight, opened: Callable[[], sqlite3.Connection]) -> sqlite3.Connection:
    """Open a connection, unless another file stands there than before."""
    sight.check(opening=True)
    return opened()


class KeptLog(Log):
    """The log in a folder; made by `open`. What is committed, and who numbers it, is said by those
    that are made of it.
    """

    writer_class: ClassVar[type[Writer]] = Writer

    def __init__(self, claim: Claim, folder: Path, durability: Durability, writer: Writer) -> None:
        sighted = partial(partial, _sighted, writer.sight)
        to_read = sighted(partial(open_to_read, folder, durability))
        self.damage = Damage(folder)
        self._claim = claim
        self._watch: Watch | None = None
        self._writer = writer
        self._writing = OwnedConnection("writer", folder, sighted(writer.open))
        self._copying = OwnedConnection(
            "checkpoint", folder, sighted(partial(open_twice, folder, durability))
        )
        self._reading = OwnedConnection("reader", folder, to_read)
        self._searching = OwnedConnection("search", folder, to_read)
        self._indexing = OwnedConnection("index", folder, to_read)
        self._lookups = Lookups(folder, to_read, self.damage)
        self._readers = (self._reading, self._searching, self._indexing)
        self._checkpoints: Checkpoints | None = None
        self._index: Index | None = None
        self._feeds: list[Feed] = []

    @classmethod
    async def open(cls, folder: Path, *, durability: Durability, free_bytes_min: int = 0) -> Self:
        """Return the log kept in `folder`, which is made if need be.

        Nothing is appended while the disk has less than `free_bytes_min` left.
        Raises LogError if the folder or the database cannot be used, `log_in_use` if another
        server uses it.
        """
        claimed = await asyncio.to_thread(claim, folder)
        log = cls(claimed, folder, durability, cls.writer_class(folder, durability, free_bytes_min))
        try:
            # All threads and files now: what is missing later would be missed at the worst time.
            for connection in (log._writing, log._copying, *log._readers):
                await connection.run(lambda _: None)
            log._lookups.open()
        except BaseException:
            await log.close()
            raise
        with suppress(Damaged):  # then all that is missing is new
            log.damage.know(await log._reading.run(read_holes))
        unread = "" if log._writer.is_played_back else UNREAD_WAL
        lost = claimed.lost_wal or unread or log._writer.cut_off
        if lost and not log._writer.is_copying:
            log.damage.found(lost)
        log._checkpoints = Checkpoints(folder, log._writer, log._writing, log._copying)
        log._index = Index(log._writer, log._writing, log._indexing, log._checkpoints, log.damage)
        log._watch = Watch(log._writer, log._searching, log._index, log._indexing, log.damage)
        return log

    async def heads(self) -> list[Head]:
        return await self._reading.run(read_heads)

    async def facts(self, prefix: str = "") -> list[Fact]:
        return await self._reading.run(lambda db: Around(db, self.damage).facts(prefix))

    def look_up(self, keys: Sequence[str]) -> list[Fact]:
        return self._lookups.look_up(keys)

    def led_to(self, lead: str, limit: int) -> list[Fact]:
        return self._lookups.led_to(lead, limit)

    def guests(self, limit: int) -> list[Fact]:
        return self._lookups.guests(limit)

    async def epochs(self) -> list[Epoch]:
        return await self._reading.run(read_epochs)

    async def _commit(self, entries: Sequence[Entry]) -> list[int]:
        """Have the writer commit `entries`; return where each of them stands in the log."""
        self._writer.check()
        if self._checkpoints is not None:
            await self._checkpoints.keep_up()
        commit, removals = partial(self._writer.commit, drafts=entries), self._writer.removals
        try:
            seqs = await self._writing.run(commit)
        except Damaged:  # of an edit or deletion, which take words out of the search index
            if self._index is None or not await self._index.make_anew():
                raise
            seqs = await self._writing.run(commit)
        self._writer.sight.check()
        self._writer.acknowledged.note(self._writer.last)
        for room in map(removed_by, entries if self._writer.removals != removals else ()):
            self.damage.forget(room)
        if self._index is not None and not all(map(_says_nothing, entries)):
            self._index.follow()
        return seqs

    def _hand_out(self, events: Sequence[Entry]) -> None:
        for feed in self._feeds:
            feed.hand_out(events)

    def check(self) -> None:
        self._writer.check()

    async def try_writing(self) -> None:
        self.check()
        await self._writing.run(self._writer.try_writing)

    def free_bytes(self) -> int | None:
        return self._writer.space.free_bytes()

    def follow(self) -> Feed:
        feed = Feed()
        self._feeds.append(feed)
        return feed

    async def backlog(self, room: str, after: int, bytes_max: int) -> list[AnyLogged]:
        end = self._writer.tail(room)
        return await self._reading.run(
            lambda db: Around(db, self.damage).backlog(room, after, bytes_max, end)
        )

    async def page(self, query: PageQuery) -> Page:
        end = self._writer.tail(query.room)

        def read(db: sqlite3.Connection) -> Page:
            read_one = partial(Around(db, self.damage).page, end=end)
            if query.around is not None:
                return page_around(query, query.around, read_one)
            return read_one(looked_up(query, partial(seq_posted_as, db)))

        return await self._reading.run(read)

    async def happened(self, query: HappenedQuery) -> list[AnyLogged]:
        """Return what was logged in a room besides messages, edits and deletions, in order."""
        return await self._reading.run(lambda db: Around(db, self.damage).happened(query))

    async def seqs_at(self, query: TimeQuery) -> tuple[int, int]:
        return await self._reading.run(lambda db: Around(db, self.damage).seqs_at(query))

    async def reactions(self, query: ReactionsQuery) -> list[Reaction]:
        return await self._reading.run(lambda db: Around(db, self.damage).reactions(query))

    async def revisions(self, query: RevisionsQuery) -> Revisions:
        return await self._reading.run(lambda db: Around(db, self.damage).revisions(query))

    async def holder(self, file: str) -> tuple[str, int] | None:
        return await self._reading.run(lambda db: read_holder(db, file))

    async def was_said(self, file: str) -> bool:
        """Return whether the file is, or was, in a message, and its bytes are here."""
        return await self._reading.run(lambda db: read_was_said(db, file))

    async def drop(self, over: Mapping[str, Over]) -> Drops:
        self._writer.check()
        work = partial(drop, self._writer, over)
        try:
            drops = await self._writing.run(work)
        except Damaged:  # of what the search index has of it
            if self._index is None or not await self._index.make_anew():
                raise
            drops = await self._writing.run(work)
        for room, dropped in drops.dropped.items():
            self.damage.forget(room, dropped.last)
        if drops.dropped and self._index is not None:
            self._index.follow()
        return drops

    async def surplus(self, room: str, messages: int) -> int:
        counting = Surplus(room, messages)
        while not counting.is_counted:
            await self._indexing.run(counting.count)
        return counting.upto

    async def stored(self) -> dict[str, int]:
        return await self._reading.run(read_stored)

    @property
    def loosenings(self) -> int:
        """How often files may have lost their messages."""
        return self._writer.loosenings

    async def loose(self) -> list[str]:
        return await self._reading.run(read_loose)

    async def held(self, hashes: Sequence[str]) -> set[str]:
        return await self._reading.run(lambda db: read_held(db, hashes))

    async def forget_loose(self, hashes: Sequence[str]) -> None:
        await self._writing.run(lambda db: forget_loose(db, hashes))

    @property
    def search_seconds(self) -> float:
        """How long the newest step took in the thread that searches."""
        return self._searching.seconds

    async def search(self, query: SearchQuery, windows: int) -> Page:
        emptied = self._index and self._index.times_emptied
        try:
            return await self._searching.run(
                lambda db: Around(db, self.damage).search(query, windows),
                seconds_max=STEP_SECONDS_MAX,
            )
        except Damaged:
            if self._index is not None and (
                self._index.times_emptied != emptied or await self._index.make_anew()
            ):
                raise LogError("The search index was damaged, and is being made anew.") from None
            raise

    async def close(self) -> None:
        """Let go of all resources, after the appends that were asked for before."""
        if self._watch is not None:
            await self._watch.close()
        if self._index is not None:
            await self._index.close()
        if self._checkpoints is not None:
            await self._checkpoints.close()
        for connection in self._readers:
            connection.interrupt()  # nobody waits for what they read
        self._lookups.close()
        # The last connection to close tidies the file, and that is the one that may write.
        for connection in (*self._readers, self._copying, self._writing):
            await connection.close()
        self._writer.sight.close()
        self._writer.acknowledged.close(in_order=self._index is not None)
        self._claim.release(in_order=self._index is not None)
