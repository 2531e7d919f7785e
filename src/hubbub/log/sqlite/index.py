"""The search index: filled behind the commits, and scrubbed of what was edited or deleted.

Filling. Messages are indexed in portions (portions.py), which take turns with the commits: each
stands behind those that were asked for before, and no commit waits for more than one. A message is
indexed as it reads then, up to the `watermark`. It lags by no more than INDEX_AFTER_SECONDS and
what a few portions take, which keeps the promise of a second. A later edit or deletion takes the
old words out within its own commit (changes.py), so at all times the index holds exactly the
messages up to the watermark, as they read.

Scrubbing. Words that were taken out cannot be found, but their bytes stay in the file until the
index's segments are merged, and in the write-ahead log, with the former texts, until that is
emptied. Both are done SCRUB_AFTER_SECONDS after such a commit. The file itself says what is
outstanding (`taken_out`, `scrubbed`), so that a killed server goes on with it at its next start.
A commit in the midst of a merge makes segments that are no part of it: `scrubbed` is what was
taken out before the merge began, and the rest is done by the next. What this cannot promise: to
make room in the index SQLite moves rows from page to page, and `secure_delete` misses some of what
it leaves behind. Of ten thousand words that were taken out, one was still found in a page's free
part, by itself. No text is ever moved (changes.py).
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from hubbub.background import keep_going
from hubbub.chat.errors import Damaged, LogError
from hubbub.chat.words import RULES
from hubbub.log.damage import Damage
from hubbub.log.sqlite.checkpoints import Checkpoints
from hubbub.log.sqlite.connection import OwnedConnection
from hubbub.log.sqlite.portions import fill_portion, put_portion, read_portion
from hubbub.log.sqlite.removing import next_step, take
from hubbub.log.sqlite.writer import Writer

INDEX_AFTER_SECONDS = 0.2  # many commits share a portion, which costs less than one each
SCRUB_AFTER_SECONDS = 20.0  # many changes share a merge; a minute was promised
RETRY_SECONDS = 1.0
CLOSING_SECONDS = 2.0  # what may still be scrubbed at the end; the rest is done at the next start
EMPTIED_PAGES = 128  # in one step
MERGE_PAGES = 4  # of about 4 kB, in one step
WAL_TRIES = 30  # before the operator is told

_BEHIND = "New messages cannot be searched for the moment."
_MADE_ANEW = "the search index, which is being made anew"
_PAST_CURE = "the search index, which cannot be made anew while the server runs"
_STAINED = "Texts that were edited or deleted, or their rooms, may still be in the log's files."

_logger = logging.getLogger(__name__)

_MAKE_ANEW = "INSERT INTO rules VALUES (?)"
# Up to 10 are what FTS5 knows of the whole. If that is damaged, it opens no index, not even to
# empty it; so it is told that there is nothing.
_FORGET_WHOLE = "REPLACE INTO search_data VALUES (1, x''), (10, zeroblob(7))"
_TAKE_PAGES = """
DELETE FROM search_data WHERE id IN (
    SELECT id FROM search_data WHERE id > 10 ORDER BY id DESC LIMIT ?
)
"""
_STAINS = "SELECT taken_out, scrubbed FROM watermark"


class Index:
    """Keeps the index filled and scrubbed."""

    def __init__(
        self,
        writer: Writer,
        connection: OwnedConnection,
        reading: OwnedConnection,
        checkpoints: Checkpoints,
        damage: Damage,
    ) -> None:
        self._writer = writer
        self._connection = connection  # the writer's
        self._reading = reading
        self._checkpoints = checkpoints
        self._damage = damage
        self._is_made_anew = self._was_made_anew = False
        self._emptying = asyncio.Lock()
        self.times_emptied = 0
        self._behind = asyncio.Event()
        self._stained = asyncio.Event()
        self._going = asyncio.Event()
        self._scrubbed = -1  # of the writer's blankings
        self._cleared = 0  # of its removals
        filling = partial(self._repeat, self._behind, INDEX_AFTER_SECONDS, self._fill, _BEHIND)
        scrubbing = partial(self._repeat, self._stained, SCRUB_AFTER_SECONDS, self._scrub, _STAINED)
        clearing = partial(self._repeat, self._going, 0.0, self._clear, _STAINED)
        self._tasks = [
            keep_going(filling, "filling the search index"),
            keep_going(scrubbing, "scrubbing the search index"),
            keep_going(clearing, "clearing removed rooms"),
        ]

    def follow(self) -> None:
        """Take in what was just committed, soon."""
        self._behind.set()
        if self._cleared != self._writer.removals:
            self._going.set()
        if self._scrubbed != self._writer.blankings:
            self._stained.set()

    async def _repeat(
        self, due: asyncio.Event, after_seconds: float, work: Callable[[], Awaitable[None]], so: str
    ) -> None:
        fails = False
        due.set()  # an earlier run may have ended before it was done, or a fault broke it off
        while True:
            await due.wait()
            await asyncio.sleep(after_seconds)
            due.clear()  # before the work: what is committed meanwhile makes it due again
            try:
                self._writer.sight.check()  # what it writes would hide that a file was cut short
                await work()
                fails = False
            except Damaged:
                if not await self.make_anew():
                    return
            except LogError as error:
                if not fails:
                    _logger.warning("%s %s", so, error)
                fails = True
                due.set()
                await asyncio.sleep(RETRY_SECONDS)

    async def _fill(self) -> None:
        writer, damage = self._writer, self._damage
        read = partial(read_portion, writer, damage, rests=True)
        while portion := await self._reading.run(read):
            if not await self._connection.run(partial(put_portion, writer, portion)):
                await self._connection.run(partial(fill_portion, writer, damage))
        if self._is_made_anew:
            self._is_made_anew = False
            damage.mended(_MADE_ANEW)
            _logger.warning("The log's search index is whole again.")

    def is_sound(self) -> None:
        """Take in that all of the index was found sound: if it is damaged, that is a new fault."""
        self._was_made_anew = self._is_made_anew

    async def make_anew(self) -> bool:
        """Empty an index that is damaged, to be filled again; return whether that is possible.

        Once is enough: what is damaged again is not cured by it. While it is being emptied,
        writers find it damaged, and wait. Those who read meanwhile see by `times_emptied` that what
        was damaged is gone.
        """
        if self._emptying.locked():
            async with self._emptying:
                return self._is_made_anew
        async with self._emptying:
            try:
                if self._was_made_anew:
                    raise Damaged("The search index is damaged again.")
                self._was_made_anew = True
                self._damage.found(_MADE_ANEW)
                self.times_emptied += 1
                await self._empty()
            except LogError:
                self._damage.found(_PAST_CURE)
                return False
            self._is_made_anew = True
        self._behind.set()
        self._going.set()
        self._stained.set()
        return True

    async def _empty(self) -> None:
        """Empty the index in steps: commits would wait while all of it is overwritten at once."""
        while await self._connection.run(_take_pages):
            await self._checkpoints.keep_up()
        await self._connection.run(_begin_anew)

    async def _clear(self) -> None:
        """Take out step by step what is left of rooms that were removed (removing.py)."""
        removals = self._writer.removals
        while step := await self._reading.run(next_step):
            await self._connection.run(partial(take, self._writer, step))
            await asyncio.sleep(self._reading.seconds)  # as portions do, for the event loop
        self._cleared = removals
        if self._scrubbed != self._writer.blankings:
            self._stained.set()

    async def _scrub(self) -> None:
        blankings = self._writer.blankings  # before the rest: what comes meanwhile is the next's
        taken_out, scrubbed = await self._connection.run(read_stains)
        if taken_out != scrubbed:
            # A negative number has it merge all segments there are, into one, and is said once.
            pages = -MERGE_PAGES
            while await self._connection.run(partial(merge, pages=pages)):
                pages = MERGE_PAGES
            await self._connection.run(partial(note_scrubbed, taken_out=taken_out))
        tries = 0
        while not await self._checkpoints.empty():
            tries += 1
            if tries == WAL_TRIES:
                _logger.warning(
                    "%s Another program reads its hubbub.db (%s). End it, unless it is a backup.",
                    _STAINED,
                    self._checkpoints.readers(),
                )
            await asyncio.sleep(RETRY_SECONDS)
        self._scrubbed = blankings

    async def close(self) -> None:
        """Stop; what is not indexed yet waits for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        if self._scrubbed == self._writer.blankings:
            return
        with suppress(TimeoutError, LogError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await self._scrub()


def _take_pages(connection: sqlite3.Connection) -> bool:
    """Take some pages out of an index that is given up; return whether there were any."""
    return connection.execute(_TAKE_PAGES, (EMPTIED_PAGES,)).rowcount > 0


def _begin_anew(connection: sqlite3.Connection) -> None:
    """Have the index be empty, and filled from the beginning of the log."""
    connection.execute("BEGIN")
    connection.execute(_FORGET_WHOLE)
    connection.execute(_MAKE_ANEW, (RULES,))
    connection.execute("COMMIT")


def read_stains(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return how often messages were taken out of the index, and how much of it is scrubbed."""
    taken_out, scrubbed = connection.execute(_STAINS).fetchone()
    return taken_out, scrubbed


def merge(connection: sqlite3.Connection, pages: int) -> bool:
    """Merge about so many pages of the index; return whether there was anything to merge."""
    before = connection.total_changes
    connection.execute("INSERT INTO search (search, rank) VALUES ('merge', ?)", (pages,))
    return connection.total_changes - before > 1  # FTS5 says: one is the statement itself


def note_scrubbed(connection: sqlite3.Connection, taken_out: int) -> None:
    """Note that the index holds no word of what was taken out by then."""
    connection.execute("UPDATE watermark SET scrubbed = ?", (taken_out,))
