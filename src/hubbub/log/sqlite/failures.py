"""What went wrong with the database, as a LogError: one sentence of cause, one of remedy."""

import sqlite3
from pathlib import Path

import msgspec

from hubbub.chat.errors import LogError

_SPACE = "Free some space: the log goes on by itself."
_RESTORE = "Stop the server, move the folder's files away or restore them from a backup."

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
    sqlite3.SQLITE_CORRUPT: ("is damaged", _RESTORE),
    sqlite3.SQLITE_NOTADB: ("is not a log, because its hubbub.db is not a database", _RESTORE),
}
_PRIMARY = 0xFF  # extended result codes carry the primary one in their low byte


OF_DAMAGE = (msgspec.MsgspecError, UnicodeDecodeError)
"""What comes of bytes that SQLite handed over, and nobody can read."""

_TOLD_OF_DAMAGE = ("malformed", "Could not decode")  # errors without a code that says so


def failure(error: Exception, folder: Path) -> LogError:
    """Return what to tell people about `error`, met in the log of `folder`."""
    code = getattr(error, "sqlite_errorcode", -1) & _PRIMARY
    if isinstance(error, OF_DAMAGE) or str(error).startswith(_TOLD_OF_DAMAGE):
        code = sqlite3.SQLITE_CORRUPT
    cause, remedy = _SENTENCES.get(
        code, (f"cannot be used ({error})", "Check the folder and its disk, then try again.")
    )
    return LogError(f"The log in {folder} {cause}. {remedy}")
