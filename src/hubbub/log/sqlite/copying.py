"""Copies hubbub.db while a server writes it: as it is at one moment, in small steps.

Who reads a file that has a write-ahead log sees it as it was at the beginning, whatever is written
meanwhile. So the copy begins to read before SQLite's backup does, which would else begin anew with
every commit. Commits wait for nothing; only the write-ahead log cannot be emptied until the copy is
done (checkpoints.py).
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from hubbub.chat.errors import LogError
from hubbub.log.sqlite.connection import BUSY_SECONDS
from hubbub.log.sqlite.failures import OF_DAMAGE, failure

PAGES_AT_ONCE = 64
"""Of a step: with the usual pages, 256 KiB."""

_READ = "SELECT count(*) FROM sqlite_schema"
_BESIDE = ("-journal", "-wal", "-shm")


def copy_log(folder: Path, copy: Path, rest: Callable[[], object], *, is_ours: bool) -> None:
    """Make the file `copy` of the log in `folder`, synced; call `rest` after each step.

    `is_ours`: the folder is claimed, so no server uses it. Raises LogError.
    """
    remove_log(copy)
    path = (folder / "hubbub.db").absolute()
    # Beside a server nothing is written, even if it ends meanwhile and this is the last reader.
    address = f"{path.as_uri()}?mode={'rw' if is_ours else 'ro'}"
    try:
        with (
            closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as log,
            closing(sqlite3.connect(copy)) as made,
        ):
            log.isolation_level = made.isolation_level = None
            log.execute("BEGIN")
            log.execute(_READ).fetchone()
            made.execute("PRAGMA synchronous = FULL")
            log.backup(made, pages=PAGES_AT_ONCE, progress=lambda *_: rest())
    except (sqlite3.Error, OSError, *OF_DAMAGE) as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise LogError(f"The disk of {copy.parent} is full. Free some space there.") from error
        raise failure(error, folder) from error


def remove_log(path: Path) -> None:
    """Remove a hubbub.db, and what SQLite keeps beside it."""
    for suffix in ("", *_BESIDE):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
