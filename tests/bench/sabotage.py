"""Faults that a server could have, put into it on purpose: the checker must tell each of them.

A server has one whose environment names it in `SABOTAGE`, and which finds `STARTED` on its path.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from hubbub.log.batch import Batch
from hubbub.log.sqlite import SqliteLog, writer
from hubbub.log.sqlite import connection as connections
from hubbub.server.files.store import Store

STARTED = """
import os, sys
if "serve" in sys.orig_argv:
    from tests.bench import sabotage
    sabotage.SABOTAGES[os.environ["SABOTAGE"]]()
"""
"""The file sitecustomize.py, which every Python loads that finds it."""


def acknowledges_early() -> None:
    """What is acknowledged is committed with what is said next."""
    commit = writer.Writer._commit

    def late(self: writer.Writer, connection: sqlite3.Connection, batch: Batch) -> None:
        if connection.in_transaction:
            connection.execute("COMMIT")
        connection.execute("BEGIN")
        commit(self, connection, batch)

    writer.Writer._commit = late  # type: ignore[method-assign]


def posts_twice() -> None:
    """Repeats are not known."""

    def unknown(
        self: writer.Writer, connection: sqlite3.Connection, batch: Batch
    ) -> dict[str, int]:
        return {}

    writer.Writer._known = unknown  # type: ignore[method-assign]


def leaves_out() -> None:
    """Whoever comes back does not get everything."""
    backlog = SqliteLog.backlog

    async def shorter(self: SqliteLog, room: str, after: int, bytes_max: int) -> object:
        events = await backlog(self, room, after, bytes_max)
        return [event for event in events if event is events[-1] or event.seq % 3]

    SqliteLog.backlog = shorter  # type: ignore[method-assign, assignment]


def forgets_to_sync() -> None:
    """What a power cut must not take is not synced."""
    connections._SYNCHRONOUS["power"] = "OFF"


def spoils_files() -> None:
    """A byte of each file is another one."""
    keep = Store.keep

    def spoilt(self: Store, id_: str, hash_: str, kept: Path) -> None:
        kept.write_bytes(kept.read_bytes()[:-1] + b"?")
        keep(self, id_, hash_, kept)

    Store.keep = spoilt  # type: ignore[method-assign]


SABOTAGES: dict[str, Callable[[], None]] = {
    sabotage.__name__: sabotage
    for sabotage in (acknowledges_early, posts_twice, leaves_out, forgets_to_sync, spoils_files)
}
