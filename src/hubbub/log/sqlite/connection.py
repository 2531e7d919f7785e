"""Connections to the file: most have a thread of their own, where SQLite waits for the disk.

The event loop waits for none of them. Only what is looked up at once (lookups.py) is read in its
own thread.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Literal, TypeVar

from hubbub.background import in_thread
from hubbub.chat.errors import Interrupted
from hubbub.log.sqlite.failures import OF_DAMAGE, failure, is_interruption

Durability = Literal["process", "power"]
"""What a commit survives: a killed process, or also a power cut."""

BUSY_SECONDS = 1.0
_SYNCHRONOUS = {"process": "NORMAL", "power": "FULL"}

T = TypeVar("T")


def connect(folder: Path, durability: Durability) -> sqlite3.Connection:
    """Return a connection to the folder's hubbub.db, where each statement commits by itself."""
    connection = sqlite3.connect(folder / "hubbub.db", isolation_level=None, timeout=BUSY_SECONDS)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # the writer does it (see wal.py)
        connection.execute("PRAGMA secure_delete = ON")  # what goes is overwritten
        connection.execute(f"PRAGMA synchronous = {_SYNCHRONOUS[durability]}")
    except BaseException:
        connection.close()
        raise
    return connection


class Connection:
    """A connection that is opened when there is work for it, and anew once it has failed."""

    def __init__(self, folder: Path, opened: Callable[[], sqlite3.Connection]) -> None:
        self._folder = folder
        self._opened = opened
        self._connection: sqlite3.Connection | None = None
        self.seconds = 0.0
        """How long the newest work took in its thread."""
        self._closing = threading.Lock()  # SQLite must not close what is just being interrupted

    def work(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `work` returns, in this thread; raise LogError if the database fails."""
        started = time.perf_counter()
        try:
            if self._connection is None:
                self._connection = self._opened()
            return work(self._connection)
        except (sqlite3.Error, OSError, *OF_DAMAGE) as error:
            if is_interruption(error):
                raise Interrupted("The log took too long to read. Ask for less.") from error
            # Whatever broke, the next piece of work starts afresh from what the disk holds.
            self.disconnect()
            raise failure(error, self._folder) from error
        except Exception:  # a fault of ours may leave a transaction open
            self.disconnect()
            raise
        finally:
            self.seconds = time.perf_counter() - started

    def interrupt(self) -> None:
        """Break off the statement that runs now, if any: its work raises Interrupted."""
        with self._closing:
            if self._connection is not None:
                self._connection.interrupt()

    def disconnect(self) -> None:
        """Close the connection; the next work opens another."""
        with self._closing:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class OwnedConnection(Connection):
    """Runs work on its connection, one piece after the other, in its own thread.

    Each commit goes there and back, so the way is short: a queue there, and a call of the loop
    back. An executor takes two locks and three futures for each piece.
    """

    def __init__(self, role: str, folder: Path, opened: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(folder, opened)
        self._steps: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._is_closed = False
        # A program that ends without closing its log waits for nothing: it might as well be killed.
        self._thread = in_thread(self._serve, f"hubbub-log-{role}")
        self._thread.start()

    def _serve(self) -> None:
        while (step := self._steps.get()) is not None:
            step()
            del step  # or what it brought would be kept until there is more to do

    async def run(
        self, work: Callable[[sqlite3.Connection], T], *, seconds_max: float | None = None
    ) -> T:
        """Return what `work` returns; raise LogError if the database fails.

        With `seconds_max`, it is interrupted then: nothing else may be waiting for the thread.
        """
        working = self._ask(partial(self.work, work))
        if seconds_max is not None:
            timer = working.get_loop().call_later(seconds_max, self.interrupt)
            working.add_done_callback(lambda _: timer.cancel())
        return await working

    def _ask(self, work: Callable[[], T]) -> asyncio.Future[T]:
        if self._is_closed:
            raise RuntimeError("no work can be asked for after the shutdown")
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._steps.put(partial(_answer, work, answer))
        return answer

    async def close(self) -> None:
        """End the thread after the work that was asked for before."""
        await self._ask(self.disconnect)
        self._is_closed = True
        self._steps.put(None)
        self._thread.join()


def _answer(work: Callable[[], T], answer: asyncio.Future[T]) -> None:
    """Do work, in the thread, for the loop that waits for it; unless it waits no more."""
    if answer.cancelled():
        return
    try:
        settle = partial(_succeed, answer, work())
    except BaseException as error:  # noqa: BLE001 (whatever it is, it is theirs who wait)
        settle = partial(_fail, answer, error)
    with suppress(RuntimeError):  # the loop is closed
        answer.get_loop().call_soon_threadsafe(settle)


def _succeed(answer: asyncio.Future[T], result: T) -> None:
    if not answer.done():
        answer.set_result(result)


def _fail(answer: asyncio.Future[T], error: BaseException) -> None:
    if not answer.done():
        answer.set_exception(error)
