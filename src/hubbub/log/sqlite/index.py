"""The search index: filled behind the commits, and scrubbed of what was edited or deleted.

It runs in the writer's thread, in portions that take turns with the commits: each stands behind
those that were asked for before, and no commit waits for more than one.

Filling. A message is indexed as it reads then, up to the `watermark`. It lags by no more than
INDEX_AFTER_SECONDS and what a few portions take, which keeps the promise of a second. A later edit
or deletion takes the old words out within its own commit (changes.py), so at all times the index
holds exactly the messages up to the watermark, as they read.

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
from itertools import chain

import msgspec

from hubbub.chat.errors import LogError
from hubbub.chat.events import AnyLogged, Deleted, Edited
from hubbub.log.newest import Newest, newest_of
from hubbub.log.sqlite.connection import BUSY_SECONDS, OwnedConnection
from hubbub.log.sqlite.writer import Writer
from hubbub.log.words import words_of

INDEX_AFTER_SECONDS = 0.2  # many commits share a portion, which costs less than one each
SCRUB_AFTER_SECONDS = 20.0  # many changes share a merge; a minute was promised
RETRY_SECONDS = 1.0
CLOSING_SECONDS = 2.0  # what may still be scrubbed at the end; the rest is done at the next start
PORTION_EVENTS = 500
PORTION_EVENT_BYTES = 500  # a portion of few long messages takes no longer
MERGE_PAGES = 4  # of about 4 kB, in one step
WAL_TRIES = 30  # before the operator is told

_BEHIND = "New messages cannot be searched for the moment."
_STAINED = "Texts that were edited or deleted are still in the log's files."

_logger = logging.getLogger(__name__)

# Seqs count events: no segment has as many as any portion may have.
PORTION = """
WITH portion (after, upto) AS MATERIALIZED (
    SELECT seq, (
        SELECT max(last) FROM (
            SELECT last, size, sum(size) OVER (ORDER BY last ROWS UNBOUNDED PRECEDING) AS total
            FROM segments WHERE last > seq AND last <= seq + :events_max
        ) WHERE total <= :bytes_max OR total = size
    ) FROM watermark
)
SELECT
    upto,
    (SELECT '[' || coalesce(group_concat(body, ','), '') || ']' FROM segments
     WHERE last > after AND last <= upto AND +said = 1),
    (SELECT '[' || coalesce(group_concat(change.body, ','), '') || ']' FROM segments AS change
     WHERE change.kind IN ('deleted', 'edited') AND change.target > after AND change.target <= upto
         AND (change.kind = 'deleted' OR change.last = (
             SELECT max(last) FROM segments WHERE target = change.target AND kind = 'edited'
         )))
FROM portion
"""
_FILL = "INSERT INTO portions (upto, messages) VALUES (?, ?)"
_STAINS = "SELECT taken_out, scrubbed FROM watermark"


class _Said(msgspec.Struct):
    """What the index needs of a message."""

    seq: int
    room: str
    text: str


_segments = msgspec.json.Decoder(list[list[_Said]])
_changes = msgspec.json.Decoder(list[list[AnyLogged]])
_encode = msgspec.json.Encoder().encode


class Index:
    """Keeps the index filled and scrubbed."""

    def __init__(self, writer: Writer, connection: OwnedConnection) -> None:
        self._writer = writer
        self._connection = connection
        self._behind = asyncio.Event()
        self._stained = asyncio.Event()
        self._behind.set()  # an earlier run may have ended before its index was filled
        self._stained.set()  # or scrubbed
        self._scrubbed = -1  # of the writer's blankings
        filling = self._repeat(self._behind, INDEX_AFTER_SECONDS, self._fill, _BEHIND)
        scrubbing = self._repeat(self._stained, SCRUB_AFTER_SECONDS, self._scrub, _STAINED)
        self._tasks = [asyncio.create_task(filling), asyncio.create_task(scrubbing)]

    def follow(self) -> None:
        """Take in what was just committed, soon."""
        self._behind.set()
        if self._scrubbed != self._writer.blankings:
            self._stained.set()

    async def _repeat(
        self, due: asyncio.Event, after_seconds: float, work: Callable[[], Awaitable[None]], so: str
    ) -> None:
        while True:
            await due.wait()
            await asyncio.sleep(after_seconds)
            due.clear()  # before the work: what is committed meanwhile makes it due again
            try:
                await work()
            except LogError as error:
                _logger.warning("%s %s", so, error)
                due.set()
                await asyncio.sleep(RETRY_SECONDS)

    async def _fill(self) -> None:
        while await self._connection.run(partial(fill_portion, self._writer)):
            pass

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
        while not await self._connection.run(empty_wal):
            tries += 1
            if tries == WAL_TRIES:
                _logger.warning("%s Another program reads its hubbub.db: end it.", _STAINED)
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


def fill_portion(writer: Writer, connection: sqlite3.Connection) -> bool:
    """Index the next portion of what `writer` has committed; return whether there is more."""
    # Commits and portions take turns: a portion of twice the last commit catches up with any
    # stream of commits, and delays the next by no more than its own size calls for.
    events_max = max(PORTION_EVENTS, 2 * writer.last_committed)
    asked = {"events_max": events_max, "bytes_max": events_max * PORTION_EVENT_BYTES}
    upto, bodies, changes = connection.execute(PORTION, asked).fetchone()
    if upto is None:
        return False
    assert upto <= writer.last, "only this thread commits"
    newest = newest_of(chain(*_changes.decode(changes)))
    rows = [
        (segment[0].seq, segment[0].room, [_words_now(said, newest) for said in segment])
        for segment in _segments.decode(bodies)
    ]
    connection.execute(_FILL, (upto, _encode(rows).decode()))
    return bool(upto < writer.last)


def _words_now(said: _Said, newest: Newest) -> str | None:
    match newest.get(said.seq):
        case None:
            return " ".join(words_of(said.text))
        case Edited(text=text):
            return " ".join(words_of(text))
        case Deleted():
            return None


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


def empty_wal(connection: sqlite3.Connection) -> bool:
    """Bring everything into hubbub.db and empty hubbub.db-wal; return whether that was possible."""
    connection.execute("PRAGMA busy_timeout = 0")  # commits would wait too
    try:
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    return not busy
