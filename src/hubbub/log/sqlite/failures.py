"""What went wrong with the database, as a LogError: one sentence of cause, one of remedy.

Two kinds are told apart. A disk that is full, a file that is locked: that passes, so whoever was
refused may try again. What is damaged stays so: readers go around it (around.py). SQLite takes for
damage, too, what the disk does not read (EIO). It may do so when it is asked again, and is, since
readers try several times to get what a place holds.
"""

import sqlite3
from pathlib import Path

import msgspec

from hubbub.chat.errors import Damaged, LogError

_SPACE = "Free some space: the log goes on by itself."

_SENTENCES = {
    sqlite3.SQLITE_FULL: ("cannot grow, because the disk is full", _SPACE),
    sqlite3.SQLITE_BUSY: (
        "is locked by another program",
        "Close whatever else has its hubbub.db open: the log goes on by itself.",
    ),
    sqlite3.SQLITE_IOERR: (
        "cannot be read or written, because the disk refuses",
        "Check the disk, its free space and the file size limit: the log goes on by itself.",
    ),
    sqlite3.SQLITE_READONLY: (
        "cannot be written, because its files are read-only",
        "Give the server the right to write them.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened",
        "Check that the server may read and write the folder and has file handles left.",
    ),
}
_LASTING = {
    sqlite3.SQLITE_CORRUPT: "is damaged",
    sqlite3.SQLITE_CONSTRAINT: "is damaged, and holds already what it should not",
    sqlite3.SQLITE_NOTADB: "is not a log, because its hubbub.db is not a database",
}
_PRIMARY = 0xFF  # extended result codes carry the primary one in their low byte


class Unsound(Exception):
    """The file is not what it must be; says how, as a clause."""


OF_DAMAGE = (msgspec.MsgspecError, UnicodeDecodeError, Unsound)
"""What comes of bytes that SQLite handed over, and nobody can read."""


# Errors without a code that says so: bytes that are no text or no JSON, tables that are not there.
_TOLD_OF_DAMAGE = ("malformed", "bad JSON path", "Could not decode", "no such ", "invalid fts5")


def is_interruption(error: Exception) -> bool:
    """Return whether `error` says that a statement was broken off because we asked for that."""
    return getattr(error, "sqlite_errorcode", -1) & _PRIMARY == sqlite3.SQLITE_INTERRUPT


def lasting(error: Exception) -> str | None:
    """Return what is damaged, as a predicate of the log, if `error` comes of damage."""
    if isinstance(error, Unsound):
        return f"is damaged: {error}"
    code = getattr(error, "sqlite_errorcode", -1) & _PRIMARY
    if isinstance(error, OF_DAMAGE) or str(error).startswith(_TOLD_OF_DAMAGE):
        code = sqlite3.SQLITE_CORRUPT
    return _LASTING.get(code)


def failure(error: Exception, folder: Path) -> LogError:
    """Return what to tell people about `error`, met in the log of `folder`."""
    if cause := lasting(error):
        return Damaged(
            f"The log in {folder} {cause}. 'hubbub check {folder}' says what is "
            "whole, and saves it."
        )
    code = getattr(error, "sqlite_errorcode", -1) & _PRIMARY
    cause, remedy = _SENTENCES.get(
        code, (f"cannot be used ({error})", "Check the folder and its disk, then try again.")
    )
    return LogError(f"The log in {folder} {cause}. {remedy}")
